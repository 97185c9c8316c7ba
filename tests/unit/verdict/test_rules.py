"""The order of the rules, and what each says besides its reason."""

from __future__ import annotations

import pytest

from opd_exporter.models import Check, Reason, Status, TlsFacts
from opd_exporter.page import parse_page
from opd_exporter.verdict import (
    CONTENT_RULES,
    PROBE_RULES,
    follow_client_redirects,
    is_intruders_title,
    judge_content,
    judge_probe,
    judge_refusal,
)
from support.proofs import load_proof, make_exchange, make_site

FINE = (
    "<title>Dinas Contoh</title><p>Selamat datang di laman resmi Dinas Contoh, melayani seluruh warga kabupaten "
    "dengan sepenuh hati setiap hari kerja.</p>"
)
BROWSER = "Sec-Fetch-Mode"


def web(pages):
    """A fetch over a table URL -> exchange or function of headers; everything else is 404. Remembers what was asked."""
    asked = []

    async def fetch(url, headers=None):
        asked.append((url, dict(headers or {})))
        found = pages.get(url)
        if callable(found):
            found = found(dict(headers or {}))
        return found or make_exchange("<h1>404</h1>", 404, url=url)

    fetch.asked = asked
    return fetch


@pytest.mark.parametrize(
    "reason",
    [Reason.DNS_NOT_FOUND, Reason.CONNECT_REFUSED, Reason.TLS_HANDSHAKE, Reason.TIMEOUT, Reason.TOO_MANY_REDIRECTS],
)
def test_a_failed_transport_keeps_its_reason(reason):
    """What the prober says of the transport is the finding, with its detail as evidence."""
    finding = judge_probe(make_site(), make_exchange(status=None, reason=reason, detail="connection refused"))
    assert finding.reason is reason
    assert finding.evidence[0].text == "connection refused"
    assert not finding.readable


def test_an_exchange_that_was_never_made_says_nothing():
    """When the monitor itself could not ask, nothing is known of the site."""
    exchange = make_exchange(status=None, detail="monitor: no descriptors")
    assert judge_probe(make_site(), exchange).reason is None
    assert judge_content(make_site(), exchange, parse_page(exchange)).reason is None


def test_finding_is_of_its_check_and_instant():
    """A finding names its check and the end of the exchange."""
    finding = judge_probe(make_site(), make_exchange(FINE))
    assert (finding.check, finding.reason, finding.readable) == (Check.PROBE, None, True)
    assert finding.at == pytest.approx(1_795_575_600.2)


def test_a_refused_certificate_is_down_unless_accepted():
    """Browsers refuse it: down; ``tls_verify: false`` accepts it for one site."""
    tls = TlsFacts(not_after=1.0, verified=False, reason=Reason.TLS_EXPIRED, subject="dinas.example")
    assert judge_probe(make_site(), make_exchange(FINE, tls=tls)).reason is Reason.TLS_EXPIRED
    assert judge_probe(make_site(tls_verify=False), make_exchange(FINE, tls=tls)).reason is None


def test_compromise_goes_before_certificate_and_status():
    """A hacked page with an expired certificate and HTTP 500 is hacked."""
    tls = TlsFacts(not_after=1.0, verified=False, reason=Reason.TLS_EXPIRED)
    finding = judge_probe(make_site(), make_exchange("<title>Hacked by Anon</title>", 500, tls=tls))
    assert finding.reason is Reason.DEFACED


def test_blocked_goes_before_everything_that_is_read():
    """A challenge page is a challenge page whatever its title says."""
    exchange = make_exchange(
        "<title>Maintenance</title>", 503, {"cf-mitigated": "challenge", "Content-Type": "text/html"}
    )
    assert judge_probe(make_site(), exchange).reason is Reason.WAF_CHALLENGE


