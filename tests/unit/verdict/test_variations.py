"""Other forms of the same kinds of page, written without looking at the signatures: what counts is the status."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from opd_exporter.models import Reason, Status
from opd_exporter.page import parse_page
from opd_exporter.verdict import judge_content, judge_probe
from support.proofs import make_exchange, make_site

WORDS = ("beranda", "profil", "visi", "struktur", "layanan", "ppid", "berita", "galeri", "unduhan", "kontak")
NAV = "".join(f'<a href="/{word}">{word.title()}</a> ' for word in WORDS)
FORMS = yaml.safe_load(Path(__file__).with_name("variations.yml").read_text("utf-8"))


def forms(kind):
    """One parameter a form of ``kind``."""
    return [pytest.param(form, id=name) for name, form in FORMS[kind].items()]


def answer(form):
    """(finding of the probe, finding of the content check) of one page."""
    exchange = make_exchange(form["body"].replace("{nav}", NAV), form.get("status", 200))
    page = parse_page(exchange)
    posts = [(link.text, link.url) for link in page.links if link.host == page.host]
    return judge_probe(make_site(), exchange), judge_content(make_site(), exchange, page, posts)


@pytest.mark.parametrize("form", forms("down"))
def test_down(form):
    """A page that is not the site is called down by the probe, and never compromised."""
    probe, content = answer(form)
    assert probe.status is Status.DOWN, probe
    assert content.status is not Status.COMPROMISED


@pytest.mark.parametrize("form", forms("blocked"))
def test_blocked(form):
    """A firewall's answer is called blocked by the probe, never down."""
    probe, content = answer(form)
    assert probe.status is Status.BLOCKED, probe
    assert content.reason is None


@pytest.mark.parametrize("form", forms("compromised"))
def test_compromised(form):
    """Gambling and defacement are found by the probe or the content check."""
    probe, content = answer(form)
    assert Status.COMPROMISED in {probe.status, content.status}, (probe, content)


@pytest.mark.parametrize("form", forms("fine"))
def test_fine(form):
    """A page that a citizen can read trips nothing."""
    probe, content = answer(form)
    assert (probe.reason, content.reason) == (None, None), (probe, content)


def test_gambling_news_in_the_path_is_not_a_post_of_gambling():
    """The slug of a warning article repeats its phrases; the title's warning excuses it."""
    exchange = make_exchange(f"<title>Kominfo</title>{NAV}")
    posts = [("Waspada situs slot gacor", "http://dinas.example/berita/waspada-situs-slot-gacor")]
    assert judge_content(make_site(), exchange, parse_page(exchange), posts).reason is None
    posts = [("", "http://dinas.example/slot-gacor-hari-ini/")]
    assert judge_content(make_site(), exchange, parse_page(exchange), posts).reason is Reason.GAMBLING_POSTS
