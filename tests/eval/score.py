"""Counts what is right and what is dangerous."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .cases import Case
    from .engine import Answer

ALIVE = {"active", "late"}
DEAD = {"dormant", "down", "compromised"}
HEALTHY = {"active", "late", "dormant", "undated"}
ALARM = {"down", "compromised"}


@dataclass(slots=True)
class Score:
    """Counts over some cases."""

    cases: int = 0
    exact_date: int = 0
    exact_status: int = 0
    falsely_alive: int = 0
    false_alarms: int = 0


def is_date_right(case: Case, answer: Answer) -> bool:
    """Whether the newest post is dated to the day (relative times: within a day)."""
    if case.last_post is None or answer.last_post is None:
        return case.last_post == answer.last_post
    return abs((case.last_post - answer.last_post).days) <= case.tolerance_days


def is_falsely_alive(case: Case, answer: Answer) -> bool:
    """A dormant, down or compromised site that is called active or late: the worst fault."""
    return case.status in DEAD and answer.status in ALIVE


def is_false_alarm(case: Case, answer: Answer) -> bool:
    """A site that a citizen can read and that is called down or compromised."""
    return case.status in HEALTHY and answer.status in ALARM


def is_right(case: Case, answer: Answer) -> bool:
    """Date and status are both right."""
    return is_date_right(case, answer) and case.status == answer.status


def score(cases: Sequence[Case], answers: Mapping[str, Answer]) -> Score:
    """The counts over ``cases``."""
    total = Score()
    for case in cases:
        answer = answers[case.id]
        total.cases += 1
        total.exact_date += is_date_right(case, answer)
        total.exact_status += case.status == answer.status
        total.falsely_alive += is_falsely_alive(case, answer)
        total.false_alarms += is_false_alarm(case, answer)
    return total


def by_kind(cases: Sequence[Case]) -> dict[str, list[Case]]:
    """Kind -> its cases; a case stands under each of its kinds."""
    kinds: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        for kind in case.kinds:
            kinds[kind].append(case)
    return dict(sorted(kinds.items()))
