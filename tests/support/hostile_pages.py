"""Pages made to cost time or memory: what a server of bad will would answer, cut at the probe's cap of 1 MiB."""

from __future__ import annotations

from support.zoo.cage import CAP
from support.zoo.content import BODIES

_HEAD = b"<html><head><title>Dinas</title></head><body>"
_SITE = b"http://situs.example.go.id"


def _page(unit: bytes, head: bytes = _HEAD) -> bytes:
    """``unit`` over and over, up to the cap."""
    return (head + unit * (CAP // len(unit) + 1))[:CAP]


def _numbered(unit: bytes, count: int) -> bytes:
    """``unit`` with its ``%d`` counted up."""
    return (_HEAD + b"".join(unit % number for number in range(count)))[:CAP]


HOSTILE: dict[str, bytes] = {name: body[:CAP] for name, _, body in BODIES} | {
    "open angles": _page(b"<"),
    "angles and blanks": _page(b"< "),
    "anchors never closed": _page(b"<a href="),
    "headings never closed": _page(b"<h1>"),
    "lesser headings never closed": _page(b"<h3>"),
    "control characters in names": _HEAD + b"<link rel\x01=alternate \x02=1 href=/x><a \x1f href=/b>berita</a>",
    "nested tables": _page(b"<table><tr><td>"),
    "nested anchors": _page(b"<a href=x>"),
    "nested bold": _page(b"<b>"),
    "misnested": _page(b"<a><b><i><p></a>"),
    "comments never closed": _page(b"<!--"),
    "scripts": _page(b"<script>var a=1;</script>"),
    "blanks": _page(b" "),
    "newlines": _page(b"\n"),
    "mixed blanks": _page(b"\t \n"),
    "ampersands": _page(b"&"),
    "digits": _page(b"1"),
    "slashes": _page(b"1/1/"),
    "dates": _page(b"1 Januari 2026 "),
    "ISO dates": _page(b"2026-01-01T00:00:00+07:00 "),
    "clock times": _page(b"12:"),
    "month names": _page(b"Januari "),
    "relative dates": _page(b"2 hari yang lalu "),
    "one post, often": _page(b'<li><a href="/berita/1">Judul berita dinas kabupaten</a> 1 Januari 2026</li>'),
    "nine thousand posts": _numbered(b'<li><a href="/berita/judul-%d">Berita dinas kabupaten</a> 1 Januari 2026', 9000),
    "gambling words": _page(b"slot gacor maxwin "),
    "gambling links": _numbered(b'<a href="http://slot%d.example/">slot gacor</a>', 20_000),
    "hosts": _numbered(b'<a href="http://h%d.example.com/">berita dinas</a>', 20_000),
    "long hosts": _page(b'<a href="http://' + b"a." * 900 + b'com/">x</a>'),
    "long base": _HEAD + b"<base href='http://" + b"a." * 100_000 + b"'>" + b"<a href=x>y</a>" * 9000,
    "attributes, each different": _HEAD + b"<div " + b"".join(b"a%d=1 " % n for n in range(100_000)) + b">",
    "many tags of many attributes": _page(b"<div " + b"".join(b"a%d=1 " % n for n in range(900)) + b">"),
    "script that seems to move": _page(b" ", _HEAD + b"<script>location"),
    "script that seems to move, often": _page(b"<script>" + b"location=(" * 600 + b"</script>"),
    "windows without end": _page(b"window.", _HEAD + b"<script>location "),
    "refresh after zeroes": _HEAD + b'<meta http-equiv="refresh" content="' + b"0" * 100_000 + b'">',
    "frames": b"<html><frameset>" + b"<frame src=a>" * 80_000,
    "JSON-LD nested": _HEAD + b'<script type="application/ld+json">' + b'{"a":' * 150_000 + b"</script>",
    "JSON-LD arrays": _HEAD + b'<script type="application/ld+json">' + b"[" * 400_000 + b"</script>",
    "style sheet": _numbered(b"<style>.a%d{display:none}</style>", 20_000),
    "encoded script": _HEAD + b"<script>eval(atob('" + b"QUJD" * 250_000 + b"'))</script>",
    "character codes": _HEAD + b"<script>String.fromCharCode(" + b"65," * 340_000 + b")</script>",
    "feed of nested items": _page(b"<item>", b'<?xml version="1.0"?><rss><channel>'),
    "feed of angles": _page(b"<", b"<rss>"),
    "feed of ampersands": _page(b"&", b"<rss>"),
    "feed of attributes": b"<rss " + b"".join(b"a%d='1' " % n for n in range(90_000)) + b"><channel>",
    "feed of nine thousand": _page(
        b"<item><title>a</title><pubDate>Mon, 01 Jan 2026 00:00:00 +0700</pubDate><link>" + _SITE + b"/a</link></item>",
        b'<?xml version="1.0"?><rss><channel>',
    ),
    "sitemap of blanks": _page(b" ", b"<urlset><url><loc>"),
    "Windows-1252": _page(b"\xe9 "),
    "zero-width joiners": _page("\u200d".encode()),
    "dotted capital I": _page("\u0130".encode()),
    "emoji": _page("\U0001f600".encode()),
}  # fmt: skip
