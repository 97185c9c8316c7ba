"""Content checks spread over their interval, however many sites were first read together."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from opd_exporter.pipeline.observation import NEAR, falls_due

INTERVAL, ROUND = 900.0, 60.0
START = 1_795_590_000.0


def checks_of(site_id: str, hours: float, first: float = START) -> list[float]:
    """When a site is read that is probed once a minute and was first read at ``first``."""
    last, now, found = first, first, [first]
    while now < first + hours * 3_600:
        now += ROUND
        if falls_due(site_id, last, INTERVAL, now):
            last = now
            found.append(now)
    return found


def test_nobody_waits_longer_than_the_interval_and_nobody_is_asked_again_too_soon() -> None:
    """Gaps lie between two fifths of the interval and the interval, a round more at most; then they are equal."""
    for number in range(200):
        found = checks_of(f"site-{number}", 6, START + number * 7)
        gaps = [after - before for before, after in pairwise(found)]
        assert min(gaps) >= NEAR * INTERVAL
        assert max(gaps) <= INTERVAL + ROUND
        assert set(gaps[2:]) == {INTERVAL}


def test_sites_that_were_read_together_are_read_apart_later() -> None:
    """Of 3,000 sites first read within the same minute, no minute of the second hour has much more than its share."""
    per_minute: Counter[int] = Counter()
    for number in range(3_000):
        for at in checks_of(f"site-{number}", 2, START + number * ROUND / 3_000):
            if START + 3_600 <= at < START + 7_200:
                per_minute[int((at - START) // 60)] += 1
    assert sum(per_minute.values()) == pytest.approx(3_000 * 4, rel=0.01)
    assert max(per_minute.values()) < 1.5 * 3_000 / 15


@pytest.mark.parametrize(("last", "due"), [(None, True), (START + 5_000, True), (START, False), (START - 901, True)])
def test_what_is_never_late(last: float | None, due: bool) -> None:
    """The first check is due at once, and so is one whose last was taken from a clock that was ahead."""
    assert falls_due("dinkes", last, INTERVAL, START) is due
