"""The format of ``sites.yml`` (contract, section 5; reference: ``docs/sites.md``).

Pydantic keeps the structure (known keys, required keys, lists and groups, every error at once); the readers of
``values`` keep the meaning. These models live only while a file is read: ``loader`` turns them into ``Site``.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Self, TypeAlias
from zoneinfo import ZoneInfo  # noqa: TC003 - the same

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, model_validator

from opd_exporter.models import Connection, Duty, Kendala
from opd_exporter.registry import values
from opd_exporter.registry.site import DAY, JAKARTA

MAX_ITEMS = 500
"""Items in a list inside one site."""


def _read_items(value: object) -> object:
    if not isinstance(value, list):
        raise values.refuse("isi dengan daftar, misalnya [] atau beberapa baris yang diawali '- '")
    if len(value) > MAX_ITEMS:
        raise values.refuse(f"paling banyak {MAX_ITEMS} isian")
    return value


def _read_group(value: object) -> object:
    if not isinstance(value, dict):
        raise values.refuse("isi dengan kelompok kunci, misalnya {kunci: nilai}")
    return value


Slug: TypeAlias = Annotated[str, PlainValidator(values.read_slug)]
Url: TypeAlias = Annotated[str, PlainValidator(values.read_url)]
Proxy: TypeAlias = Annotated[str, PlainValidator(values.read_proxy)]
Host: TypeAlias = Annotated[str, PlainValidator(values.read_host)]
NameServer: TypeAlias = Annotated[str, PlainValidator(values.read_nameserver)]
FileName: TypeAlias = Annotated[str, PlainValidator(values.read_file_name)]
Flag: TypeAlias = Annotated[bool, PlainValidator(values.read_flag)]
Date: TypeAlias = Annotated[date, PlainValidator(values.read_date)]
Time: TypeAlias = Annotated[datetime, PlainValidator(values.read_time)]
Items = BeforeValidator(_read_items)
Group = BeforeValidator(_read_group)


class _Entry(BaseModel):
    """A group of keys: unknown ones are refused, empty ones count as not written."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, populate_by_name=False)
    null_means: ClassVar[frozenset[str]] = frozenset()
    """Keys for which ``null`` is a statement of its own."""

    @model_validator(mode="before")
    @classmethod
    def _drop_empty(cls, data: object) -> object:
        if not isinstance(data, dict):
            return data
        known = cls.known_keys()
        return {
            key: value for key, value in data.items() if value is not None or key not in known or key in cls.null_means
        }

    @classmethod
    def known_keys(cls) -> frozenset[str]:
        """Every key as it is written in the file."""
        return _keys_of(cls)


_KEYS: dict[type[_Entry], frozenset[str]] = {}


def _keys_of(kind: type[_Entry]) -> frozenset[str]:
    if kind not in _KEYS:
        _KEYS[kind] = frozenset(info.alias or name for name, info in kind.model_fields.items())
    return _KEYS[kind]


class Overridable(_Entry):
    """What ``defaults`` says for all sites and a site may say for itself."""

    null_means = frozenset({"proxy_url"})

    timezone: Annotated[ZoneInfo, PlainValidator(values.read_zone)] = JAKARTA
    probe_interval: Annotated[float, PlainValidator(values.read_duration("1s", "1d"))] = 60.0
    probe_timeout: Annotated[float, PlainValidator(values.read_duration("100ms", "2m"))] = 10.0
    confirm_after: Annotated[float, PlainValidator(values.read_duration("0s", "10m"))] = 20.0
    content_interval: Annotated[float, PlainValidator(values.read_duration("1s", "7d"))] = 900.0
    category: Slug = "dinas"
    duty: Annotated[Duty, PlainValidator(values.read_choice(Duty))] = Duty.WEEKLY
    dormant_after: Annotated[float, PlainValidator(values.read_duration("1d", "3650d"))] = 90 * DAY
    slow_after: Annotated[float, PlainValidator(values.read_duration("10ms", "2m"))] = 5.0
    certificate_warning: Annotated[float, PlainValidator(values.read_duration("0s", "365d"))] = 14 * DAY
    proxy_url: Proxy | None = None
    proxy_url_file: FileName | None = None
    off_days: Annotated[list[Date], Items] = []
    connection: Annotated[Connection, PlainValidator(values.read_choice(Connection))] = Connection.INTEGRATED

    @model_validator(mode="after")
    def _one_proxy(self) -> Self:
        if self.proxy_url is not None and self.proxy_url_file is not None:
            raise values.refuse("pakai salah satu saja: proxy_url atau proxy_url_file")
        return self


class Defaults(Overridable):
    """The group ``defaults``: what holds for every site, and what exists only once."""

    user_agent: Annotated[str, PlainValidator(values.read_header)] | None = None
    ca_file: FileName | None = None
    nameservers: Annotated[list[NameServer], Items] = []
    cloaking_check: Flag = True
    content_requests_per_minute: Annotated[int, PlainValidator(values.read_number(60, 1_000_000))] = 600


