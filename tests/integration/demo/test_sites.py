"""What the imitation sites answer, asked over real HTTP and HTTPS."""

from __future__ import annotations

import json
import re
import ssl
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import aiohttp
import pytest

from opd_exporter.demo import Fleet
from opd_exporter.demo.pages import PATHS
from opd_exporter.demo.posts import WIB, long_date

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from opd_exporter.demo import DemoSite

    from .conftest import Visitor


def _of_engine(fleet: Fleet, engine: str) -> DemoSite:
    return next(
        site
        for site in fleet.sites.values()
        if site.spec.engine == engine and site.trouble is None and not site.spec.habit.stopped_days
    )


async def test_2020_has_the_numbers_of_the_evaluation(fleet: Fleet) -> None:
    """31 sites, 23 meant to be active and 8 not, each with an address of its own."""
    statuses = [status for status, _ in fleet.expected().values()]
    assert len(statuses) == 31
    assert statuses.count("active") == 23
    assert sorted(status for status in statuses if status != "active") == [
        "compromised",
        *["dormant"] * 3,
        *["down"] * 4,
    ]
    assert len({fleet.address_of(site) for site in fleet.sites}) == 31


async def test_every_healthy_home_page_answers_and_says_that_it_is_imitated(fleet: Fleet, visitor: Visitor) -> None:
    """The 23 and the 3 dormant ones show their name and that they are no official site."""
    seen = 0
    for site in fleet.sites.values():
        if site.spec.status not in {"active", "dormant"}:
            continue
        status, text, _ = await visitor.get(site.base_url + "/")
        assert status == 200, site.spec.id
        assert site.spec.department.name in text
        assert "bukan situs resmi" in text
        assert "http://fonts" not in text
        assert '<link rel="stylesheet"' not in text
        seen += 1
    assert seen == 26


async def test_links_of_a_list_lead_to_the_article(fleet: Fleet, visitor: Visitor) -> None:
    """Every engine's newest post has a page of its own with its title, and an unknown path is a real 404."""
    for engine in {site.spec.engine for site in fleet.sites.values() if site.spec.status == "active"}:
        site = _of_engine(fleet, engine)
        post = site.newsroom.posts(datetime.now(UTC))[0]
        path = PATHS[engine](post)
        status, home, _ = await visitor.get(site.base_url + "/")
        assert f'href="{site.base_url}{path}"' in home, engine
        status, text, _ = await visitor.get(site.base_url + path)
        assert (status, post.title in text) == (200, True), engine
        status, _, _ = await visitor.get(f"{site.base_url}/halaman-acak-{engine}")
        assert status == 404, engine


async def test_wordpress_offers_rest_and_feed_beside_a_newer_comments_feed(fleet: Fleet, visitor: Visitor) -> None:
    """REST and feed carry the newest post; the comments feed is younger, which is the trap."""
    site = fleet.sites["setda"]
    newest = site.newsroom.posts(datetime.now(UTC))[0]
    _, text, _ = await visitor.get(f"{site.base_url}/wp-json/wp/v2/posts?per_page=1&_fields=date,link,title")
    first = json.loads(text)[0]
    assert datetime.fromisoformat(first["date"]).replace(tzinfo=WIB) == newest.published_at
    assert datetime.fromisoformat(first["date_gmt"]).replace(tzinfo=UTC) == newest.published_at
    _, feed, headers = await visitor.get(f"{site.base_url}/feed/")
    item = ET.fromstring(feed).findtext("channel/item/pubDate")
    assert item is not None
    assert parsedate_to_datetime(item) == newest.published_at
    assert headers["Content-Type"].startswith("application/rss+xml")
    _, comments, _ = await visitor.get(f"{site.base_url}/comments/feed/")
    comment = ET.fromstring(comments).findtext("channel/item/pubDate")
    assert comment is not None
    assert parsedate_to_datetime(comment) > newest.published_at
    _, home, _ = await visitor.get(site.base_url + "/")
    assert home.index("/comments/feed/") < home.index(f"{site.base_url}/feed/")


