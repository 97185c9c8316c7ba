// Live refresh, and instant sorting and filtering of the fleet table. Every page works without it.
"use strict";

(() => {
  const live = document.getElementById("live");
  if (!live) return;

  const form = () => live.querySelector("form.filter");
  const table = () => live.querySelector("table.fleet");
  const complete = () => table() !== null && table().dataset.complete === "true";
  let sortKey = "";
  let descending = false;

  function filterRows() {
    const box = form().querySelector("input[name=cari]");
    if (!complete()) return;
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of table().tBodies[0].rows) {
      const fits = words.every((word) => row.dataset.search.includes(word));
      row.hidden = !fits;
      if (fits) shown += 1;
    }
    const count = document.getElementById("jumlah");
    count.textContent = `${shown.toLocaleString("id-ID")} dari ${Number(count.dataset.total).toLocaleString("id-ID")} website`;
  }

  function sortRows() {
    if (!sortKey || !complete()) return;
    const body = table().tBodies[0];
    const sign = descending ? -1 : 1;
    const rows = [...body.rows];
    rows.sort((a, b) => {
      const [x, y] = [a.dataset[sortKey], b.dataset[sortKey]];
      return sortKey === "opd" ? sign * x.localeCompare(y, "id") : sign * (Number(x) - Number(y));
    });
    body.append(...rows);
    for (const link of table().querySelectorAll("thead a")) {
      const cell = link.parentElement;
      if (link.dataset.key === sortKey) cell.setAttribute("aria-sort", descending ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    }
  }

  live.addEventListener("click", (event) => {
    const link = event.target.closest("thead a[data-key]");
    if (!link || !complete() || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    descending = sortKey === link.dataset.key ? !descending : false;
    sortKey = link.dataset.key;
    sortRows();
  });
  live.addEventListener("input", (event) => {
    if (event.target.name === "cari") filterRows();
  });
  live.addEventListener("change", (event) => {
    if (event.target.name === "status") form().submit();
  });

  async function refresh() {
    if (document.hidden) return;
    const active = document.activeElement;
    if (active && active.closest("form.filter") && active.name === "status") return;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      const next = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
      if (!next) return;
      const words = form().querySelector("input[name=cari]").value;
      // The form stays, so that a word being typed and the focus are not lost.
      live.querySelector(".summary").replaceWith(next.querySelector(".summary"));
      for (const old of live.querySelectorAll(":scope > .banner")) old.remove();
      live.prepend(...next.querySelectorAll(":scope > .banner"));
      const [old, fresh] = [live.querySelector("table.fleet, p.empty"), next.querySelector("table.fleet, p.empty")];
      const focused = active && active.closest("table.fleet") ? active.getAttribute("href") : null;
      if (old && fresh) old.replaceWith(fresh);
      document.getElementById("jumlah").textContent = next.querySelector("#jumlah").textContent;
      sortRows();
      if (words) filterRows();
      if (focused) for (const link of live.querySelectorAll("table.fleet a")) if (link.getAttribute("href") === focused) link.focus({ preventScroll: true });
    } catch {
      if (!live.querySelector(":scope > .banner")) {
        const banner = document.createElement("p");
        banner.className = "banner bad";
        banner.setAttribute("role", "status");
        banner.textContent = "Monitor tidak menjawab. Angka di bawah ini bukan keadaan sekarang.";
        live.prepend(banner);
      }
    }
  }
  setInterval(refresh, Number(live.dataset.refresh) * 1000);
  document.addEventListener("visibilitychange", refresh);
  document.addEventListener("opd-refresh", refresh);
})();
