"""The daily second look: cloaking, deep pages, soft 404, wildcard names."""

from __future__ import annotations

import pytest

from opd_exporter.models import Check, Reason
from opd_exporter.page import parse_page
from opd_exporter.verdict import judge_daily
from support.proofs import make_exchange, make_site

HOME = (
    "<html><title>Dinas Contoh</title><body><nav>"
    + "".join(f'<a href="/m{n}">Menu {n}</a>' for n in range(9))
    + "</nav><p>Selamat datang di Dinas Contoh, melayani warga kabupaten.</p></body></html>"
)
SLOT = "<html><title>Situs Slot Gacor</title><body><h1>Slot gacor</h1></body></html>"
SITE = make_site("http://dinkes.kab.example/")


def make_home(**more):
    """The home page as the monitor sees it."""
    return make_exchange(HOME, url=SITE.url, **more)


class Web:
    """Answers by a function of (URL, headers); counts what was asked."""

    def __init__(self, rule=lambda url, headers: None):
        self.rule = rule
        self.asked = []

    async def __call__(self, url, headers=None):
        """What the rule says, else the home page or 404."""
        self.asked.append((url, dict(headers or {})))
        found = self.rule(url, dict(headers or {}))
        if found is not None:
            return found
        if url == SITE.url:
            return make_home()
        return make_exchange("<h1>404</h1>", 404, url=url)


async def daily(web, resolve=None, home=None):
    """The daily finding over ``web``."""
    exchange = home or make_home()
    return await judge_daily(SITE, exchange, parse_page(exchange), web, resolve)


async def test_a_clean_site_costs_five_requests():
    """Three visitors, the sitemap and a path that cannot exist; nothing is found."""
    web = Web()
    finding = await daily(web)
    assert (finding.check, finding.reason, finding.evidence) == (Check.DAILY, None, ())
    assert len(web.asked) == 5


@pytest.mark.parametrize(
    ("header", "word", "who"),
    [
        ("User-Agent", "Googlebot", "mesin pencari"),
        ("Referer", "google.", "hasil pencarian"),
        ("User-Agent", "iPhone", "hasil pencarian"),
        ("User-Agent", "Android 14", "ponsel"),
    ],
)
async def test_whoever_is_shown_gambling(header, word, who):
    """Each kind of visitor that kits look for is played once."""

    def rule(url, headers):
        return make_exchange(SLOT, url=url) if url == SITE.url and word in headers.get(header, "") else None

    finding = await daily(Web(rule))
    assert finding.reason is Reason.GAMBLING_CLOAKED
    assert who in finding.evidence[0].text
    assert finding.readable


async def test_a_redirect_for_search_visitors_is_a_cloak():
    """The referer kit redirects to a host whose name says enough."""

    def rule(url, headers):
        if "Referer" in headers:
            return make_exchange("x", url=url, final_url="https://maxwin88.example/")
        return None

    assert (await daily(Web(rule))).reason is Reason.GAMBLING_CLOAKED


async def test_a_firewall_that_refuses_a_false_search_engine_means_nothing():
    """403, a challenge or an error for the second look is no cloak."""

    def rule(url, headers):
        return (
            make_exchange("<title>Access Denied</title>", 403, url=url)
            if "Googlebot" in headers.get("User-Agent", "")
            else None
        )

    assert (await daily(Web(rule))).reason is None


async def test_another_page_for_telephones_is_no_cloak():
    """A mobile theme differs; only gambling is a compromise."""

    def rule(url, headers):
        return (
            make_exchange("<title>Dinas Contoh Mobile</title><p>Menu</p>", url=url)
            if "Mobile" in headers.get("User-Agent", "")
            else None
        )

    assert (await daily(Web(rule))).reason is None


async def test_what_everybody_sees_is_no_cloak():
    """Gambling on the monitor's own page is the content check's finding; no visitor is played."""
    web = Web()
    finding = await daily(web, home=make_exchange(SLOT, url=SITE.url))
    assert finding.reason is not Reason.GAMBLING_CLOAKED


