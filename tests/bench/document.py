"""Writes the measured tables of docs/performance.md, and the plot of cost against size, from build/bench/*.json.

    python -m bench.document        (from tests/, as `make bench-docs` does)

Text around the tables is written by hand: only what stands between ``<!-- measured: NAME -->`` and ``<!-- end -->`` is
replaced. A goal that was missed says so.
"""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any

from bench.plot import draw
from bench.programs import RESULTS, ROOT, say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DOCUMENT = ROOT / "docs" / "performance.md"
PLOT = ROOT / "docs" / "img" / "cost-by-size.svg"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def goal(value: float, most: float, unit: str = " x") -> str:
    """The goal beside what became of it."""
    return f"<= {most:g}{unit}: {'met' if value <= most else '**missed**'}"


def footer(figures: dict[str, Any]) -> str:
    """What the machine was."""
    machine = figures["machine"]
    return (
        f"\n\nPython {machine['python']}, OpenSSL {machine['openssl']}, {machine['cores']} cores, "
        f"load average {machine['load_before']:.1f} (five minutes)."
    )


def probes(figures: dict[str, Any]) -> str:
    """CPU per probe, at the real rate first."""
    limits = {("rate", "http"): 0.4, ("rate", "https"): 0.7, ("loop", "http"): 0.7, ("loop", "https"): 1.0}
    rows = []
    for (kind, scheme), most in limits.items():
        row = figures[scheme][kind]
        ratio, extra = row["probe"] / row["blackbox"], row["probe"] / row["aiohttp"] - 1
        rows.append(
            [
                f"{scheme.upper()}, {'67 a second' if kind == 'rate' else 'loop'}",
                *(f"{row[name]:.2f} ms" for name in ("aiohttp", "probe", "exporter", "blackbox")),
                f"{ratio:.2f} x",
                goal(ratio, most),
                f"{extra:+.0%}",
            ]
        )
    heads = ["", "bare aiohttp", "our probe", "whole round", "blackbox", "probe to blackbox", "goal", "over aiohttp"]
    return table(heads, rows)


def load(figures: dict[str, Any]) -> str:
    """One row per size."""
    limits = {"31": (0.005, None, 70), "1000": (None, None, 80), "10000": (0.45, 0.5, 300), "20000": (1.0, 2.0, None)}
    rows = []
    for size, row in figures.items():
        if size == "machine":
            continue
        cpu, lag, memory = limits.get(size, (None, None, None))
        kept = [row["cpu"] <= (cpu or 1), row["lag_p99"] <= (lag or 60), row["memory"] <= (memory or 1e9)]
        met = all(kept) and not row["not_up"]
        goals = [f"{cpu:.1%}"] if cpu else []
        goals += [f"{lag:g} s"] if lag else []
        goals += [f"{memory} MiB"] if memory else []
        wanted = ", ".join(goals)
        rows.append(
            [
                size,
                f"{row['cpu']:.1%}",
                f"<= {row['lag_p99']:g} s",
                f"{row['memory']:.0f} MiB",
                str(row["not_up"]),
                f"{wanted}: {'met' if met else '**missed**'}" if wanted else "",
            ]
        )
    return table(["HTTPS sites at 60 s", "CPU of a core", "lag p99", "memory", "not up", "goal"], rows)


def scrape(figures: dict[str, Any]) -> str:
    """Rendering and scraping."""
    plain, packed = figures["identity"]["cpu_ms"], figures["gzip"]["cpu_ms"]
    rows = [
        [
            "CPU of a plain scrape",
            f"{plain:.0f} ms",
            goal(plain, 40, " ms"),
        ],
        [
            "CPU of a compressed scrape",
            f"{packed:.0f} ms",
            goal(packed, 60, " ms"),
        ],
        ["`scrape_duration_seconds`", f"{figures['prometheus_s']:.2f} s", goal(figures["prometheus_s"], 0.45, " s")],
        ["shift of the p99 of others", f"{figures['shift_p99_ms']:.1f} ms", goal(figures["shift_p99_ms"], 5, " ms")],
    ]
    return table([f"{figures['sites']} sites, {figures['series']:.0f} series", "measured", "goal"], rows)


def honest(figures: dict[str, Any]) -> str:
    """The error of both."""
    rows = [
        [
            name,
            *(f"{figures[name][key]:.1f} ms" for key in ("p50", "p99", "worst")),
            goal(figures[name]["p99"], 10, " ms") if name == "exporter" else "",
        ]
        for name in ("exporter", "blackbox")
    ]
    load = f"{figures['sites']} sites beside, error of"
    return table([load, "p50", "p99", "worst", "goal for p99"], rows)


def content_cost(figures: dict[str, Any]) -> str:
    """What a content check of a changed page costs, by what stands on the page."""
    rows = [[row["kind"], f"{row['bytes'] / 1e3:.0f} KB", f"{row['ms']:.1f} ms"] for row in figures["rows"]]
    rows.append(["median", "", f"{figures['median']:.1f} ms, {goal(figures['median'], figures['goal_ms'], ' ms')}"])
    return table(["changed page", "size", "CPU of its content check"], rows)


SECTIONS: dict[str, Callable[[dict[str, Any]], str]] = {
    "probes": probes,
    "load": load,
    "scrape": scrape,
    "honest": honest,
    "content_cost": content_cost,
}


def main() -> None:
    """Replace what was measured; what was not stays as it is."""
    text = DOCUMENT.read_text("utf-8")
    for name, write in SECTIONS.items():
        file = RESULTS / f"{name}.json"
        if not file.exists():
            say(f"{file} is missing: its table stays")
            continue
        figures = json.loads(file.read_text("utf-8"))
        block = f"<!-- measured: {name} -->\n{write(figures)}{footer(figures)}\n<!-- end -->"
        text = re.sub(
            rf"<!-- measured: {name} -->.*?<!-- end -->", lambda _match, new=block: new, text, flags=re.DOTALL
        )
        if name == "load":
            PLOT.write_text(draw({int(size): row for size, row in figures.items() if size.isdigit()}), "utf-8")
    DOCUMENT.write_text(text, "utf-8")


if __name__ == "__main__":
    sys.exit(main())
