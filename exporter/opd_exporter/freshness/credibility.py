"""Which sightings of a date are posts: every refusal has a name and an Indonesian sentence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from opd_exporter.freshness.urls import is_post_url, url_day, url_key
from opd_exporter.models import Candidate, Post, PostSource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

MAX_CANDIDATES: Final = 60
FUTURE_SLACK: Final = timedelta(hours=26)
"""One day plus the widest error of a zone."""
OLDEST_YEAR: Final = 2005


class Refusal(StrEnum):
    """Why a date was not believed."""

    FUTURE = "future"
    TOO_OLD = "too_old"
    CLOCK = "clock"
    AGENDA = "agenda"
    VISITORS = "visitors"
    COMMENT = "comment"
    UPDATED_LABEL = "updated_label"
    OTHER_LABEL = "other_label"
    OTHER_HOST = "other_host"
    NOT_A_POST = "not_a_post"
    WIDGET = "widget"
    FOOTER = "footer"
    DOWNLOAD = "download"
    NO_LINK = "no_link"
    MANY_LINKS = "many_links"
    SENTENCE = "sentence"
    TITLE = "title"
    NO_YEAR = "no_year"
    SPAN = "span"
    HIDDEN = "hidden"
    SECOND_DATE = "second_date"
    FEED_NOW = "feed_now"
    BUILD_TIME = "build_time"
    FEED_UPDATED = "feed_updated"
    CHANGE_LIST = "change_list"
    GAMBLING = "gambling"
    DIRECTORY = "directory"
    MOVED = "moved"
    URL_OLDER = "url_older"
    UPLOAD_OLDER = "upload_older"
    ALL_TODAY = "all_today"
    LONE = "lone"
    UNREADABLE = "unreadable"


NOTES: Final[Mapping[Refusal, str]] = {
    Refusal.FUTURE: "tanggalnya di masa depan, jadi belum mungkin terbit",
    Refusal.TOO_OLD: "tanggalnya terlalu tua atau kosong (sebelum 2005), biasanya nilai bawaan basis data",
    Refusal.CLOCK: "ini jam atau tanggal hari ini yang selalu berjalan, bukan tanggal terbit",
    Refusal.AGENDA: "berada di bagian agenda atau jadwal; tanggal acara bukan tanggal terbit",
    Refusal.VISITORS: "berada di statistik pengunjung",
    Refusal.COMMENT: "tanggal komentar pengunjung, bukan tanggal terbit",
    Refusal.UPDATED_LABEL: "labelnya menyebut pembaruan (misalnya «Terakhir diperbarui»), bukan penerbitan",
    Refusal.OTHER_LABEL: "labelnya menyebut hal lain (batas waktu, berlaku, pelaksanaan), bukan penerbitan",
    Refusal.OTHER_HOST: "tautannya menuju situs lain",
    Refusal.NOT_A_POST: "tautannya bukan halaman berita (beranda, menu, kategori)",
    Refusal.WIDGET: "berada di kotak tambahan (jam salat, cuaca, kurs, jajak pendapat)",
    Refusal.FOOTER: "berada di kepala atau kaki halaman tanpa daftar berita",
    Refusal.DOWNLOAD: "tanggal berkas, peraturan, atau unduhan, bukan berita",
    Refusal.NO_LINK: "tidak ada judul berita yang bertautan di dekat tanggal ini",
    Refusal.MANY_LINKS: "beberapa judul berbagi satu tanggal, tidak jelas milik siapa",
    Refusal.SENTENCE: "tanggal ini bagian dari kalimat, bukan keterangan waktu terbit",
    Refusal.TITLE: "tanggal ini bagian dari judul, biasanya tanggal kegiatan",
    Refusal.NO_YEAR: "tahunnya tidak tertulis",
    Refusal.SPAN: "rentang tanggal atau jam, jadi sebuah acara atau masa berlaku",
    Refusal.HIDDEN: "disembunyikan dari pembaca",
    Refusal.SECOND_DATE: "berita ini sudah punya tanggal terbit lain yang lebih jelas",
    Refusal.FEED_NOW: "semua butir umpan bertanggal saat diminta; umpan ini mengarang tanggalnya",
    Refusal.BUILD_TIME: "semua butir bertanggal sama persis, yaitu saat situs dibangun ulang",
    Refusal.FEED_UPDATED: "waktu perubahan butir umpan, bukan waktu terbit",
    Refusal.CHANGE_LIST: "daftar perubahan halaman (wiki), bukan daftar berita",
    Refusal.GAMBLING: "judulnya promosi judi; bukan tulisan dinas",
    Refusal.DIRECTORY: "daftar berkas dari peladen web, bukan berita",
    Refusal.MOVED: "tanggal alamat ini bergeser sejak pertama terlihat, seperti jam; tidak dipakai",
    Refusal.URL_OLDER: "alamat beritanya memuat tanggal yang jauh lebih lama",
    Refusal.UPLOAD_OLDER: "gambar beritanya diunggah jauh lebih lama daripada tanggal yang tampil",
    Refusal.ALL_TODAY: "semua judul bertanggal hari ini; tampaknya tanggal pengganti untuk yang kosong",
    Refusal.LONE: "berdiri sendiri di luar daftar, jauh lebih baru dari berita lain, tanpa pembenaran halamannya",
    Refusal.UNREADABLE: "tulisannya tidak terbaca sebagai tanggal",
}
"""One short sentence per refusal, read by the operations team."""

TAKEN_NOTES: Final[Mapping[PostSource, str]] = {
    PostSource.WORDPRESS: "tanggal terbit menurut WordPress",
    PostSource.FEED: "tanggal terbit menurut umpan situs",
    PostSource.PAGE: "tanggal di samping judul berita",
    PostSource.JSONLD: "tanggal terbit menurut data terstruktur halaman",
    PostSource.SELECTOR: "tanggal menurut selektor di daftar situs",
}


@dataclass(frozen=True, slots=True)
class Sighting:
    """A date as a source saw it, before it is believed."""

    source: PostSource
    found_at: str
    raw: str
    title: str = ""
    url: str = ""
    moment: datetime | None = None
    date_only: bool = True
    refusal: Refusal | None = None
    relative: str = ""
    """Unit of a relative time, or an empty string."""
    image: str = ""
    """URL of the item's picture, which may argue against the date."""
    shape: str = ""
    """How the item's block is built and where it stands; equal for the items of one list."""
    carded: bool = False
    """The item's block holds a heading or a picture."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is left after every test."""

    posts: tuple[Post, ...]
    """Credible, newest first, one per URL."""
    candidates: tuple[Candidate, ...]
    """Every sighting with its reason, the telling ones first; at most ``MAX_CANDIDATES``."""
    moved: Mapping[str, date] = field(default_factory=dict)
    """URL keys whose date moved since it was first seen -> the day shown now."""


