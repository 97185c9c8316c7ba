"""The rows that the fleet page keeps between requests read as freshly made ones, at every moment."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opd_exporter.clock import as_datetime
from opd_exporter.registry.site import MaintenanceWindow
from opd_exporter.web.fleet_rows import FleetRows, render_row
from support.fleet import AT, DAY, JAKARTA, make_post, make_probe, make_site, make_state, one_of_each

AGES = st.floats(-120, 40 * DAY)
STEPS = st.lists(
    st.one_of(st.floats(0, 7_200), st.sampled_from([0.001, 1.0, 59.999, 60.0, 3_600.0, 43_200.0, 86_400.0, -30.0])),
    min_size=1,
    max_size=12,
)


def fresh(state, now: float) -> str:
    """The row as it reads when nothing was kept."""
    site = state.site
    return render_row(state, now, in_maintenance=site.in_maintenance(as_datetime(now)))[0]


@settings(max_examples=300, deadline=None)
@given(since=AGES, posted=AGES, checked=AGES, steps=STEPS)
def test_kept_row_reads_as_a_fresh_one(since: float, posted: float, checked: float, steps: list[float]):
    """Whatever the ages are, and however the clock goes on (or back), no row shows an old age."""
    site = make_site()
    post = make_post(published_at=datetime.fromtimestamp(AT - posted, UTC).astimezone(JAKARTA))
    state = make_state(since=AT - since, probe=make_probe(site, at=AT - checked), last_probe_at=AT - checked)
    state = replace(state, publishing=replace(state.publishing, last_post=post))
    rows, now = FleetRows(), AT
    for step in steps:
        assert asyncio.run(rows.render([state], now)) == fresh(state, now)
        now += step


def test_new_state_makes_a_new_row():
    """A site whose status changes is shown with the new one at once."""
    rows = FleetRows()
    before, after = make_state(), replace(make_state(), since=AT - 1, readable=False)
    assert asyncio.run(rows.render([before], AT)) == fresh(before, AT)
    assert asyncio.run(rows.render([after], AT)) == fresh(after, AT) != fresh(before, AT)


def test_maintenance_begins_and_ends_in_a_kept_row():
    """The word about planned maintenance stands in the row only while it goes on."""
    start = as_datetime(AT, JAKARTA) + timedelta(minutes=1)
    window = MaintenanceWindow(start, start + timedelta(minutes=1), "pindah server")
    state = make_state(site=make_site(maintenance=(window,)), since=AT - 30 * DAY)
    rows = FleetRows()
    said = ["Pemeliharaan" in asyncio.run(rows.render([state], AT + seconds)) for seconds in (0, 70, 130)]
    assert said == [False, True, False]


def test_rows_of_removed_sites_are_let_go():
    """A reload that removes sites does not leave their rows in memory."""
    rows, states = FleetRows(), one_of_each()
    asyncio.run(rows.render(states, AT))
    rows.forget_others([states[0].site.id])
    assert list(rows._kept) == [states[0].site.id]


@pytest.mark.parametrize("state", one_of_each(), ids=lambda state: str(state.status))
def test_hostile_names_are_escaped(state):
    """Whatever the registry holds, a row stays one row."""
    hostile = "<b>\"&' A"
    row = fresh(replace(state, site=replace(state.site, opd=hostile, name=hostile)), AT)
    assert "<b>" not in row
    assert row.count("<tr ") == 1
    assert row.count('data-opd="&lt;b&gt;&#34;&amp;&#39; a"') == 1
