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


def main() -> int:
    """Evaluate and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.eval", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="folder of cases (default: tests/corpus)")
    parser.add_argument("--kinds", action="store_true", help="also a line per kind")
    parser.add_argument("--markdown", action="store_true", help="tables as in docs/accuracy.md")
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
    _print_table("all cases", rows, markdown=options.markdown)
    if options.kinds or options.markdown:
        kinds = [(kind, score(group, answers)) for kind, group in by_kind(cases).items()]
        _print_table("kind", kinds, markdown=options.markdown)
    wrong = [case for case in cases if not is_right(case, answers[case.id])]
    for case in wrong:
        print(_describe(case, answers[case.id]))
    print(f"{len(cases) - len(wrong)} of {len(cases)} cases right in {seconds:.1f} s")
    return 1 if wrong else 0


def _print_table(first: str, rows: list[tuple[str, Score]], *, markdown: bool) -> None:
    heads = [first, "cases", "exact date", "exact status", "falsely alive", "false alarms"]
    table = [
        [
            name,
            str(s.cases),
            _share(s.exact_date, s.cases),
            _share(s.exact_status, s.cases),
            str(s.falsely_alive),
            str(s.false_alarms),
        ]
        for name, s in rows
    ]
    if markdown:
        print("| " + " | ".join(heads) + " |\n|" + " --- |" * len(heads))
        print("\n".join("| " + " | ".join(row) + " |" for row in table) + "\n")
        return
    widths = [max(len(row[column]) for row in [heads, *table]) for column in range(len(heads))]
    for row in [heads, *table]:
        print(
            "  ".join(
                cell.ljust(width) if column == 0 else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
        )
    print()


def _share(count: int, total: int) -> str:
    return f"{count} ({100 * count / total:.0f} %)" if total else "0"


def _describe(case: Case, answer: Answer) -> str:
    marks = [name for name, flag in (("DATE", not is_date_right(case, answer)), ("STATUS", case.status != answer.status),
             ("FALSELY ALIVE", is_falsely_alive(case, answer)), ("FALSE ALARM", is_false_alarm(case, answer))) if flag]  # fmt: skip
    return (
        f"{case.id}: {', '.join(marks)}: expected {case.status} {case.last_post}, "
        f"said {answer.status} {answer.last_post} ({answer.reason or answer.source}) {list(answer.evidence)[:2]}"
    )


if __name__ == "__main__":
    sys.exit(main())
