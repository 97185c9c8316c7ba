"""``make eval``: the whole corpus over real HTTP, scored, beside two baselines.

``python -m tests.eval [--corpus DIR] [--kinds] [--markdown] [--no-baselines]``; ends with 1 when anything is wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from pathlib import Path

from .baselines import first_feed, newest_date_anywhere
from .cases import CORPUS, Case, load_corpus
from .engine import Answer, check_corpus
from .score import Score, by_kind, is_date_right, is_false_alarm, is_falsely_alive, is_right, score

START = "<!-- tables: written by python -m tests.eval --write -->"
END = "<!-- end of tables -->"


def main() -> int:
    """Evaluate and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.eval", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="folder of cases (default: tests/corpus)")
    parser.add_argument("--kinds", action="store_true", help="also a line per kind")
    parser.add_argument("--markdown", action="store_true", help="tables as in docs/accuracy.md")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the tables between the marks of FILE")
    parser.add_argument("--no-baselines", action="store_true", help="only the product")
    options = parser.parse_args()
    cases = load_corpus(options.corpus)
    if not cases:
        parser.error(f"no cases under {options.corpus}")
    started = time.monotonic()
    answers = asyncio.run(check_corpus(cases))
    seconds = time.monotonic() - started
    rows = [("opd-exporter check", score(cases, answers))]
    if not options.no_baselines:
        rows.append(
            ("baseline: newest date anywhere on the page", score(cases, asyncio.run(newest_date_anywhere(cases))))
        )
        rows.append(("baseline: first feed with feedparser", score(cases, asyncio.run(first_feed(cases)))))
    tables = [_table("all cases", rows, markdown=options.markdown or options.write is not None)]
    if options.kinds or options.markdown or options.write:
        kinds = [(kind, score(group, answers)) for kind, group in by_kind(cases).items()]
        tables.append(_table("kind", kinds, markdown=options.markdown or options.write is not None))
    if options.write:
        _write(options.write, tables)
    else:
        sys.stdout.write("\n".join(tables))
    wrong = [case for case in cases if not is_right(case, answers[case.id])]
    for case in wrong:
        sys.stdout.write(_describe(case, answers[case.id]) + "\n")
    sys.stdout.write(f"{len(cases) - len(wrong)} of {len(cases)} cases right in {seconds:.1f} s\n")
    return 1 if wrong else 0


def _table(first: str, rows: list[tuple[str, Score]], *, markdown: bool) -> str:
    heads = [first, "cases", "exact date", "exact status", "falsely alive", "false alarms"]
    table = [heads]
    for name, counts in rows:
        right = [_share(counts.exact_date, counts.cases), _share(counts.exact_status, counts.cases)]
        table.append([name, str(counts.cases), *right, str(counts.falsely_alive), str(counts.false_alarms)])
    if markdown:
        lines = ["| " + " | ".join(row) + " |" for row in table]
        return "\n".join([lines[0], "|" + " --- |" * len(heads), *lines[1:]]) + "\n"
    widths = [max(len(row[column]) for row in table) for column in range(len(heads))]
    lines = []
    for row in table:
        cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join([row[0].ljust(widths[0]), *cells]))
    return "\n".join(lines) + "\n"


def _write(path: Path, tables: list[str]) -> None:
    """Replace what stands between the marks of ``path``."""
    text = path.read_text("utf-8")
    head, found, rest = text.partition(START)
    _, end, tail = rest.partition(END)
    if not found or not end:
        raise SystemExit(f"{path} has no marks {START!r} and {END!r}")
    path.write_text(head + START + "\n\n" + "\n".join(tables) + "\n" + END + tail, "utf-8")


def _share(count: int, total: int) -> str:
    return f"{count} ({100 * count / total:.0f} %)" if total else "0"


def _describe(case: Case, answer: Answer) -> str:
    marks = [
        name
        for name, flag in (
            ("DATE", not is_date_right(case, answer)),
            ("STATUS", case.status != answer.status),
            ("FALSELY ALIVE", is_falsely_alive(case, answer)),
            ("FALSE ALARM", is_false_alarm(case, answer)),
        )
        if flag
    ]
    return (
        f"{case.id}: {', '.join(marks)}: expected {case.status} {case.last_post}, "
        f"said {answer.status} {answer.last_post} ({answer.reason or answer.source}) {list(answer.evidence)[:2]}"
    )


if __name__ == "__main__":
    sys.exit(main())