async def test_deep_pages_are_seen_in_the_sitemap():
    """Two gambling addresses in the post sitemap are an injection; the slug of a warning is not."""
    index = "<sitemapindex><sitemap><loc>http://dinkes.kab.example/wp-sitemap-pages-1.xml</loc></sitemap><sitemap><loc>http://dinkes.kab.example/wp-sitemap-posts-post-1.xml</loc></sitemap></sitemapindex>"
    urls = ["slot-gacor-hari-ini", "waspada-situs-slot-gacor", "rtp-live-slot-maxwin", "panen-raya"]
    posts = (
        "<urlset>" + "".join(f"<url><loc>http://dinkes.kab.example/{slug}/</loc></url>" for slug in urls) + "</urlset>"
    )

    def rule(url, headers):
        if url.endswith("/sitemap.xml"):
            return make_exchange(index, url=url)
        return make_exchange(posts, url=url) if "posts-post" in url else None

    finding = await daily(Web(rule))
    assert finding.reason is Reason.GAMBLING_POSTS
    assert [e.where for e in finding.evidence[:2]] == [
        "http://dinkes.kab.example/slot-gacor-hari-ini/",
        "http://dinkes.kab.example/rtp-live-slot-maxwin/",
    ]


async def test_one_gambling_address_is_not_enough():
    """A single slug may be the shortened title of a warning."""
    posts = "<urlset><url><loc>http://dinkes.kab.example/situs-slot-gacor/</loc></url></urlset>"

    def rule(url, headers):
        return make_exchange(posts, url=url) if url.endswith("sitemap.xml") else None

    assert (await daily(Web(rule))).reason is None


async def test_soft_404_is_evidence_and_no_failure():
    """A path that cannot exist answers with the home page: told, not blamed."""
    finding = await daily(Web(lambda url, headers: make_home() if "/cek-" in url else None))
    assert finding.reason is None
    assert [e.kind for e in finding.evidence] == ["soft_404"]


def resolver(table):
    """A resolver over a table; unknown names do not exist. ``*`` answers for every name."""

    async def resolve(host):
        return table.get(host, table.get("*", ()))

    return resolve


async def test_a_name_of_its_own_is_no_wildcard():
    """A random label of the parent does not resolve: nothing is said."""
    assert (await daily(Web(), resolver({"dinkes.kab.example": ("203.0.113.7",)}))).evidence == ()


async def test_a_wildcard_to_the_same_server_is_evidence_only():
    """Many servers show their first site for every name: never a failure by itself."""
    same = Web(
        lambda url, headers: (
            make_home() if "cek-" in url and "kab.example" in url and url.endswith(".kab.example/") else None
        )
    )
    finding = await daily(same, resolver({"*": ("203.0.113.7",)}))
    assert finding.reason is None
    assert "wildcard_dns" in {e.kind for e in finding.evidence}


async def test_a_deleted_name_that_shows_the_portal_has_left():
    """A random name shows the same page, and that page gives another host as its own address."""
    portal = HOME.replace("<title>", '<link rel="canonical" href="https://www.kab.example/"><title>').replace(
        "Dinas Contoh", "Portal Kabupaten"
    )
    shown = make_exchange(portal, url=SITE.url)
    web = Web(lambda url, headers: shown if url == SITE.url or "cek-" in url.split("/")[2] else None)
    finding = await daily(web, resolver({"*": ("203.0.113.7",)}), home=shown)
    assert finding.reason is Reason.LEFT_SITE
    assert {e.kind for e in finding.evidence} >= {"wildcard_dns", "canonical"}


async def test_the_main_portal_itself_is_never_a_deleted_name():
    """A site at the registered name has no parent whose wildcard could answer for it."""
    site = make_site("http://kab.example/")
    exchange = make_exchange(HOME, url=site.url)
    finding = await judge_daily(site, exchange, parse_page(exchange), Web(), resolver({"*": ("203.0.113.7",)}))
    assert finding.evidence == ()


async def test_no_second_look_at_a_page_that_is_not_the_site():
    """An error or a document costs no further request."""
    for exchange in (
        make_exchange("x", 500, url=SITE.url),
        make_exchange(b"%PDF-1.4", 200, {"Content-Type": "application/pdf"}, url=SITE.url),
    ):
        web = Web()
        assert (await daily(web, home=exchange)).reason is None
        assert web.asked == []