def test_the_server_header_of_cloudflare_alone_means_nothing():
    """``server: cloudflare`` and ``cf-ray`` stand on millions of healthy pages."""
    headers = {"Server": "cloudflare", "CF-RAY": "1-CGK", "Content-Type": "text/html"}
    assert judge_probe(make_site(), make_exchange(FINE, 200, headers)).reason is None
    assert judge_probe(make_site(), make_exchange(FINE, 403, headers)).reason is Reason.HTTP_CLIENT_ERROR


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (200, None),
        (204, Reason.EMPTY),
        (304, None),
        (400, "c"),
        (401, "c"),
        (403, "c"),
        (404, "c"),
        (410, "c"),
        (429, Reason.RATE_LIMITED),
        (500, "s"),
        (502, "s"),
        (503, "s"),
        (599, "s"),
        (300, Reason.HTTP_PROTOCOL),
        (999, Reason.HTTP_PROTOCOL),
    ],
)
def test_http_status(status, reason):
    """What the status alone means."""
    expected = {"c": Reason.HTTP_CLIENT_ERROR, "s": Reason.HTTP_SERVER_ERROR}.get(reason, reason)
    body = b"" if status == 204 else FINE
    assert judge_probe(make_site(), make_exchange(body, status)).reason is expected


@pytest.mark.parametrize(
    ("final", "allowed", "reason"),
    [
        ("http://www.dinas.example/", [], None),
        ("http://portal.dinas.example/web", [], None),
        ("http://lain.example/", [], Reason.LEFT_SITE),
        ("http://lain.example/", ["lain.example"], None),
        ("http://sub.lain.example/", ["lain.example"], None),
        ("http://bukanlain.example/", ["lain.example"], Reason.LEFT_SITE),
        ("http://slotgacor.example/", [], Reason.GAMBLING_REDIRECT),
        ("http://ww17.dinas.example/", [], Reason.PARKED),
        ("https://www.hugedomains.com/x", [], Reason.PARKED),
        ("http://lamanlabuh.aduankonten.id/", [], Reason.ISP_BLOCK),
        ("http://203.0.113.9/", [], Reason.LEFT_SITE),
    ],
)
def test_where_redirects_end(final, allowed, reason):
    """Another registrable domain is another site, unless the registry allows it."""
    site = make_site(allowed_hosts=frozenset(allowed))
    assert judge_probe(site, make_exchange(FINE, final_url=final)).reason is reason


def test_a_department_of_the_same_regency_is_the_same_site():
    """go.id names are registered one level below: a subdomain may move to its sibling."""
    site = make_site("http://disdik.serangkab.go.id/")
    assert (
        judge_probe(site, make_exchange(FINE, url=site.url, final_url="http://dindikbud.serangkab.go.id/")).reason
        is None
    )
    assert (
        judge_probe(site, make_exchange(FINE, url=site.url, final_url="http://dindik.serangkota.go.id/")).reason
        is Reason.LEFT_SITE
    )


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('<meta http-equiv="refresh" content="0; url=https://lain.example/">', Reason.LEFT_SITE),
        ("<META HTTP-EQUIV=Refresh CONTENT=5;URL='https://lain.example/'>Sebentar", Reason.LEFT_SITE),
        ('<script>window.location = "https://lain.example/";</script>', Reason.LEFT_SITE),
        ("<script>location.replace('https://lain.example/')</script>", Reason.LEFT_SITE),
        ('<script>top.location.href="https:\\/\\/lain.example\\/"</script>', Reason.LEFT_SITE),
        ('<meta http-equiv="refresh" content="0; url=/web/">', None),
        ('<meta http-equiv="refresh" content="300">' + FINE, None),
        ('<script>location.href="/beranda"</script>', None),
        ('<!-- <meta http-equiv="refresh" content="0; url=https://lain.example/"> -->' + FINE, None),
        (FINE + '<script>function keluar(){location.href="https://sso.lain.example/"}</script>', None),
        ('<meta http-equiv="refresh" content="1; url=https://www.sedo.com/search/details/?domain=x">', Reason.PARKED),
        ('<meta http-equiv="refresh" content="0; url=https://rtpslot.example/">', Reason.GAMBLING_REDIRECT),
        (FINE + '<script>location.href="https://maxwin77.example/"</script>', Reason.GAMBLING_REDIRECT),
        ('<frameset><frame src="https://slot88.example/"></frameset>', Reason.GAMBLING_REDIRECT),
    ],
)
def test_pages_that_send_their_readers_away(body, reason):
    """Meta refresh, scripts and frames count as redirects on pages that nobody reads."""
    assert judge_probe(make_site(), make_exchange(f"<html>{body}</html>")).reason is reason


