"""What a page shows where scripts are off."""

from __future__ import annotations

import pytest

from opd_exporter.models import Exchange
from opd_exporter.page import parse_page, without_scripts

URL = "http://x.example/"


def links(body: str) -> list[str] | None:
    """Texts of the links inside ``noscript``; ``None`` when there is no such page."""
    page = parse_page(
        Exchange(url=URL, final_url=URL, started_at=0, seconds=0, status=200, body=f"<html>{body}".encode())
    )
    plain = without_scripts(page)
    return None if plain is None else [link.text for link in plain.links]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>tanpa</p>", None),
        ("<noscript><img src='/p.gif'></noscript>", None),
        ("<noscript>Aktifkan JavaScript</noscript>", None),
        ("<noscript><a href='/b/1'>Pelatihan kader</a></noscript>", ["Pelatihan kader"]),
        (
            "<NOSCRIPT class=x><a href='/b/1'>Satu</a></NOSCRIPT><noscript><a href='/b/2'>Dua</a></noscript>",
            ["Satu", "Dua"],
        ),
        ("<noscript><a href='/b/1'>tak berakhir", None),
        ("<Noscript><a href=/b/1>Satu</a></noScript>", ["Satu"]),
        ("<noscript>" * 200_000, None),
        ("<noscript " + "x" * 10_000 + "><a href='/b/1'>Satu</a></noscript>", None),
    ],
)
def test_takes_what_is_written_for_readers_without_scripts(body: str, expected: list[str] | None) -> None:
    """Links count; a pixel, a sentence and what never ends do not."""
    assert links(body) == expected


def test_the_address_stays() -> None:
    """Relative links lead where they led on the page."""
    page = parse_page(
        Exchange(
            url=URL,
            final_url=URL + "a/",
            started_at=0,
            seconds=0,
            status=200,
            body=b"<html><noscript><a href='b/1'>Satu</a></noscript>",
        )
    )
    plain = without_scripts(page)
    assert plain is not None
    assert [link.url for link in plain.links] == ["http://x.example/a/b/1"]
