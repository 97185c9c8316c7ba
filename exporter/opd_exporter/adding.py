"""``opd-exporter site add``: look at a new site, propose its registry entry, and write it without losing a comment."""

from __future__ import annotations

import io
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.tokens import CommentToken

from opd_exporter import clock, wording
from opd_exporter.cadence import listed_since, measure
from opd_exporter.freshness import Memory
from opd_exporter.inspection import inspect
from opd_exporter.models import Cadence, Duty
from opd_exporter.probe import Prober
from opd_exporter.registry import Registry, Site, check_file, format_mistakes, parse_url
from opd_exporter.verdict import follow_client_redirects, judge_probe

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from opd_exporter.models import Exchange, Finding
    from opd_exporter.page import Page

MAX_NAME_CHARS = 120
SOFTWARE = {
    "wordpress": ("wp-content/", "wp-json"),
    "joomla": ("/media/jui/", "/media/system/js/", "com_content"),
    "drupal": ("drupal-settings-json", "/sites/default/files"),
    "blogger": ("blogger.com/", ".blogspot."),
    "opensid": ("opensid",),
    "popojicms": ("popojicms",),
    "ghost": ("ghost/", "gh-head"),
    "laravel": ("csrf-token", "/storage/"),
    "next.js": ("__next_data__", "/_next/"),
    "nuxt": ("__nuxt__", "/_nuxt/"),
}
"""Software -> marks in the page's source, tried in this order when no generator is named."""
_CATEGORIES = (
    ("kecamatan", ("kec.", "kec-", "kecamatan")),
    ("desa", ("desa",)),
    ("badan", ("badan",)),
    ("sekretariat", ("sekretariat", "setda", "setwan")),
    ("rsud", ("rsud", "rumah sakit")),
)
_SEPARATORS = re.compile(r"\s+[|\u2013\u2014\u00b7\u00bb-]\s+|\s*[|\u00bb]\s*")
_GREETINGS = re.compile(
    r"^(?:beranda|home|halaman utama|selamat datang(?: di)?(?: situs| website)?(?: resmi)?|(?:website|situs) resmi)\W*",
    re.IGNORECASE,
)
_OFFICES = re.compile(r"\b(?:dinas|badan|kecamatan|sekretariat|rsud|desa|satuan)\b", re.IGNORECASE)


class AddingError(Exception):
    """The entry cannot be made or written; the text is Indonesian and says what to do."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a first look at a site suggests for its registry entry."""

    url: str
    id: str
    opd: str
    name: str
    category: str
    duty: Duty
    software: str | None
    notes: tuple[str, ...]
    """What was seen, in Indonesian, a line each."""

    def entry(self) -> dict[str, Any]:
        """The keys of the entry in the order of the file; the default category is left out."""
        entry: dict[str, Any] = {"id": self.id, "opd": self.opd, "name": self.name, "url": self.url}
        if self.category != "dinas":
            entry["category"] = self.category
        return entry | {"duty": self.duty.value}


async def look_at(url: str, registry: Registry) -> Proposal:
    """Visit ``url`` once and propose an entry.

    Raises:
        AddingError: The address is no web address, or is in the registry already.
    """
    try:
        normal = parse_url(url if "://" in url else f"https://{url}")
    except ValueError as error:
        raise AddingError(f"{url}: {error}") from error
    known = registry.find(normal)
    if known is not None:
        raise AddingError(f"{normal} sudah terdaftar dengan id {known.id}; tidak ada yang perlu ditambahkan")
    site = Site("calon", "calon", "calon", normal, timezone=registry.timezone)
    async with Prober(registry) as prober:
        fetch = prober.fetcher(site)
        exchange = await follow_client_redirects(site, await prober.get(site), fetch)
        finding = judge_probe(site, exchange)
        now = clock.as_datetime(clock.now(), site.timezone)
        if exchange.body and exchange.reason is None:
            seen = await inspect(site, exchange, fetch, now, Memory())
            reading, page = seen.reading, seen.page
            finding = finding if finding.reason else seen.finding
        else:
            reading, page = None, None
    software = _software(page) if page else None
    notes = list(_notes(exchange, finding, software))
    duty = Duty.WEEKLY
    if reading is not None and reading.newest is not None:
        newest = reading.newest
        notes.append(
            f"berita terakhir {wording.format_date(newest.published_at)} dari {wording.source_label(newest.source)}"
            + (f" ({reading.memory.source_url})" if reading.memory.source_url else "")
        )
        days = [post.published_at.date() for post in reading.posts]
        cadence = measure(days, site, now, listed_since(reading.posts)).cadence
        if cadence is not None and cadence is not Cadence.NONE:
            duty = Duty(cadence.value)
            notes.append(f"frekuensi terukur: {wording.cadence_label(cadence)}")
    elif reading is not None:
        notes.append("tanggal berita tidak terbaca; isi news_url, feed_url, atau post_selector bila perlu")
    name = _name(page, normal)
    return Proposal(
        normal, _id(normal, registry), _short(name, normal), name, _category(name, normal), duty, software, tuple(notes)
    )


def render(entry: dict[str, Any]) -> str:
    """The entry as it would stand in the file."""
    return _dump([entry], _yaml())


