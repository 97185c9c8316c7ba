"""What an imitation department has published: a pure function of its name and the day.

The same site has the same posts whenever the demo starts, so that an address always keeps its date, and a demo that
runs for weeks goes on publishing by itself.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from opd_exporter.demo.departments import SUBDISTRICTS, SUBJECTS

WIB = ZoneInfo("Asia/Jakarta")
MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)
ENGLISH_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_OPENINGS = (
    "Kegiatan berlangsung lancar dan diikuti warga serta perangkat setempat.",
    "Petugas di lapangan menyampaikan perkembangan kegiatan kepada warga.",
    "Warga menyambut baik kegiatan ini dan berharap dapat dilanjutkan.",
    "Peserta datang sejak pagi dan mengikuti seluruh rangkaian acara.",
)


def draw(*key: object) -> int:
    """A number that depends on ``key`` only: the demo's dice."""
    digest = hashlib.blake2b(":".join(map(str, key)).encode(), digest_size=6).digest()
    return int.from_bytes(digest)


@dataclass(frozen=True, slots=True)
class DemoPost:
    """One imitation post."""

    number: int
    """Unique within the site, and bound to the moment of publication."""
    title: str
    published_at: datetime
    """Aware, in WIB."""
    summary: str

    @property
    def slug(self) -> str:
        """The last part of its address."""
        words = "".join(letter if letter.isalnum() else "-" for letter in self.title.lower())
        return f"{'-'.join(filter(None, words.split('-')))}-{self.number}"


@dataclass(frozen=True, slots=True)
class PublishingHabit:
    """How a site publishes.

    ``period_days``: never longer between two posts than this. ``stopped_days``: it has published nothing in the last so
    many days. ``pause``: it published nothing from so many to so many days ago. Both count from the start of the demo.
    """

    period_days: int = 3
    stopped_days: int = 0
    pause: tuple[int, int] | None = None


@dataclass(slots=True)
class Newsroom:
    """The posts of one site."""

    seed: str
    sector: str
    habit: PublishingHabit
    opened_at: datetime
    """When the demo started (aware): what ``stopped_days`` is counted from."""
    extra: list[DemoPost] = field(default_factory=list)
    """Published by hand while the demo runs."""

    def publish(self, now: datetime, title: str | None = None) -> DemoPost:
        """Add a post dated ``now`` (aware)."""
        local = now.astimezone(WIB).replace(microsecond=0)
        serial = int(local.timestamp()) + len(self.extra)
        post = DemoPost(serial, title or f"Kabar terbaru: {self._title(serial)}", local, self._summary(serial))
        self.extra.append(post)
        return post

    def posts(self, now: datetime, limit: int = 10) -> list[DemoPost]:
        """The newest ``limit`` posts at ``now`` (aware), newest first."""
        local = now.astimezone(WIB)
        found: list[DemoPost] = []
        last = local.date()
        if self.habit.stopped_days:
            last = min(last, (self.opened_at.astimezone(WIB) - timedelta(days=self.habit.stopped_days)).date())
        day = last
        while len(found) < limit and (last - day).days < 400:
            if self.publishes_on(day) and not self._paused_on(day):
                post = self._post_of(day)
                if post.published_at <= local:
                    found.append(post)
            day -= timedelta(days=1)
        found += [post for post in self.extra if post.published_at <= local]
        found.sort(key=lambda post: post.published_at, reverse=True)
        return found[:limit]

    def publishes_on(self, day: date) -> bool:
        """Whether ``day`` is a publishing day: at least one in ``period_days``, and now and then another one."""
        ordinal = day.toordinal()
        period = self.habit.period_days
        return (ordinal + draw(self.seed)) % period == 0 or draw(self.seed, ordinal, "more") % (period * 3) == 0

    def _paused_on(self, day: date) -> bool:
        if self.habit.pause is None:
            return False
        begin, end = self.habit.pause
        return end <= (self.opened_at.astimezone(WIB).date() - day).days <= begin

    def _post_of(self, day: date) -> DemoPost:
        ordinal = day.toordinal()
        minute = 8 * 60 + draw(self.seed, ordinal, "minute") % (7 * 60)
        published_at = datetime.combine(day, time(minute // 60, minute % 60), WIB)
        return DemoPost(ordinal - 730_000, self._title(ordinal), published_at, self._summary(ordinal))

    def _title(self, key: int) -> str:
        subjects = SUBJECTS[self.sector]
        place = SUBDISTRICTS[draw(self.seed, key, "place") % len(SUBDISTRICTS)]
        return subjects[draw(self.seed, key, "subject") % len(subjects)].format(place=place)

    def _summary(self, key: int) -> str:
        return _OPENINGS[draw(self.seed, key, "summary") % len(_OPENINGS)]


def long_date(moment: datetime | date) -> str:
    """``Rabu, 18 November 2020``."""
    return f"{DAYS[moment.weekday()]}, {moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def plain_date(moment: datetime | date) -> str:
    """``18 November 2020``."""
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def english_date(moment: datetime | date) -> str:
    """``18 November 2020`` with the English month, as Laravel's ``d F Y`` prints it on an Indonesian page."""
    return f"{moment.day:02d} {ENGLISH_MONTHS[moment.month - 1]} {moment.year}"


def relative_date(moment: datetime, now: datetime) -> str:
    """``2 jam yang lalu``, ``Kemarin``, ``4 hari yang lalu``."""
    seconds = max(60.0, (now - moment).total_seconds())
    if seconds < 3600:
        return f"{int(seconds // 60)} menit yang lalu"
    days = (now.astimezone(WIB).date() - moment.astimezone(WIB).date()).days
    if days == 0:
        return f"{int(seconds // 3600)} jam yang lalu"
    if days == 1:
        return "Kemarin"
    return f"{days} hari yang lalu"
