"""Posts in the data of script-built pages: Next, Nuxt, Inertia, SvelteKit, Angular, Astro, Livewire and the like.

Data stands in scripts of JSON, in values that scripts assign, return or hand to a function, and in attributes.
"""

from __future__ import annotations

import html
import json
import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Any, Final

from opd_exporter.freshness.literals import read_arguments, read_literal
from opd_exporter.freshness.records import MAX_SIGHTINGS, PUBLISHED_KEYS, date_keys, read_data

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, tzinfo

    from opd_exporter.freshness.credibility import Sighting
    from opd_exporter.page import Page

MAX_SCRIPT_CHARS: Final = 800_000
MAX_LITERALS: Final = 40
MAX_ATTRIBUTES: Final = 40
MIN_ATTRIBUTE_CHARS: Final = 40
_LITERAL = re.compile(
    r"(?:(?P<name>[\w$]{1,60})[\"'\]\s]{0,4}=|\b(?P<call>[\w$]{1,60})\(|\b(?P<return>return))\s{0,9}(?P<parse>JSON\.parse\()?"
    r"(?=[\[{\"'`])"
)
_PARAMETERS = re.compile(r"function\s{0,3}\w{0,20}\(([\w$,\s]{0,20000})\)\s{0,3}\{\s{0,9}$")
_CALLED = re.compile(r"\s{0,3};?\s{0,3}\}\s{0,3}\)?\s{0,3}\(")
_FLIGHT = re.compile(r"self\.__next_f\.push\(\s*\[\s*\d+\s*,\s*(\"(?:[^\"\\]|\\.)*\")\s*\]\s*\)")
_OBJECT_HINT = re.compile(r"[\"'](?:" + "|".join(PUBLISHED_KEYS) + r")\\?[\"']\s*:", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"=\s?([\"'])\s{0,40}(?=\[|\{)")
_ATTRIBUTE_NAME = re.compile(r"([\w:@.-]{1,40})\s?$")
_TAG_NAME = re.compile(r"<([\w-]{1,60})")
_ANGULAR: Final = (("&q;", '"'), ("&l;", "<"), ("&g;", ">"), ("&s;", "'"), ("&a;", "&"))
"""The escapes of Angular's transfer state before version 17."""


def read_embedded(page: Page, now: datetime, zone: tzinfo) -> list[Sighting]:
    """Objects with a title and a date of publication in the page's data, those of agendas and downloads refused."""
    sightings: list[Sighting] = []
    for name, value in _values(page):
        sightings += read_data(value, page.url, page.url, now, zone, name=name)
        if len(sightings) >= MAX_SIGHTINGS:
            break
    return sightings[:MAX_SIGHTINGS]


def _values(page: Page) -> Iterator[tuple[str, Any]]:
    """(what the page calls it, value) of the data in scripts and attributes."""
    budget = MAX_SCRIPT_CHARS
    for attributes, text in page.scripts:
        kind = attributes.get("type", "").lower()
        if "ld+json" in kind or not text or budget <= 0:
            continue
        script = text[:budget]
        budget -= len(script)
        if "json" in kind:
            for value in _load(script.strip()):
                yield f"{attributes.get('id', '')} {attributes.get('data-url', '')}", value
        elif (dates := date_keys(script)) or "__next_f" in script:
            yield from _from_script(script, dates)
    yield from _from_attributes(page.html)


def _from_attributes(text: str) -> Iterator[tuple[str, Any]]:
    """JSON in attributes of any name: Inertia's ``data-page``, the properties of components, Livewire's snapshots."""
    left = MAX_ATTRIBUTES
    for found in _ATTRIBUTE.finditer(text):
        end = text.find(found.group(1), found.end())
        if end - found.end() < MIN_ATTRIBUTE_CHARS or end - found.end() > MAX_SCRIPT_CHARS:
            continue
        told = html.unescape(text[found.end() : end])
        if not date_keys(told):
            continue
        left -= 1
        if left < 0:
            return
        name = _ATTRIBUTE_NAME.search(text, max(0, found.start() - 42), found.start())
        opening = text.rfind("<", max(0, found.start() - 2_000), found.start())
        tag = _TAG_NAME.match(text, opening) if opening >= 0 else None
        for value in _load(told):
            yield f"{tag.group(1) if tag else ''} {name.group(1) if name else ''}", value


def _load(text: str) -> Iterator[Any]:
    """The value of a text that should be JSON, or is nearly."""
    if text.startswith(("{&q;", "[&q;", "[{&q;")):
        for escape, letter in _ANGULAR:
            text = text.replace(escape, letter)
    try:
        yield json.loads(text)
    except (ValueError, RecursionError):
        literal = read_literal(text, 0) if text[:1] in {"{", "["} else None
        if literal is not None:
            yield literal[0]
        else:
            yield from _objects(text)


def _from_script(text: str, dates: list[int]) -> Iterator[tuple[str, Any]]:
    """Next's streamed strings, literals with dates, and else whatever objects hold a date."""
    flights = _FLIGHT.findall(text)
    if flights:
        text = "".join(_load_texts(flights[:500]))
    else:
        literals = list(_literals(text, dates))
        yield from literals
        if literals:
            return
    for value in _objects(text):
        yield "", value


def _load_texts(pieces: list[str]) -> Iterator[str]:
    for piece in pieces:
        try:
            yield str(json.loads(piece))
        except ValueError:
            continue


def _literals(text: str, dates: list[int]) -> Iterator[tuple[str, Any]]:
    """(name, value) of the literals with dates that a script assigns, returns or hands to a function."""
    done, left = -1, MAX_LITERALS
    for start in _LITERAL.finditer(text):
        if start.start() < done or (text[start.end()] in "\"'`" and not start.group("parse")):
            continue
        if bisect_left(dates, start.end()) >= len(dates) or left <= 0:
            return
        left -= 1
        read = _read_at(text, start)
        if read is not None and bisect_left(dates, start.end()) < bisect_left(dates, read[1]):
            done = read[1]
            yield start.group("name") or start.group("call") or "", read[0]


def _read_at(text: str, start: re.Match[str]) -> tuple[Any, int] | None:
    """The literal behind ``start``: JSON, a text of JSON, or JavaScript (with the values of its function's names)."""
    position = start.end()
    if start.group("parse"):
        packed = read_literal(text, position)
        try:
            return (json.loads(packed[0]), packed[1]) if packed is not None else None
        except (ValueError, TypeError, RecursionError):
            return None
    try:
        return json.JSONDecoder().raw_decode(text, position)
    except (ValueError, RecursionError):
        pass
    read = read_literal(text, position)
    if read is None or not start.group("return"):
        return read
    parameters = _PARAMETERS.search(text, max(0, start.start() - 20_060), start.start())
    called = _CALLED.match(text, read[1])
    if parameters is None or called is None:
        return read
    names = [name.strip() for name in parameters.group(1).split(",")]
    return read_literal(text, position, dict(zip(names, read_arguments(text, called.end()), strict=False)))


def _objects(text: str) -> Iterator[Any]:
    """Every small object around a date key that is valid JSON by itself."""
    decoder = json.JSONDecoder()
    done = -1
    for number, hint in enumerate(_OBJECT_HINT.finditer(text)):
        if number > 200:
            return
        if hint.start() < done:
            continue
        opening = hint.start()
        for _ in range(6):
            opening = text.rfind("{", max(0, hint.start() - 6_000), opening)
            if opening < 0:
                break
            try:
                value, end = decoder.raw_decode(text, opening)
            except (ValueError, RecursionError):
                continue
            if end > hint.start():
                done = end
                yield value
                break
