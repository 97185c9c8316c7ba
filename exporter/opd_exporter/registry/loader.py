"""File -> ``Registry``, or every mistake of the file at once."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from opd_exporter.registry import addresses, document, schema
from opd_exporter.registry.files import read_bytes
from opd_exporter.registry.mistakes import Mistake, MistakeList, RegistryError
from opd_exporter.registry.site import Contact, MaintenanceWindow, Note, Registry, Site

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from opd_exporter.registry.document import Block, Node

    Keys = tuple[str | int, ...]
    M = TypeVar("M", bound=schema._Entry)  # noqa: SLF001 - the models' common base is no part of the format

MAX_SIDE_FILE = 4 * 1024 * 1024
_NO_CONTACT = Contact()
_NO_NOTE = Note()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What reading a registry gave: a registry, or mistakes."""

    registry: Registry | None
    mistakes: tuple[Mistake, ...]
    files: tuple[Path, ...]
    """Other files that the registry depends on (CA bundle, proxy secrets), also those that are missing."""


def load(path: str | os.PathLike[str]) -> Registry:
    """The registry in the file at ``path``.

    Raises:
        RegistryError: The file cannot be used; it holds every mistake.
    """
    outcome = read(Path(path))
    if outcome.registry is None:
        raise RegistryError(os.fspath(path), outcome.mistakes)
    return outcome.registry


def check_file(path: str | os.PathLike[str]) -> list[Mistake]:
    """Every mistake of the file at ``path``, in the order of its lines; empty when it is good."""
    return list(read(Path(path)).mistakes)


def read(path: Path) -> Outcome:
    """The registry in the file at ``path``, or its mistakes; never raises."""
    data = read_bytes(path, document.MAX_BYTES)
    if isinstance(data, str):
        return Outcome(None, (Mistake("", None, data),), ())
    return parse(data, path.parent)


def parse(data: bytes, folder: Path) -> Outcome:
    """The registry in ``data``; file names in it are relative to ``folder``. Never raises."""
    mistakes = MistakeList()
    text = document.decode(data, mistakes)
    root = document.compose(text, mistakes) if text is not None else None
    if root is None:
        if not mistakes:
            mistakes.add("", 1, "berkas kosong; salin contoh di docs/sites.md")
        return Outcome(None, mistakes.in_order(), ())
    if not isinstance(root, document.Block):
        mistakes.add("", 1, "berkas harus dimulai dengan kunci 'defaults:', 'canaries:' atau 'sites:'")
        return Outcome(None, mistakes.in_order(), ())
    reader = _Reader(root, folder, mistakes)
    registry = reader.read()
    return Outcome(None if mistakes else registry, mistakes.in_order(), tuple(reader.files))