def judge(
    sightings: Iterable[Sighting],
    now: datetime,
    *,
    own: Callable[[str], bool],
    gambling: Callable[[str], bool],
    first_days: Mapping[str, str],
) -> Judgement:
    """Refuse what is not credible and order the rest.

    Args:
        sightings: From every source; those with a refusal are kept as evidence.
        now: Aware, in the site's zone.
        own: Whether a URL belongs to the site.
        gambling: Whether a title promotes gambling.
        first_days: Known post URL key -> ISO day on which it was dated first.
    """
    judged = [_refuse(sighting, now, own, gambling) for sighting in sightings]
    judged = _refuse_moved(judged, first_days)
    moved = {
        url_key(item.url): item.moment.date()
        for item in judged
        if item.refusal is Refusal.MOVED and item.moment and item.url
    }
    posts = _posts(judged, now)
    return Judgement(posts, _candidates(judged), moved)


def _refuse(item: Sighting, now: datetime, own: Callable[[str], bool], gambling: Callable[[str], bool]) -> Sighting:
    if item.refusal is not None:
        return item
    refusal: Refusal | None = None
    if item.moment is None:
        refusal = Refusal.UNREADABLE
    elif item.moment > now + FUTURE_SLACK:
        refusal = Refusal.FUTURE
    elif item.moment.year < OLDEST_YEAR:
        refusal = Refusal.TOO_OLD
    elif item.url and not own(item.url):
        refusal = Refusal.OTHER_HOST
    elif gambling(item.title):
        refusal = Refusal.GAMBLING
    elif _contradicts_url(item):
        refusal = Refusal.URL_OLDER
    return replace(item, refusal=refusal) if refusal else item


def _contradicts_url(item: Sighting) -> bool:
    """Whether the address holds a far older day than the date shown."""
    if item.moment is None or not is_post_url(item.url):
        return False
    written = url_day(item.url)
    return written is not None and (item.moment.date() - written).days > 62


