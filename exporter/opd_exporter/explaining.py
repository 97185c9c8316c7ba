"""``check --explain``: why each site is what it is, as an argument that an operator can follow.

First the conclusion with its rule, then the evidence, then document by document every date that was considered: what
was taken, and what was refused under which rule.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from opd_exporter import wording
from opd_exporter.checking import render, why
from opd_exporter.models import Status
from opd_exporter.web.serialise import evidence_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import RenderableType

    from opd_exporter.models import Candidate, Post
    from opd_exporter.state import SiteState, Snapshot

NO_POST = "tidak ada tanggal berita yang dapat dipercaya"
UNREAD = {
    Status.DOWN: "Halaman yang diterima bukan situs yang dapat dibaca warga, jadi tanggal di dalamnya tidak dinilai.",
    Status.BLOCKED: "Yang menjawab adalah penjaga (firewall), bukan situsnya; isi situs tidak diketahui.",
    Status.PENDING: "Situs belum dapat diperiksa; tidak ada yang diketahui.",
}


def explain(snapshot: Snapshot) -> str:
    """The argument for every site of ``snapshot``."""
    parts: list[RenderableType] = []
    for state in snapshot.sites.values():
        parts += [Text(f"\n{state.site.id}: {why(state)}", style="bold"), Text(_conclusion(state, snapshot.at))]
        if state.evidence:
            parts.append(Text("Bukti:"))
            parts += [_line("*", evidence_line(evidence)) for evidence in state.evidence]
        parts += _dates(state.candidates)
    return render(*parts)


def _conclusion(state: SiteState, now: float) -> str:
    post = state.publishing.last_post
    if state.status in UNREAD:
        return UNREAD[state.status]
    if state.status is Status.COMPROMISED:
        found = f"berita sah terakhir {_dated(post)}" if post else NO_POST
        return f"Ada tanda disusupi (lihat bukti); {found}."
    if post is None:
        return f"Situs dapat dibaca, tetapi {NO_POST}; umur berita tidak ditebak."
    age = max(0.0, now - post.published_at.timestamp())
    limit = wording.format_duration(state.freshness_limit)
    dormant = wording.format_duration(state.site.dormant_after)
    verdicts = {
        Status.ACTIVE: f"masih dalam batas {limit}",
        Status.LATE: f"melewati batas {limit}, belum melewati {dormant}",
        Status.DORMANT: f"melewati {dormant}",
    }
    verdict = verdicts.get(state.status, "tidak lagi terlihat di situs")
    return f"Situs dapat dibaca; berita terakhir {_dated(post)}, {wording.format_age(age)}: {verdict}."


def _dated(post: Post) -> str:
    write = wording.format_date if post.date_only else wording.format_datetime
    title = f" \u201c{post.title}\u201d" if post.title else ""
    return f"{write(post.published_at)}{title} ({wording.source_label(post.source)})"


def _dates(candidates: Iterable[Candidate]) -> Iterator[RenderableType]:
    """Document by document: the dates taken, then those refused, gathered by the rule that refused them."""

    def document(candidate: Candidate) -> tuple[str, str]:
        return candidate.found_at, wording.source_label(candidate.source)

    def rule(candidate: Candidate) -> tuple[bool, str]:
        return candidate.refusal is not None, candidate.note

    for (found_at, source), in_document in groupby(sorted(candidates, key=document), document):
        yield Text(f"{source}, {found_at}:")
        for (refused, note), under_rule in groupby(sorted(in_document, key=rule), rule):
            shown = list(under_rule)
            verdict = "Ditolak" if refused else "Diterima"
            yield _line(" ", f"{verdict} ({len(shown)}): {note or 'tanggal di samping judul berita'}", style="italic")
            for candidate in shown:
                title = f"  \u201c{candidate.title}\u201d" if candidate.title else ""
                raw = candidate.raw or "(tanpa tanggal)"
                yield _line("-" if refused else "+", f"{raw}{title}", indent=4, style="dim" if refused else "green")


def _line(mark: str, text: str, *, indent: int = 2, style: str = "") -> RenderableType:
    return Padding(Text(f"{mark} {text}".lstrip(), style=style), (0, 0, 0, indent))