async def test_client_redirects_are_followed_as_one_exchange():
    """Hops and seconds add up, the asked address stays, and the page at the end is judged."""
    first = make_exchange('<meta http-equiv="refresh" content="0; url=/web/">')
    fetch = web({"http://dinas.example/web/": make_exchange(FINE, url="http://dinas.example/web/")})
    followed = await follow_client_redirects(make_site(), first, fetch)
    assert (followed.url, followed.final_url, followed.redirects) == (
        "http://dinas.example/",
        "http://dinas.example/web/",
        1,
    )
    assert followed.seconds == pytest.approx(0.4)
    assert judge_probe(make_site(), followed).reason is None


async def test_a_client_redirect_to_a_dead_page_is_the_citizens_view():
    """The folder to which the home page sends its readers is gone: down."""
    first = make_exchange('<meta http-equiv="refresh" content="0; url=/web/">')
    followed = await follow_client_redirects(make_site(), first, web({}))
    assert judge_probe(make_site(), followed).reason is Reason.HTTP_CLIENT_ERROR


async def test_client_redirects_end():
    """Two pages that point at each other, and chains, cost a bounded number of requests."""
    pages = {
        f"http://dinas.example/{n}": make_exchange(
            f'<script>location="/{n + 1}"</script>', url=f"http://dinas.example/{n}"
        )
        for n in range(20)
    }
    pages["http://dinas.example/b"] = make_exchange(
        '<meta http-equiv=refresh content="0;url=/">', url="http://dinas.example/b"
    )
    fetch = web(pages)
    await follow_client_redirects(make_site(), make_exchange('<script>location="/1"</script>'), fetch)
    assert len(fetch.asked) == 3
    fetch = web(pages)
    await follow_client_redirects(make_site(), make_exchange('<meta http-equiv=refresh content="0;url=/b">'), fetch)
    assert len(fetch.asked) == 1


async def test_an_unreachable_target_off_the_site_leaves_the_page_that_points_there():
    """A hacked page that points at a dead gambling host is still hacked."""
    first = make_exchange('<meta http-equiv="refresh" content="0; url=https://slotgacor.example/">')
    gone = make_exchange(status=None, reason=Reason.DNS_NOT_FOUND, url="https://slotgacor.example/")
    followed = await follow_client_redirects(make_site(), first, web({"https://slotgacor.example/": gone}))
    assert followed is first
    assert judge_probe(make_site(), followed).reason is Reason.GAMBLING_REDIRECT


async def test_a_refusal_of_the_monitor_alone_is_blocked():
    """403 to the monitor and 200 to a browser: the firewall refuses us, the site lives."""
    exchange = make_exchange("<h1>Forbidden</h1>", 403)
    fetch = web({"http://dinas.example/": lambda headers: make_exchange(FINE) if BROWSER in headers else exchange})
    finding = await judge_refusal(make_site(), exchange, fetch)
    assert finding.reason is Reason.FORBIDDEN_TO_MONITOR
    assert finding.status is Status.BLOCKED
    assert "403" in finding.evidence[0].text


async def test_a_refusal_of_everybody_stands():
    """403 to a browser as well: a citizen cannot read the site, whoever is to blame."""
    exchange = make_exchange("<h1>Forbidden</h1>", 403)
    assert await judge_refusal(make_site(), exchange, web({"http://dinas.example/": exchange})) is None


async def test_a_browser_that_is_challenged_tells_a_firewall():
    """The second look meets a challenge: blocked, not down."""
    fetch = web({"http://dinas.example/": load_proof("cloudflare-challenge.http")})
    finding = await judge_refusal(make_site(), make_exchange("x", 403), fetch)
    assert finding.reason is Reason.WAF_CHALLENGE


@pytest.mark.parametrize(
    "exchange",
    [
        make_exchange(FINE),
        make_exchange("x", 500),
        make_exchange(status=None, reason=Reason.TIMEOUT),
        load_proof("akamai.http"),
    ],
)
async def test_no_second_look_where_none_is_needed(exchange):
    """Only an unexplained refusal costs one more request."""
    fetch = web({})
    assert await judge_refusal(make_site(), exchange, fetch) is None
    assert fetch.asked == []


def test_every_rule_stands_once_and_compromise_before_the_rest():
    """The tables are explicit: what was read to be gambling or a signature goes before left, broken and blank."""
    names = [rule.__name__ for rule in PROBE_RULES]
    assert len(set(names)) == len(names)
    assert (
        names.index("challenge")
        < names.index("sent_to_gambling")
        < names.index("refused_certificate")
        < names.index("foreign_page")
    )
    assert names.index("foreign_page") < names.index("http_error") < names.index("nothing_to_read")
    assert len(set(CONTENT_RULES)) == len(CONTENT_RULES)


