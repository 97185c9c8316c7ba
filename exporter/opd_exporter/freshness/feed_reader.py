"""A feed reader for feeds as they are: RSS 0.9x to 2.0, RDF, Atom and JSON Feed, broken or not.

Parsing starts at the first ``<rss``, ``<feed`` or ``<rdf:RDF``: warnings printed before it and document types with
entities (bombs among them) are thus left out. Items are taken wherever they stand. Nothing is fetched or expanded.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree

from opd_exporter.page.decoding import decode_body

MAX_ITEMS: Final = 1_000
MAX_CHARS: Final = 1_500_000
_START = re.compile(r"<(?:\w{1,10}:)?(?:rss|feed|rdf)[\s>]", re.IGNORECASE)
_MADE_BY = re.compile(r"""<!--\s{0,9}generator\s?=\s?["']([^"'<>]{1,200})""", re.IGNORECASE)
"""DokuWiki's library names itself in a comment before the feed."""
_TAGS = re.compile(r"<[^>]{0,500}>")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LONG_TAG = re.compile(r"<(?!!)[^<>]{8000,}>?")
"""Tags with thousands of attributes, which cost libxml2 quadratic time."""
_NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_PUBLISHED: Final = ("pubdate", "published", "issued", "date", "created")
_CHANGED: Final = ("updated", "modified")


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One entry; empty strings where the feed says nothing."""

    title: str = ""
    link: str = ""
    published: str = ""
    """The raw date of publication."""
    updated: str = ""
    """The raw date of change."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed's own words and its items in order."""

    title: str = ""
    link: str = ""
    generator: str = ""
    items: tuple[FeedItem, ...] = ()


def read_feed(body: bytes, content_type: str = "") -> Feed | None:
    """The feed in ``body``, or ``None`` when there is none, whatever the status and the content type said."""
    text = decode_body(body, content_type)[:MAX_CHARS]
    head = text[:200].lstrip()
    if head.startswith("{") and '"items"' in text:
        return _read_json(text)
    start = _START.search(text)
    if start is None:
        return None
    if re.search(r"<(?:html|body|head)\b", text[: start.start()], re.IGNORECASE):
        return None
    made_by = _MADE_BY.search(text, 0, start.start())
    return _read_xml(text[start.start() :], made_by.group(1) if made_by else "")


def _read_xml(text: str, generator: str) -> Feed | None:
    """Parse inside a root of our own, so that what follows a closed root is still read."""
    text = _LONG_TAG.sub(" ", _NAMED.sub("&amp;", _CONTROL.sub(" ", text)))
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False, encoding="utf-8")
    try:
        root = etree.fromstring(f"<r>{text}</r>".encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError):
        return None
    if root is None:
        return None
    title = link = ""
    items: list[FeedItem] = []
    for element in root.iter():
        name = _name(element)
        if name in {"item", "entry"}:
            if len(items) < MAX_ITEMS:
                items.append(_read_item(element))
            else:
                break
        elif not items and _outside_item(element):
            if name == "title":
                title = title or _text(element)
            elif name == "generator":
                generator = generator or (_text(element) + " " + (element.get("uri") or ""))
            elif name == "link":
                link = link or (element.get("href") or _text(element))
    return Feed(title[:300], link, generator.strip()[:200], tuple(items))


def _outside_item(element: Any) -> bool:
    parent = element.getparent()
    return parent is not None and _name(parent) in {"channel", "feed", "rss", "rdf", "r"}


def _name(element: Any) -> str:
    """Local name in lower case; empty for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def _text(element: Any) -> str:
    value = "".join(element.itertext())[:2_000]
    return " ".join(html.unescape(_TAGS.sub(" ", html.unescape(value))).split())


def _read_item(element: Any) -> FeedItem:
    values: dict[str, str] = {}
    link = guid = ""
    for child in element:
        name = _name(child)
        if name == "link":
            rel = child.get("rel") or "alternate"
            target = (child.get("href") or child.text or "").strip()
            if target and rel == "alternate" and not link:
                link = target
        elif name in {"guid", "id"}:
            guid = (child.text or "").strip()
        elif name and name not in values and name in {"title", *_PUBLISHED, *_CHANGED}:
            values[name] = _text(child)
    if not link and guid.startswith(("http://", "https://", "/")):
        link = guid
    if not link:
        link = next((value for key, value in element.attrib.items() if key.endswith("about")), "")
    published = next((values[name] for name in _PUBLISHED if values.get(name)), "")
    updated = next((values[name] for name in _CHANGED if values.get(name)), "")
    return FeedItem(values.get("title", "")[:300], link[:2_000], published[:100], updated[:100])


def _read_json(text: str) -> Feed | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if (
        not isinstance(value, dict)
        or not isinstance(value.get("items"), list)
        or "jsonfeed" not in str(value.get("version"))
    ):
        return None
    items = tuple(
        FeedItem(
            str(item.get("title") or "")[:300],
            str(item.get("url") or item.get("id") or "")[:2_000],
            str(item.get("date_published") or "")[:100],
            str(item.get("date_modified") or "")[:100],
        )
        for item in value["items"][:MAX_ITEMS]
        if isinstance(item, dict)
    )
    return Feed(str(value.get("title") or "")[:300], str(value.get("home_page_url") or ""), "jsonfeed", items)
