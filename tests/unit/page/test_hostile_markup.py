"""Markup that is made to break or to stall the parser."""

from __future__ import annotations

import time

from multidict import CIMultiDict, CIMultiDictProxy

from opd_exporter.models import Exchange
from opd_exporter.page import parse_page
from opd_exporter.page.decoding import squeeze_blanks
from opd_exporter.page.page import MAX_ATTRIBUTES

URL = "http://situs.example.go.id/"


def page_of(body: bytes):
    """``body`` as a page."""
    headers = CIMultiDictProxy(CIMultiDict({"Content-Type": "text/html"}))
    return parse_page(Exchange(URL, URL, 0.0, 0.1, status=200, headers=headers, body=body))


def test_control_characters_in_the_name_of_an_attribute() -> None:
    """They do not save a page from being read: its links are still seen."""
    page = page_of(b"<html><body><link rel\x01=alternate \x02\xef\xbf\xbf=1 href=/x><a \x1f=1 href=/berita>Berita</a>")
    assert [link.url for link in page.links] == [URL + "berita"]


def test_a_tag_of_many_attributes_keeps_the_first() -> None:
    """An endless tag is cut, in quotes and out of them, and what follows it is read."""
    many = b" ".join(b'data-%d="a > b"' % number for number in range(60_000))
    started = time.process_time()
    page = page_of(b"<html><body><a href=/satu " + many + b">Satu</a><a href='/dua'>Dua</a></body></html>")
    assert [link.text for link in page.links] == ["Satu", "Dua"]
    assert len(page.tree.find(".//a").attrib) == MAX_ATTRIBUTES
    assert time.process_time() - started < 2


def test_ordinary_attributes_are_kept() -> None:
    """A long page with long but few attributes is parsed as it is."""
    picture = b"<img src='data:image/png;base64," + b"QUJD" * 10_000 + b"' alt='a = \"b\" > c'>"
    page = page_of(b"<html><body>" + picture + b"<a href=\"/x?a=1&b='2'\" title='c>d'>Teks</a></body></html>")
    assert page.tree.find(".//img").get("alt") == 'a = "b" > c'
    assert page.links[0].url.startswith(URL + "x?a=1&b=")


def test_long_runs_of_white_space_are_cut() -> None:
    """A line end inside the run stays one; short runs stay as they are."""
    assert squeeze_blanks("a" + " " * 1_000 + "b" + " \n" * 500 + "c  d\n\n e") == "a b\nc  d\n\n e"


def test_braces_in_the_name_of_an_attribute() -> None:
    """To lxml ``{el`` is a namespace that it cannot look up; the page is read all the same."""
    page = page_of(b"<html><body><link {el=alternate href=/x><script {a=1>var a;</script><a href=/berita>Kabar</a>")
    assert [link.url for link in page.links] == [URL + "berita"]
    assert page.scripts[0][1] == "var a;"
