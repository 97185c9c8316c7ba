"""What happened to one imitation site in the past: its posts, its outages, and the status at any moment.

A pure function of the site, the present and the number of days; it ends in the state that the running fleet shows.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from opd_exporter.demo.posts import WIB, Newsroom, draw

if TYPE_CHECKING:
    from datetime import date

    from opd_exporter.demo.posts import DemoPost
    from opd_exporter.demo.scenarios import SiteSpec

DAY = 86_400.0
LIMIT_DAYS = {"daily": 5.0, "weekly": 10.0, "monthly": 40.0}
"""Age of the newest post at which a site becomes late; the daily one is three working days over a weekend."""
DORMANT_DAYS = 90.0
_PAST_REASONS = (
    *("timeout", "http_server_error", "connect_refused", "database_error", "http_server_error", "maintenance"),
    *("timeout", "connect_timeout"),
)
_SHARED_OUTAGES = ((11.4, 1.6), (34.2, 4.1), (63.7, 9.5))
"""Outages of a hosting machine with everything on it: days ago, hours long (moved by the machine's number)."""
_NEVER_READ = frozenset({"dns_not_found", "waf_challenge", "rate_limited", "forbidden_to_monitor"})
"""Sites with these reasons have been like this for ever: no post was ever read."""
_SOURCES = {
    **dict.fromkeys(("joomla", "blogger", "drupal", "opensid"), "feed"),
    "wordpress": "wordpress",
    "json_ld": "jsonld",
    "stubborn": "selector",
}
_UNREADABLE = frozenset({"defaced", "gambling_redirect"})


class Episode(NamedTuple):
    """A time in which the site was not itself."""

    begin: float
    end: float
    status: str
    reason: str


class Segment(NamedTuple):
    """A stretch of one status; ``begin`` is Unix seconds."""

    begin: float
    status: str
    reason: str | None

    @property
    def up(self) -> int | None:
        """What ``opd_site_up`` says, ``None`` when nothing is known."""
        if self.status in {"blocked", "pending"}:
            return None
        return int(not (self.status == "down" or self.reason in _UNREADABLE))

    @property
    def result(self) -> str:
        """What one probe says."""
        if self.status == "blocked":
            return "blocked"
        return {None: "unknown", 0: "down", 1: "up"}[self.up]


@dataclass(frozen=True)
class Timeline:
    """The past of ``spec`` over the ``days`` before ``now`` (Unix seconds)."""

    spec: SiteSpec
    now: float
    days: int = 90

    @property
    def begin(self) -> float:
        """When the history begins."""
        return self.now - self.days * DAY

    @property
    def probed(self) -> bool:
        """Whether the site has an address at all."""
        return self.spec.url is not None

    @property
    def source(self) -> str:
        """Where a monitor reads the dates of this site."""
        return _SOURCES.get(self.spec.engine, "page")

    @property
    def mean_response(self) -> float:
        """Seconds that the site usually takes."""
        return 0.12 + draw(self.spec.id, "speed") % 90 / 100 + self.spec.slow_seconds

    @property
    def page_bytes(self) -> int:
        """Size of the home page."""
        return 18_000 + draw(self.spec.id, "size") % 90_000

    @cached_property
    def posts(self) -> list[DemoPost]:
        """Every post that a monitor could have seen, oldest first; empty when the site shows none."""
        if not self.probed or self.spec.engine == "profile_only" or self.spec.reason in _NEVER_READ:
            return []
        now = datetime.fromtimestamp(self.now, UTC)
        room = Newsroom(self.spec.id, self.spec.department.sector, self.spec.habit, now)
        found = room.posts(now, limit=2 * self.days + 40)[::-1]
        # What came out since nobody can read the site was seen by nobody.
        return [post for post in found if post.published_at.timestamp() <= self._unreadable_since]

    @cached_property
    def post_times(self) -> list[float]:
        """Unix seconds of ``posts``."""
        return [post.published_at.timestamp() for post in self.posts]

    @cached_property
    def publishing_days(self) -> list[date]:
        """Distinct local days with a post, ascending."""
        return sorted({post.published_at.date() for post in self.posts})

    def last_post_at(self, moment: float) -> float | None:
        """Publication of the newest post at ``moment``."""
        place = bisect_right(self.post_times, moment)
        return self.post_times[place - 1] if place else None

    @cached_property
    def episodes(self) -> list[Episode]:
        """Outages and break-ins, ascending, not overlapping."""
        if not self.probed:
            return []
        found = list(self._past_episodes())
        if self.spec.reason is not None:
            found.append(Episode(self._trouble_begin(), self.now, self.spec.status, self.spec.reason))
        found.sort(key=lambda episode: episode.begin)
        apart: list[Episode] = []
        for episode in found:
            if not apart or episode.begin >= apart[-1].end + 1800:
                apart.append(episode)
            elif episode.end >= self.now:
                # The present trouble always stays: it ends what came before it.
                apart[-1:] = [episode._replace(begin=apart[-1].begin)]
        return apart

    @cached_property
    def segments(self) -> list[Segment]:
        """The status over the whole time, ascending; the first one begins with the history."""
        moments = {self.begin}
        for episode in self.episodes:
            moments.update((episode.begin, episode.end))
        limit = LIMIT_DAYS[self.spec.duty] * DAY
        for post_time, next_time in pairwise([*self.post_times, self.now]):
            moments.add(post_time)
            moments.update(post_time + age for age in (limit, DORMANT_DAYS * DAY) if post_time + age < next_time)
        segments: list[Segment] = []
        for moment in sorted(moment for moment in moments if self.begin <= moment < self.now):
            status, reason = self._state(moment)
            if not segments or (segments[-1].status, segments[-1].reason) != (status, reason):
                segments.append(Segment(moment, status, reason))
        return segments

    def segment_at(self, moment: float) -> Segment:
        """The segment that holds ``moment``."""
        return self.segments[max(0, bisect_right(self._begins, moment) - 1)]

    def uptime(self, moment: float, window: float) -> float | None:
        """Share of the known time up in the ``window`` seconds before ``moment``; ``None`` without known time."""
        begin = max(self.begin, moment - window)
        up = known = 0.0
        place = max(0, bisect_right(self._begins, begin) - 1)
        for index in range(place, len(self.segments)):
            segment = self.segments[index]
            if segment.begin >= moment:
                break
            end = self._begins[index + 1] if index + 1 < len(self._begins) else self.now
            seconds = min(end, moment) - max(segment.begin, begin)
            if segment.up is not None and seconds > 0:
                known += seconds
                up += seconds * segment.up
        return up / known if known else None

    @cached_property
    def _begins(self) -> list[float]:
        return [segment.begin for segment in self.segments]

    def _state(self, moment: float) -> tuple[str, str | None]:
        if not self.probed:
            return "pending", None
        for episode in self.episodes:
            if episode.begin <= moment < episode.end:
                return episode.status, episode.reason
        last = self.last_post_at(moment)
        if last is None:
            return "undated", None
        age = moment - last
        if age >= DORMANT_DAYS * DAY:
            return "dormant", None
        return ("late" if age >= LIMIT_DAYS[self.spec.duty] * DAY else "active"), None

    @property
    def _unreadable_since(self) -> float:
        latest = self.episodes[-1] if self.episodes else None
        if latest is None or latest.end < self.now or Segment(latest.begin, latest.status, latest.reason).up == 1:
            return self.now
        return latest.begin

    def _trouble_begin(self) -> float:
        if self.spec.reason == "tls_expired":
            return self.now - 35 * DAY
        days = 1 + draw(self.spec.id, "trouble") % (5 if self.spec.status == "compromised" else 33)
        return self.now - days * DAY + draw(self.spec.id, "hour") % 40_000

    def _past_episodes(self) -> list[Episode]:
        site = self.spec.id
        latest = self.now - 2 * DAY
        found = []
        for number in range(draw(site, "outages") % 5):
            begin = self.begin + draw(site, number, "when") % int(max(1.0, latest - self.begin))
            # Most outages are short, a few last a day: the square of an even draw.
            share = (draw(site, number, "length") % 1000) / 1000
            length = 600 + share * share * 30 * 3600
            reason = _PAST_REASONS[draw(site, number, "why") % len(_PAST_REASONS)]
            found.append(Episode(begin, min(begin + length, latest), "down", reason))
        if self.spec.server:
            for days, hours in _SHARED_OUTAGES:
                begin = self.now - (days + 3.3 * (self.spec.server - 1)) * DAY
                if begin > self.begin:
                    found.append(Episode(begin, begin + hours * 3600, "down", "connect_timeout"))
        if draw(site, "break-in") % 8 == 0:
            begin = self.now - (20 + draw(site, "break-in day") % 50) * DAY
            if begin > self.begin:
                found.append(Episode(begin, begin + 2.4 * DAY, "compromised", "gambling_links"))
        return found


def moment_of(day: date) -> float:
    """Unix seconds of the begin of the local ``day``."""
    return datetime(day.year, day.month, day.day, tzinfo=WIB).timestamp()


def days_between(begin: float, end: float) -> list[date]:
    """The local days from ``begin`` to ``end`` (Unix seconds), both included."""
    first = datetime.fromtimestamp(begin, WIB).date()
    count = (datetime.fromtimestamp(end, WIB).date() - first).days
    return [first + timedelta(days=number) for number in range(count + 1)]
