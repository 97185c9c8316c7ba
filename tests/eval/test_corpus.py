"""The whole corpus over real HTTP: every case right, nothing dead called alive, nothing healthy called broken."""

from __future__ import annotations

import asyncio
import functools

import pytest

from eval.baselines import first_feed, newest_date_anywhere
from eval.cases import load_corpus
from eval.engine import check_corpus
from eval.score import is_date_right, is_false_alarm, is_falsely_alive, score

CASES = load_corpus()
pytestmark = [pytest.mark.xdist_group("corpus"), pytest.mark.timeout(300)]


@functools.cache
def answers():
    """What ``opd-exporter check`` says of every case; asked once."""
    return asyncio.run(check_corpus(CASES))


@functools.cache
def baseline(rule):
    """What a baseline says of every case."""
    return asyncio.run(rule(CASES))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_every_case_is_right(case):
    """The newest post is dated to the day and the status is the labelled one."""
    said = answers()[case.id]
    assert said.status == case.status, said
    assert is_date_right(case, said), said


def test_nothing_dead_is_called_alive_and_nothing_healthy_broken():
    """The two faults that must not happen do not happen."""
    said = answers()
    assert [case.id for case in CASES if is_falsely_alive(case, said[case.id])] == []
    assert [case.id for case in CASES if is_false_alarm(case, said[case.id])] == []


def test_bad_findings_say_why():
    """Whatever is called down, blocked or compromised carries a reason and evidence."""
    for case in CASES:
        said = answers()[case.id]
        if said.status in {"down", "blocked", "compromised"}:
            assert said.reason, case.id
            assert said.evidence, case.id


def test_labelled_reasons_are_given():
    """Where a label names a reason of the verdict's own cases, the same reason is said."""
    wrong = {
        case.id: (case.reason, answers()[case.id].reason)
        for case in CASES
        if case.reason and (case.id[0] in "2356789" or case.id[:2] == "43") and case.reason != answers()[case.id].reason
    }
    assert wrong == {}


@pytest.mark.parametrize("rule", [newest_date_anywhere, first_feed], ids=lambda rule: rule.__name__)
def test_the_corpus_is_hard_for_simple_monitors(rule):
    """The cases tell a real engine from a baseline: each baseline gets less than two thirds of the statuses."""
    total = score(CASES, baseline(rule))
    assert total.exact_status < total.cases * 2 / 3
    assert total.exact_status > 0