class ContactEntry(_Entry):
    """``contact`` of a site."""

    name: Annotated[str, PlainValidator(values.read_line(100, empty=True))] = ""
    email: Annotated[str, PlainValidator(values.read_email)] = ""
    phone: Annotated[str, PlainValidator(values.read_phone)] = ""
    notify: Flag = False

    @model_validator(mode="after")
    def _notify_needs_mail(self) -> Self:
        if self.notify and not self.email:
            raise values.refuse("notify: true memerlukan email; isi email atau tulis notify: false")
        return self


class MaintenanceEntry(_Entry):
    """One item of ``maintenance`` of a site."""

    start: Annotated[Time, Field(alias="from")]
    end: Annotated[Time, Field(alias="to")]
    reason: Annotated[str, PlainValidator(values.read_line(200, empty=True))] = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if (self.start.tzinfo is None) != (self.end.tzinfo is None):
            raise values.refuse("tulis from dan to dengan cara yang sama, keduanya dengan atau tanpa +07:00")
        if self.start >= self.end:
            raise values.refuse("to harus sesudah from; tukar atau perbaiki waktunya")
        return self


class NoteEntry(_Entry):
    """``note`` of a site."""

    kendala: Annotated[Kendala, PlainValidator(values.read_choice(Kendala))] | None = None
    tindak_lanjut: Annotated[str, PlainValidator(values.read_paragraph(2000))] = ""
    penanggung_jawab: Annotated[str, PlainValidator(values.read_line(100, empty=True))] = ""
    since: Date | None = None


class SiteEntry(Overridable):
    """One item of ``sites``."""

    null_means = frozenset({"url", "proxy_url"})

    id: Slug
    opd: Annotated[str, PlainValidator(values.read_line(60))]
    name: Annotated[str, PlainValidator(values.read_line(200))]
    url: Url | None
    freshness_limit: Annotated[float, PlainValidator(values.read_duration("1h", "3650d"))] | None = None
    allowed_hosts: Annotated[list[Host], Items] = []
    news_url: Url | None = None
    feed_url: Url | None = None
    post_selector: Annotated[str, PlainValidator(values.read_selector)] | None = None
    tls_verify: Flag = True
    contact: Annotated[ContactEntry, Group] = ContactEntry()
    maintenance: Annotated[list[Annotated[MaintenanceEntry, Group]], Items] = []
    admin_url: Annotated[str, PlainValidator(values.read_page_url)] | None = None
    note: Annotated[NoteEntry, Group] = NoteEntry()


class Canaries(_Entry):
    """The list ``canaries``, wrapped so that its errors carry its name."""

    canaries: Annotated[list[Url], Items] = []


TOP_KEYS = frozenset({"defaults", "canaries", "sites"})
GROUPS: dict[str, type[_Entry]] = {
    "defaults": Defaults,
    "sites[]": SiteEntry,
    "sites[].contact": ContactEntry,
    "sites[].maintenance[]": MaintenanceEntry,
    "sites[].note": NoteEntry,
}
"""Every group of keys by its place in the file."""


def group_of(path: tuple[str | int, ...]) -> str:
    """The name in ``GROUPS`` of the group at ``path``."""
    return "".join("[]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def explain(error: dict[str, Any], path: tuple[str | int, ...], *, written: bool) -> str:
    """The Indonesian message of one of pydantic's errors at ``path``; ``written``: the key is there, though empty."""
    kind = error["type"]
    if kind == "registry":
        message = str(error["ctx"]["message"])
    elif kind == "extra_forbidden":
        message = unknown_key(str(path[-1]), group_of(path[:-1]))
    elif kind == "missing" and written:
        message = "belum diisi; tulis nilainya di belakang titik dua"
    elif kind == "missing" and path[-1] == "url":
        message = "kunci ini wajib ada; tulis 'url: null' bila alamatnya belum diketahui"
    elif kind == "missing":
        message = f"kunci ini wajib diisi; tambahkan baris '{path[-1]}: ...'"
    elif kind in {"model_type", "dict_type", "model_attributes_type"}:
        message = "isi dengan kelompok kunci, misalnya {kunci: nilai}"
    else:
        message = "isian tidak dikenali; bandingkan dengan contoh di docs/sites.md"
    return message


def unknown_key(key: str, group: str) -> str:
    """What to write instead of ``key``, which ``group`` does not have."""
    known = GROUPS[group].known_keys() if group in GROUPS else TOP_KEYS
    shown = "".join(character if character.isprintable() else "?" for character in key[:40])
    homes = [name for name, kind in GROUPS.items() if key in kind.known_keys()]
    if homes:
        return f"kunci '{shown}' tidak berlaku di sini; tempatnya di {' atau '.join(homes)}"
    meant = values.nearest(key, known)
    if meant:
        return f"kunci '{shown}' tidak dikenal; maksudnya '{meant}'?"
    return f"kunci '{shown}' tidak dikenal; pilih dari: {', '.join(sorted(known))}"