class _Reader:
    """Validates one document group by group, so that 10,000 sites never exist as models all at once."""

    def __init__(self, root: Block, folder: Path, mistakes: MistakeList) -> None:
        self._root = root
        self._folder = folder
        self._mistakes = mistakes
        self._first: dict[tuple[str, str], int] = {}
        self._side: dict[tuple[str, str], str | None] = {}
        self.files: dict[Path, None] = {}

    def read(self) -> Registry | None:
        """The registry as far as it could be read; it counts only when there were no mistakes."""
        root = self._root
        for key in root:
            if key not in schema.TOP_KEYS:
                self._blame((key,), schema.unknown_key(key, ""))
        defaults = self._validate(schema.Defaults, root.get("defaults"), ("defaults",)) or schema.Defaults()
        canaries = self._validate(schema.Canaries, self._alone("canaries"), ()) or schema.Canaries()
        default_proxy = self._proxy(defaults, ("defaults",))
        ca_file = self._ca_file(defaults)
        sites: dict[str, Site] = {}
        rows = root.get("sites")
        if not isinstance(rows, document.Rows) or not rows:
            self._blame(("sites",), "daftar situs belum ada; tulis paling sedikit satu situs yang diawali '- id: ...'")
            return None
        for index, row in enumerate(rows):
            if self._mistakes.is_full:
                break
            site = self._site(row, index, defaults, default_proxy)
            if site is not None:
                sites[site.id] = site
        return Registry(
            sites=MappingProxyType(sites),
            canaries=tuple(canaries.canaries),
            timezone=defaults.timezone,
            user_agent=defaults.user_agent,
            ca_file=ca_file,
            nameservers=tuple(defaults.nameservers),
            cloaking_check=defaults.cloaking_check,
            content_requests_per_minute=defaults.content_requests_per_minute,
        )

    def _alone(self, key: str) -> Node:
        """A block with nothing but ``key``."""
        block = document.Block(self._root.line)
        if key in self._root:
            block[key] = self._root[key]
            block.lines[key] = self._root.lines[key]
        return block

    def _blame(self, path: Keys, message: str) -> None:
        self._mistakes.add(document.format_path(path), document.line_of(self._root, path), message)

    def _validate(self, kind: type[M], node: Node, path: Keys) -> M | None:
        """``node`` as ``kind``; ``None`` after its mistakes were noted. A group that is not written is empty."""
        try:
            return kind.model_validate({} if node is None else node)
        except ValidationError as error:
            for detail in error.errors(include_url=False, include_input=False):
                place = (*path, *detail["loc"])
                # An empty key counts as not written; its own line is the place to fill it in.
                written = isinstance(node, document.Block) and document.has(self._root, place)
                self._blame(place, schema.explain(dict(detail), place, written=written))
            return None

    def _site(self, row: Node, index: int, defaults: schema.Defaults, default_proxy: str | None) -> Site | None:
        path: Keys = ("sites", index)
        if not isinstance(row, document.Block):
            self._blame(path, "setiap situs diawali '- id: ...' lalu kunci lain di bawahnya")
            return None
        entry = self._validate(schema.SiteEntry, row, path)
        if entry is None:
            # Duplicates are told even where the rest of the site is wrong.
            site_id = row.get("id")
            if isinstance(site_id, str):
                self._once("id", site_id.strip(), index)
            return None
        self._once("id", entry.id, index)
        if entry.url is not None:
            self._once("url", entry.url, index)
        proxy = default_proxy
        if entry.model_fields_set & {"proxy_url", "proxy_url_file"}:
            proxy = self._proxy(entry, path)
        return self._build(entry, path, defaults, proxy)

    def _build(self, entry: schema.SiteEntry, path: Keys, defaults: schema.Defaults, proxy: str | None) -> Site:
        def chosen(name: str) -> Any:
            return getattr(entry if name in entry.model_fields_set else defaults, name)

        zone: ZoneInfo = chosen("timezone")
        dormant_after: float = chosen("dormant_after")
        if entry.freshness_limit is not None and entry.freshness_limit >= dormant_after:
            self._blame((*path, "freshness_limit"), "harus lebih pendek dari dormant_after; kecilkan nilai ini")
        return Site(
            id=entry.id,
            opd=entry.opd,
            name=entry.name,
            url=entry.url,
            category=chosen("category"),
            duty=chosen("duty"),
            timezone=zone,
            probe_interval=chosen("probe_interval"),
            probe_timeout=chosen("probe_timeout"),
            confirm_after=chosen("confirm_after"),
            content_interval=chosen("content_interval"),
            freshness_limit=entry.freshness_limit,
            dormant_after=dormant_after,
            slow_after=chosen("slow_after"),
            certificate_warning=chosen("certificate_warning"),
            proxy_url=proxy,
            off_days=frozenset(defaults.off_days) | frozenset(entry.off_days),
            allowed_hosts=frozenset(entry.allowed_hosts),
            news_url=entry.news_url,
            feed_url=entry.feed_url,
            post_selector=entry.post_selector,
            tls_verify=entry.tls_verify,
            contact=_contact(entry.contact),
            maintenance=tuple(_window(window, zone) for window in entry.maintenance),
            admin_url=entry.admin_url,
            connection=chosen("connection"),
            note=_note(entry.note),
        )

    def _once(self, key: str, value: str, index: int) -> None:
        """Blame the second use of an id or an address."""
        first = self._first.setdefault((key, value), index)
        if first != index:
            line = document.line_of(self._root, ("sites", first, key))
            what = f"id '{value[:63]}'" if key == "id" else "alamat yang sama"
            self._blame(
                ("sites", index, key), f"{what} sudah dipakai di sites[{first}] (baris {line}); ganti salah satu"
            )

    def _proxy(self, entry: schema.Overridable, path: Keys) -> str | None:
        name = entry.proxy_url_file
        if name is None:
            return entry.proxy_url
        return self._side_file("proxy_url_file", name, path)

    def _ca_file(self, defaults: schema.Defaults) -> str | None:
        if defaults.ca_file is None:
            return None
        return self._side_file("ca_file", defaults.ca_file, ("defaults",))

    def _side_file(self, key: str, name: str, path: Keys) -> str | None:
        """What the file ``name`` gives for ``key``; each file is read once however many sites name it."""
        if (key, name) not in self._side:
            file = self._folder / name
            self.files[file] = None
            data = read_bytes(file, MAX_SIDE_FILE)
            found = data if isinstance(data, str) else _READERS[key](data, file)
            if isinstance(found, str):
                self._blame((*path, key), found)
            self._side[key, name] = None if isinstance(found, str) else found[0]
        return self._side[key, name]


def _read_proxy(data: bytes, _file: Path) -> tuple[str] | str:
    try:
        return (addresses.parse_proxy(data[:10_000].decode("ascii").strip()),)
    except UnicodeDecodeError:
        return "isi berkas proxy harus satu baris, misalnya http://pengguna:sandi@host:3128"
    except addresses.AddressError as error:
        return f"isi berkas proxy salah: {error}"


def _read_ca(data: bytes, file: Path) -> tuple[str] | str:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=data.decode("ascii"))
    except (ssl.SSLError, ValueError):
        return "berkas ini bukan sertifikat CA dalam format PEM"
    return (str(file.absolute()),)


_READERS = {"proxy_url_file": _read_proxy, "ca_file": _read_ca}


def _contact(entry: schema.ContactEntry) -> Contact:
    if not entry.model_fields_set:
        return _NO_CONTACT
    return Contact(name=entry.name, email=entry.email, phone=entry.phone, notify=entry.notify)


def _note(entry: schema.NoteEntry) -> Note:
    if not entry.model_fields_set:
        return _NO_NOTE
    return Note(
        kendala=entry.kendala,
        tindak_lanjut=entry.tindak_lanjut,
        penanggung_jawab=entry.penanggung_jawab,
        since=entry.since,
    )


def _window(entry: schema.MaintenanceEntry, zone: ZoneInfo) -> MaintenanceWindow:
    start, end = entry.start, entry.end
    if start.tzinfo is None:
        start, end = start.replace(tzinfo=zone), end.replace(tzinfo=zone)
    return MaintenanceWindow(start.astimezone(zone), end.astimezone(zone), entry.reason)