@pytest.mark.parametrize(
    ("engine", "path", "tag"),
    [
        ("joomla", "/index.php?format=feed&type=rss", "rss"),
        ("blogger", "/feeds/posts/default", "{http://www.w3.org/2005/Atom}feed"),
        ("drupal", "/rss.xml", "rss"),
        ("opensid", "/feed", "rss"),
    ],
)
async def test_engines_offer_their_own_feed(fleet: Fleet, visitor: Visitor, engine: str, path: str, tag: str) -> None:
    """The feed is announced on the home page and is well-formed."""
    site = _of_engine(fleet, engine)
    _, home, _ = await visitor.get(site.base_url + "/")
    assert path.replace("&", "&amp;") in home
    status, text, _ = await visitor.get(site.base_url + path)
    assert status == 200
    assert ET.fromstring(text).tag == tag


async def test_an_unchanged_feed_is_304(fleet: Fleet, visitor: Visitor) -> None:
    """A feed has an ETag and honours If-None-Match."""
    url = f"{_of_engine(fleet, 'drupal').base_url}/rss.xml"
    _, _, headers = await visitor.get(url)
    status, text, _ = await visitor.get(url, {"If-None-Match": headers["ETag"]})
    assert (status, text) == (304, "")


async def test_embedded_json_and_json_ld_parse(fleet: Fleet, visitor: Visitor) -> None:
    """Next's data block and the JSON-LD block hold the newest post's moment."""
    for engine, marker, key in (
        ("next_app", 'id="__NEXT_DATA__" type="application/json"', "publishedAt"),
        ("json_ld", 'type="application/ld+json"', "datePublished"),
    ):
        site = _of_engine(fleet, engine)
        _, home, _ = await visitor.get(site.base_url + "/")
        found = re.search(rf"<script {re.escape(marker)}>(.*?)</script>", home, re.DOTALL)
        assert found is not None, engine
        newest = site.newsroom.posts(datetime.now(UTC))[0].published_at
        assert f'"{key}": "{newest.isoformat()}"' in json.dumps(json.loads(found[1]), ensure_ascii=False)


async def test_dormant_sites_carry_todays_date_in_every_trap_but_no_fresh_post(fleet: Fleet, visitor: Visitor) -> None:
    """A clock, an agenda, a counter and a footer of today stand on a page whose newest post is months old."""
    site = fleet.sites["dprkp"]
    now = datetime.now(WIB)
    _, home, _ = await visitor.get(site.base_url + "/")
    assert long_date(now) in home
    assert "Hari ini" in home
    assert 'id="agenda"' in home
    assert f"&copy; {now.year}" in home
    assert now - site.newsroom.posts(now)[0].published_at > timedelta(days=150)


async def test_legitimate_news_against_gambling_is_published(fleet: Fleet) -> None:
    """The communication office writes about fighting online gambling now and then."""
    posts = fleet.sites["diskominfosatik"].newsroom.posts(datetime.now(UTC), limit=60)
    assert any("judi online" in post.title for post in posts)


async def test_the_bad_eight_answer_as_told(fleet: Fleet, visitor: Visitor) -> None:
    """Silence, 500, an expired certificate, a suspended page, hidden gambling links."""
    with pytest.raises(TimeoutError):
        await visitor.get(str(fleet.address_of("dpupr")), seconds=0.7)
    status, _, _ = await visitor.get(str(fleet.address_of("bapenda")))
    assert status == 500
    with pytest.raises(aiohttp.ClientConnectorCertificateError, match="expired"):
        await visitor.get(str(fleet.address_of("dpmptsp")))
    status, text, _ = await visitor.get(str(fleet.address_of("distan")))
    assert (status, "Account Suspended" in text) == (200, True)
    status, text, _ = await visitor.get(str(fleet.address_of("disporapar")))
    assert status == 200
    assert "slot gacor" in text.split("<footer>")[1]
    assert "slot gacor" not in text.split("<footer>")[0]


@pytest.fixture
async def everything() -> AsyncIterator[Fleet]:
    """The fleet of scenario ``all``."""
    async with Fleet("all") as running:
        yield running