def test_own_content_decides_whether_a_hacked_site_is_readable():
    """A title alone leaves the site readable; a page that is nothing but an advertisement does not."""
    links = "".join(f'<a href="/{n}">Layanan nomor {n}</a>' for n in range(8))
    kept = make_exchange(
        f"<title>Slot Gacor</title>{links}<p>{'Dinas melayani seluruh warga kabupaten setiap hari. ' * 8}</p>"
    )
    gone = make_exchange("<title>Slot Gacor</title><h1>Slot Gacor Maxwin</h1><a href='https://x.example/'>Daftar</a>")
    assert judge_content(make_site(), kept, parse_page(kept)).readable
    assert not judge_content(make_site(), gone, parse_page(gone)).readable


@pytest.mark.parametrize(
    "markup",
    [
        (
            '<noscript><a href="https://a.example/">slot gacor</a><a href="https://b.example/">situs togel</a>'
            '<a href="https://c.example/">rtp live</a></noscript>'
        ),
        (
            '<script>document.write(\'<a href="https://a.example/">slot gacor</a>'
            '<a href="https://b.example/">situs togel</a>\')</script>'
        ),
        (
            "<script>var u=String.fromCharCode(104,116,116,112,115,58,47,47,"
            "115,108,111,116,56,56,46,101,120,97,109,112,108,101,47);location=u</script>"
        ),
        '<script type="application/ld+json">{"@type":"Product","name":"Slot Gacor Maxwin","offers":{}}</script>',
        (
            "<script>var _0x=['\\x68\\x74\\x74\\x70\\x73\\x3a\\x2f\\x2f"
            "\\x73\\x6c\\x6f\\x74\\x38\\x38\\x2e\\x78\\x79\\x7a\\x2f'];window.location=_0x[0]</script>"
        ),
        '<script src="https://cdn.slotgacor88.example/a.js"></script>',
        '<link rel="alternate" hreflang="x-default" href="https://togel4d.example/">',
        '<meta name="keywords" content="slot gacor, rtp live, togel hongkong">',
    ],
)
def test_injections_that_nobody_sees(markup):
    """What search engines and scripts read is read."""
    exchange = make_exchange(f"<html><title>Dinas</title><body>{FINE}{markup}</body></html>")
    assert judge_content(make_site(), exchange, parse_page(exchange)).status is Status.COMPROMISED


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Hacked By Cyb3r", True),
        ("Slot gacor hari ini", True),
        ("Situs pemda diretas, CSIRT lakukan pemulihan", False),
        ("Rapat kerja", False),
        ("Touched by kindness: bakti sosial dinas untuk korban banjir", False),
    ],
)
def test_titles_of_intruders(title, expected):
    """Such a post is no sign of life; a report of a hack is a post."""
    assert is_intruders_title(title) is expected


@pytest.mark.parametrize(
    ("body", "headers", "reason"),
    [
        (b"%PDF-1.7 ...", {"Content-Type": "application/pdf"}, None),
        (b"\x89PNG\r\n\x1a\n....", {"Content-Type": "image/png"}, None),
        (b'{"message":"Not Found"}', {"Content-Type": "application/json"}, Reason.APPLICATION_ERROR),
        (b"<?php echo 1;", {"Content-Type": "text/plain"}, Reason.APPLICATION_ERROR),
        (b"It works!", {"Content-Type": "text/plain"}, Reason.DEFAULT_PAGE),
        (b"pong", {"Content-Type": "text/plain"}, Reason.DEFAULT_PAGE),
        (b"\xef\xbb\xbf", {"Content-Type": "text/html"}, Reason.EMPTY),
        (b"", {}, Reason.EMPTY),
        (
            b"Pengumuman: layanan KTP pindah ke gedung baru mulai hari Senin pekan depan, harap maklum.",
            {"Content-Type": "text/plain"},
            None,
        ),
        (
            b'<?xml version="1.0"?><html><body><p>Halo warga kabupaten</p></body></html>',
            {"Content-Type": "application/xhtml+xml"},
            None,
        ),
    ],
)
def test_home_pages_that_are_no_pages(body, headers, reason):
    """Documents and pictures can be read; data, source code and a single word are not a site."""
    assert judge_probe(make_site(), make_exchange(body, 200, headers)).reason is reason