def append(file: Path, entry: dict[str, Any], given: Collection[str] = ()) -> str:
    """Write ``entry`` into the registry ``file``, keeping comments and order; what was done, in Indonesian.

    An entry of the same id whose address is not known yet gets the address and what else was ``given`` (keys that a
    person chose, not proposals); otherwise the entry is added at the end. The file is replaced as a whole, and only by
    one without mistakes.

    Raises:
        AddingError: The file cannot be read or written, has mistakes, or has another site under that id.
    """
    yaml = _yaml()
    try:
        document = yaml.load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise AddingError(f"{file} tidak dapat dibaca: {error}") from error
    if not isinstance(document, CommentedMap) or not isinstance(document.get("sites"), CommentedSeq):
        raise AddingError(f"{file} tidak memiliki daftar sites; periksa dengan opd-exporter config-check")
    sites = document["sites"]
    same = next((site for site in sites if isinstance(site, CommentedMap) and str(site.get("id")) == entry["id"]), None)
    if same is None:
        sites.append(CommentedMap(entry))
        done = f"{entry['id']} ditambahkan ke {file}"
    elif same.get("url") is None:
        same["url"] = entry["url"]
        same.update({key: entry[key] for key in given if key in entry})
        _drop_comment(same, "url")  # "isi alamat" has been answered
        done = f"alamat {entry['id']} diisi di {file}"
    else:
        raise AddingError(f"id {entry['id']} sudah dipakai untuk {same['url']}; pilih id lain dengan --id")
    _replace(file, _dump(document, yaml))
    return done


def _replace(file: Path, text: str) -> None:
    """Put ``text`` in the place of ``file`` at one stroke, when the registry accepts it."""
    try:
        with tempfile.NamedTemporaryFile("w", dir=file.parent, suffix=".yml", encoding="utf-8", delete=False) as draft:
            draft.write(text)
        path = Path(draft.name)
        try:
            mistakes = check_file(path)
            if mistakes:
                raise AddingError(format_mistakes(mistakes, file=str(file)))
            path.chmod(file.stat().st_mode & 0o777)
            path.replace(file)
        finally:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise AddingError(f"{file} tidak dapat ditulis: {error}") from error


def _drop_comment(entry: CommentedMap, key: str) -> None:
    """Remove the comment behind a value; the blank lines that ruamel keeps in the same token stay."""
    for token in entry.ca.items.get(key, ()):
        if isinstance(token, CommentToken):
            text = token.value
            token.value = text[text.index("\n") :] if "\n" in text else ""


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 10_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    # The file says "url: null"; a round trip must not shorten that to nothing.
    yaml.representer.add_representer(
        type(None), lambda representer, _: representer.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    return yaml


def _dump(document: Any, yaml: YAML) -> str:
    stream = io.StringIO()
    yaml.dump(document, stream)
    return stream.getvalue()


def _notes(exchange: Exchange, finding: Finding, software: str | None) -> Iterator[str]:
    if exchange.status is not None:
        yield f"menjawab HTTP {exchange.status} dalam {wording.format_seconds(exchange.seconds)}"
    if finding.reason is not None:
        status = wording.status_label(finding.reason.status)
        yield f"PERHATIAN: {status}: {wording.reason_label(finding.reason)}"
    if software:
        yield f"perangkat lunak: {software} (dugaan)"


def _software(page: Page) -> str | None:
    generator = page.generator
    if generator:
        return next((name for name in SOFTWARE if name in generator), generator.split()[0][:30])
    source = page.html[:300_000].lower()
    return next((name for name, marks in SOFTWARE.items() if any(mark in source for mark in marks)), None)


def _name(page: Page | None, url: str) -> str:
    """The longest part of the title that is no greeting; the host when there is no title."""
    title = page.meta.get("og:site_name") or page.title if page else ""
    parts = [_GREETINGS.sub("", part).strip() for part in _SEPARATORS.split(title)]
    named = [part for part in parts if _OFFICES.search(part)]
    chosen = max(named or parts, key=len, default="")
    return " ".join(chosen.split())[:MAX_NAME_CHARS] or _host(url)


def _host(url: str) -> str:
    return urlsplit(url).hostname or url


def _label(url: str) -> str:
    return _host(url).removeprefix("www.").split(".")[0]


def _id(url: str, registry: Registry) -> str:
    """The first label of the host, with a number when another site has it; a site still without address is it."""
    base = re.sub(r"[^a-z0-9-]+", "-", _label(url)).strip("-") or "situs"
    if base.isdigit():
        base = re.sub(r"[^a-z0-9-]+", "-", _host(url)).strip("-")
    candidate, number = base, 2
    while candidate in registry.sites and registry.sites[candidate].url is not None:
        candidate, number = f"{base}-{number}", number + 1
    return candidate


def _short(name: str, url: str) -> str:
    label = _label(url)
    if label.isdigit():
        return name[:30]
    return label.upper() if len(label) <= 5 else label.capitalize()


def _category(name: str, url: str) -> str:
    text = f"{name} {_host(url)}".lower()
    return next((category for category, marks in _CATEGORIES if any(mark in text for mark in marks)), "dinas")