async def test_all_shows_every_trouble_over_the_wire(everything: Fleet) -> None:
    """Each kind of network and TLS failure is what a client library meets there."""
    from .conftest import visit

    expected: dict[str, type[BaseException]] = {
        "connect_refused": aiohttp.ClientConnectorError,
        "connect_timeout": TimeoutError,
        "connect_reset": aiohttp.ClientOSError,
        "timeout": TimeoutError,
        "tls_hostname": aiohttp.ClientConnectorCertificateError,
        "tls_untrusted": aiohttp.ClientConnectorCertificateError,
        "tls_chain": aiohttp.ClientConnectorCertificateError,
        "tls_incomplete": aiohttp.ClientConnectorCertificateError,
        "tls_handshake": aiohttp.ClientConnectorSSLError,
        "http_protocol": aiohttp.ClientResponseError,
    }
    by_trouble = {site.trouble: site for site in everything.sites.values() if site.listener is not None}
    async with visit(everything) as visitor:
        for trouble, error in expected.items():
            with pytest.raises(error):
                await visitor.get(by_trouble[trouble].base_url + "/", seconds=0.7)
        for trouble, wanted in {
            "http_client_error": 404,
            "http_unavailable": 503,
            "rate_limited": 429,
            "waf_challenge": 403,
            "left_site": 302,
            "empty": 200,
        }.items():
            status, _, headers = await visitor.get(by_trouble[trouble].base_url + "/")
            assert status == wanted, trouble
        assert "Retry-After" in (await visitor.get(by_trouble["rate_limited"].base_url + "/"))[2]
        _, _, headers = await visitor.get(by_trouble["left_site"].base_url + "/")
        assert not headers["Location"].startswith(by_trouble["left_site"].base_url)


async def test_a_small_key_is_refused_by_default_and_served_with_old_options(everything: Fleet) -> None:
    """The legacy site is reachable only with OpenSSL's security level lowered."""
    from .conftest import Visitor, visit

    url = next(site.base_url for site in everything.sites.values() if site.trouble == "tls_small_key") + "/"
    async with visit(everything) as visitor:
        with pytest.raises(aiohttp.ClientConnectorCertificateError, match=r"too (small|weak)"):
            await visitor.get(url)
    old = ssl.create_default_context(cafile=str(everything.ca_file))
    old.set_ciphers("DEFAULT:@SECLEVEL=0")
    async with aiohttp.ClientSession() as session:
        assert (await Visitor(session, old).get(url))[0] == 200


async def test_cloaking_and_refusal_depend_on_who_asks(everything: Fleet) -> None:
    """A search engine sees the gambling page and a browser the site; a monitor is refused and a browser is not."""
    from .conftest import visit

    by_trouble = {site.trouble: site for site in everything.sites.values()}
    async with visit(everything) as visitor:
        url = by_trouble["gambling_cloaked"].base_url + "/"
        for headers in ({"User-Agent": "Mozilla/5.0 Googlebot/2.1"}, {"Referer": "https://www.google.com/"}):
            assert "SLOT GACOR" in (await visitor.get(url, headers))[1]
        assert "slot" not in (await visitor.get(url))[1].lower()
        url = by_trouble["forbidden_to_monitor"].base_url + "/"
        browser = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36"
        monitor = f"{browser} (+https://pemantau.example)"
        assert (await visitor.get(url, {"User-Agent": monitor}))[0] == 403
        assert (await visitor.get(url, {"User-Agent": browser}))[0] == 200


@pytest.mark.parametrize("day", range(0, 366, 3))
def test_active_sites_are_fresh_on_any_day_of_the_year(day: int) -> None:
    """On every day, at dawn too, the newest post of each active site is within its duty's limit."""
    from opd_exporter.demo.posts import Newsroom
    from opd_exporter.demo.scenarios import sites_of

    now = datetime(2027, 1, 1, 3, 0, tzinfo=WIB) + timedelta(days=day)
    # The daily limit is three working days; without looking at holidays none is shorter than three days.
    limits = {"daily": 3, "weekly": 10, "monthly": 40}
    for spec in sites_of("2020"):
        room = Newsroom(spec.id, spec.department.sector, spec.habit, now)
        age = now - room.posts(now, limit=1)[0].published_at
        if spec.status == "active":
            assert age < timedelta(days=limits[spec.duty]), spec.id
        if spec.status == "dormant":
            assert age > timedelta(days=90), spec.id


def test_a_posts_address_keeps_its_date() -> None:
    """The same address means the same moment whenever the demo starts: no monitor may take it for a clock."""
    from opd_exporter.demo.posts import Newsroom
    from opd_exporter.demo.scenarios import sites_of

    for spec in sites_of("2020"):
        seen: dict[str, datetime] = {}
        for start in range(0, 12, 3):
            now = datetime(2026, 11, 25, 9, 30, tzinfo=WIB) + timedelta(days=start)
            room = Newsroom(spec.id, spec.department.sector, spec.habit, now)
            for post in room.posts(now):
                path = PATHS[spec.engine](post)
                assert seen.setdefault(path, post.published_at) == post.published_at
