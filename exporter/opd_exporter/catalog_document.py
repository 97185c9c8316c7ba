"""``docs/metrics.md`` out of the catalogue: ``python -m opd_exporter.catalog_document docs/metrics.md``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from opd_exporter.catalog import (
    EXPORTER_METRICS,
    LABEL_VALUES,
    PROBE_METRICS,
    PROBE_PHASES,
    PUBLISHING_WINDOWS,
    SITE_METRICS,
    UPTIME_WINDOWS,
)

if TYPE_CHECKING:
    from opd_exporter.catalog import Metric


def render_markdown() -> str:
    """The text of ``docs/metrics.md``."""
    lines = [
        "# Metrics",
        "",
        "Generated from `exporter/opd_exporter/catalog.py` by",
        "`python -m opd_exporter.catalog_document docs/metrics.md`; do not edit.",
        "",
        "A value that is not known has no sample: it is never 0 and never NaN. Value series carry the label `site`",
        "only; join names from `opd_site_info` with `* on (instance, site) group_left (opd, name)`.",
        "",
        "## Of each site",
        "",
        *_table(SITE_METRICS),
        "",
        "## Of the fleet and the exporter",
        "",
        *_table(EXPORTER_METRICS),
        "",
        "The page also carries `process_*` and `python_*` of the official Python client.",
        "",
        "## Of `/probe`",
        "",
        "The names of blackbox_exporter, for one registered site at a time, beside every `opd_site_*` of that site.",
        "The phases of `probe_http_duration_seconds` are " + _words(PROBE_PHASES) + ".",
        "",
        *_table(PROBE_METRICS),
        "",
        "## Values of labels",
        "",
        "| label | values |",
        "| --- | --- |",
        *(f"| `{label}` | {_words(values)} |" for label, values in LABEL_VALUES.items()),
        f"| `window` of `opd_site_uptime_ratio` | {_words(UPTIME_WINDOWS)} |",
        f"| `window` of `opd_site_publishing_dates` | {_words(PUBLISHING_WINDOWS)} |",
    ]
    return "\n".join(lines) + "\n"


def _table(metrics: tuple[Metric, ...]) -> list[str]:
    rows = ["| metric | type | labels | meaning |", "| --- | --- | --- | --- |"]
    rows += [f"| `{m.name}` | {m.type} | {_words(m.labels)} | {m.help} |" for m in metrics]
    return rows


def _words(values: tuple[str, ...]) -> str:
    return " ".join(f"`{value}`" for value in values)


def main(arguments: list[str]) -> int:
    """Write the document to the path given, or to standard output."""
    text = render_markdown()
    if arguments:
        Path(arguments[0]).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