def _refuse_moved(items: list[Sighting], first_days: Mapping[str, str]) -> list[Sighting]:
    """A known address whose date moved on is a clock; two of them void everything the same document says."""
    if not first_days:
        return items
    slack = {"day": 1, "week": 8, "month": 32, "year": 370}
    marked: list[Sighting] = []
    for item in items:
        first = first_days.get(url_key(item.url)) if item.url and item.refusal is None else None
        if first is not None and item.moment is not None:
            days = (item.moment.date() - datetime.fromisoformat(first).date()).days
            if days > slack.get(item.relative, 0):
                marked.append(replace(item, refusal=Refusal.MOVED))
                continue
        marked.append(item)
    movers: dict[tuple[PostSource, str], set[str]] = {}
    for item in marked:
        if item.refusal is Refusal.MOVED:
            movers.setdefault((item.source, item.found_at), set()).add(item.url)
    void = {key for key, urls in movers.items() if len(urls) >= 2}
    return [
        replace(item, refusal=Refusal.MOVED) if item.refusal is None and (item.source, item.found_at) in void else item
        for item in marked
    ]


def _posts(items: Sequence[Sighting], now: datetime) -> tuple[Post, ...]:
    """One post per address, newest first."""
    found: dict[str, Post] = {}
    for item in items:
        if item.refusal is not None or item.moment is None:
            continue
        moment = min(item.moment, now)
        post = Post(item.url, _printable(item.title[:300]), moment, item.source, item.date_only)
        key = url_key(item.url) if item.url else f"{item.title}|{moment.date()}"
        known = found.get(key)
        found[key] = post if known is None else _better(known, post, now)
    return tuple(sorted(found.values(), key=lambda post: post.published_at, reverse=True))


_RANK: Final = {
    PostSource.SELECTOR: 0,
    PostSource.WORDPRESS: 1,
    PostSource.JSONLD: 2,
    PostSource.FEED: 3,
    PostSource.PAGE: 4,
}


def _better(first: Post, second: Post, now: datetime) -> Post:
    """Two dates for one address.

    On the same day the more exact one. Else WordPress and structured data say "published" themselves and win; a bare
    "today" on a page is how some themes fill a missing date, so that any other source is right; a feed that prints
    local time as UTC is a day ahead of the page; and else the newer one (Joomla's feed carries the day of creation).
    """
    one, two = sorted((first, second), key=lambda post: post.published_at)
    if one.published_at.date() == two.published_at.date():
        if first.date_only != second.date_only:
            return second if first.date_only else first
        return first if _RANK[first.source] <= _RANK[second.source] else second
    stated = [post for post in (one, two) if post.source in {PostSource.WORDPRESS, PostSource.JSONLD}]
    if len(stated) == 1:
        return stated[0]
    filled = two.date_only and two.source is PostSource.PAGE and two.published_at.date() == now.date()
    if filled and one.source is not PostSource.PAGE:
        return one
    mislabelled = two.source is PostSource.FEED and two.published_at.astimezone(UTC).date() == one.published_at.date()
    return one if mislabelled and one.source is PostSource.PAGE else two


def _candidates(items: Sequence[Sighting]) -> tuple[Candidate, ...]:
    """Taken ones newest first, then the refused ones: those that would have won stand first."""

    def order(item: Sighting) -> tuple[bool, float]:
        stamp = item.moment.timestamp() if item.moment is not None and item.moment.year > 1970 else 0.0
        return (item.refusal is not None, -stamp)

    seen: Counter[Refusal | None] = Counter()
    kept: list[Candidate] = []
    for item in sorted(items, key=order):
        seen[item.refusal] += 1
        if seen[item.refusal] > (20 if item.refusal is None else 5) or len(kept) >= MAX_CANDIDATES:
            continue
        note = NOTES[item.refusal] if item.refusal else TAKEN_NOTES[item.source]
        kept.append(
            Candidate(
                source=item.source,
                found_at=item.found_at,
                raw=_printable(" ".join(item.raw.split())[:80]),
                title=_printable(item.title[:120]),
                url=item.url,
                published_at=item.moment,
                refusal=item.refusal.value if item.refusal else None,
                note=note,
            )
        )
    return tuple(kept)


def _printable(text: str) -> str:
    """``text`` without control characters and those that turn the direction of writing: people read it in places."""
    return text if text.isprintable() else "".join(letter for letter in text if letter.isprintable())
