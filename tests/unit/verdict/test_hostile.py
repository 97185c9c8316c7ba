"""Hostile bodies cost bounded time and never raise."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opd_exporter.page import parse_page
from opd_exporter.verdict import judge_content, judge_probe
from support.proofs import make_exchange, make_site

UNITS = [
    "<",
    "<a ",
    "<script",
    "</script",
    "<!--",
    "<h1>",
    "<title>",
    "<meta http-equiv=refresh content=",
    "location=",
    "<noscript>",
    "<frameset><frame src=x>",
    '<pre><a href="x">y</a>',
    "situs sedang dalam ",
    "database koneksi gagal ",
    "<b>fatal error</b>: ",
    "your ip has been ",
    "background:url(",
    "sl0t g4cor ",
    "s.l.o.t ",
    "hacked by ",
    "\x00",
    "id='root' ",
    "&lt;",
    "domain x y ",
]


@pytest.mark.parametrize("unit", UNITS)
def test_a_body_of_one_repeated_piece(unit):
    """Half a megabyte of a rule's favourite beginning is looked at in bounded time."""
    exchange = make_exchange("<html><body>" + unit * (500_000 // len(unit)))
    page = parse_page(exchange)
    _ = page.outline
    started = time.process_time()
    judge_probe(make_site(), exchange)
    judge_content(make_site(), exchange, page, [(link.text, link.url) for link in page.links[:500]])
    assert time.process_time() - started < 5


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=2_000), st.integers(100, 999), st.text(max_size=40), st.text(max_size=60))
def test_any_answer_gets_a_finding(body, status, kind, path):
    """Whatever a server sends, the rules answer."""
    exchange = make_exchange(body, status, {"Content-Type": kind}, final_url="http://dinas.example/" + path)
    assert judge_probe(make_site(), exchange).evidence is not None
    judge_content(make_site(), exchange, parse_page(exchange), [(path, path)])


@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        st.sampled_from(
            [*UNITS, "</a>", ">", "'", '"', "</h1>", "Dinas ", "https://slot88.example/", "\u200b", "สล็อต"]
        ),
        max_size=60,
    )
)
def test_any_markup_gets_a_finding(pieces):
    """Pieces of markup in any order raise nothing."""
    exchange = make_exchange("".join(pieces))
    judge_probe(make_site(), exchange)
    judge_content(make_site(), exchange, parse_page(exchange))
