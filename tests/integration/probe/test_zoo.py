"""Two hundred misbehaving servers: each gets its reason within its deadline, and nobody else notices."""

from __future__ import annotations

import pytest
import uvloop

from support.zoo.cage import CAP
from support.zoo.keeper import CAGES
from support.zoo.visit import SECONDS, open_zoo, visit

pytestmark = pytest.mark.xdist_group("zoo")  # one visit, not one for each worker
SLACK = 1.0
"""Seconds for a busy two-core machine."""


@pytest.fixture(scope="module", params=[None, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def report(request):
    """One visit to the whole zoo on each event loop: the exporter runs on uvloop, most tests on asyncio's own."""
    with open_zoo() as opened:
        return visit(opened, new_loop=request.param)


@pytest.mark.parametrize("cage", CAGES, ids=lambda cage: cage.name)
def test_cage_gets_its_reason(report, cage):
    """Each server gets the reason that a citizen's browser would meet, and its content is kept where there is some."""
    notes = report.notes[cage.name]
    exchange, expect = notes.exchange, cage.expect
    shown = f"{cage.what}: {exchange.reason} {exchange.detail} {exchange.tls}"
    assert exchange.reason == expect.reason, shown
    assert (exchange.tls.reason if exchange.tls else None) == expect.tls, shown
    assert expect.status is None or exchange.status == expect.status, shown
    assert expect.size is None or notes.size == expect.size, shown
    assert expect.min_size is None or notes.size >= expect.min_size, shown
    assert expect.truncated is None or exchange.truncated == expect.truncated, shown
    assert bool(exchange.tls and exchange.tls.legacy) == expect.legacy, shown
    if expect.chain_complete is not None:
        assert exchange.tls.chain_complete is expect.chain_complete, shown
    assert expect.detail in exchange.detail, shown
    assert not exchange.is_unknown, shown


@pytest.mark.parametrize("cage", CAGES, ids=lambda cage: cage.name)
def test_cage_is_left_in_time(report, cage):
    """No server holds a probe beyond its deadline, and no body is larger than the cap."""
    notes = report.notes[cage.name]
    assert notes.exchange.seconds <= SECONDS + SLACK
    assert notes.size <= CAP


def test_certificates_are_known_when_refused(report):
    """The end of a certificate that browsers refuse is known all the same."""
    for cage in CAGES:
        exchange = report.notes[cage.name].exchange
        if cage.expect.tls is not None:
            assert exchange.tls.not_after is not None, cage.name
            assert exchange.tls.verified is False, cage.name


def test_zoo_is_large_enough():
    """The zoo keeps the sixty servers that the design asks for, and more."""
    assert len(CAGES) >= 200
    assert len({cage.name for cage in CAGES}) == len(CAGES)


def test_neighbours_do_not_notice(report):
    """A healthy site that is probed meanwhile is never delayed by more than a second."""
    assert report.neighbour_rounds > 10
    assert report.worst_neighbour_seconds < 1.0


def test_memory_stays(report):
    """The whole zoo leaves less than 20 MiB behind."""
    assert report.growth_bytes < 20 * 1_048_576


def test_details_are_short_and_printable(report):
    """What goes into logs is one short printable line, whatever the server sent."""
    for notes in report.notes.values():
        assert notes.exchange.detail.isprintable()
        assert len(notes.exchange.detail) <= 200
        assert all(value.isprintable() for value in notes.exchange.headers.values())
        assert "rahasia" not in repr(notes.exchange.hops) + notes.exchange.final_url + notes.exchange.detail
