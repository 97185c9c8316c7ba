"""Cookies, budgets, slots, requests, proxies, certificates, errors."""

from __future__ import annotations

import asyncio
import errno
import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from opd_exporter.models import Reason
from opd_exporter.probe.certificates import read_bundle, read_certificate
from opd_exporter.probe.cookies import MAX_COOKIES, Cookies
from opd_exporter.probe.failures import Failure, MonitorFault, connect_failure
from opd_exporter.probe.limits import Budget, Slots
from opd_exporter.probe.proxies import parse_proxy, squid_failure
from opd_exporter.probe.requests import build_request
from opd_exporter.probe.trust import Trust


def test_cookies_go_back_to_their_host():
    """A cookie goes to the host that set it and to nobody else, unless it named a parent domain."""
    cookies = Cookies()
    cookies.update(
        "www.dinas.test", ["a=1; Path=/", "b=2; Domain=dinas.test", "c=3; Domain=lain.test", "d=4; domain=test"]
    )
    assert cookies.header("www.dinas.test") == "a=1; b=2"
    assert cookies.header("dinas.test") == "b=2"
    assert cookies.header("lain.test") is None
    assert cookies.header("xdinas.test") is None


def test_cookies_change_and_end():
    """A later value replaces an earlier one; an expired cookie is dropped; the fingerprint follows."""
    cookies = Cookies()
    cookies.update("a.test", ["s=1"])
    before = cookies.fingerprint()
    cookies.update("a.test", ["s=2"])
    assert cookies.header("a.test") == "s=2"
    assert cookies.fingerprint() != before
    for end in ("Max-Age=0", "Expires=Thu, 01 Jan 1970 00:00:00 GMT", "expires=Thu, 01-Jan-1970 00:00:01 GMT"):
        cookies.update("a.test", [f"s=x; {end}"])
        assert cookies.header("a.test") is None
        cookies.update("a.test", ["s=1; Expires=Fri, 31 Dec 2999 00:00:00 GMT; Max-Age=60"])
        assert cookies.header("a.test") == "s=1"


def test_cookies_are_bounded():
    """Cookies too large or too many are dropped, and what is sent back stays small."""
    cookies = Cookies()
    cookies.update("a.test", ["big=" + "x" * 5_000, "=noname", "nothing", "bad=\x1b"])
    assert cookies.header("a.test") is None
    cookies.update("a.test", [f"n{number}={'x' * 1_000}" for number in range(500)])
    assert len(cookies.header("a.test")) < 8_500
    assert len(cookies._by_key) == MAX_COOKIES


@given(st.lists(st.text(max_size=80), max_size=20))
def test_any_cookie_is_survived(lines):
    """No cookie makes the jar fail or puts a line break into a request."""
    cookies = Cookies()
    cookies.update("a.test", lines)
    assert "\n" not in (cookies.header("a.test") or "")


def test_waiting_is_forgiven():
    """Time spent waiting moves the deadline and is not counted as spent."""
    budget = Budget.of(10.0)
    budget.forgive(5.0)
    assert 14.5 < budget.remaining() <= 15.0
    assert budget.spent(budget.started + 6.0) == pytest.approx(1.0)
    assert budget.spent(budget.started) == 0.0
    assert budget.phase() == pytest.approx(7.0)


async def test_slots_are_given_back():
    """Slots hold the limit per key, wait in order, survive cancelled waiters and forget unused keys."""
    slots = Slots(2)
    order = []

    async def work(number):
        async with slots.hold("a") as waited:
            order.append((number, waited > 0))
            await asyncio.sleep(0.02)

    tasks = [asyncio.create_task(work(number)) for number in range(6)]
    await asyncio.sleep(0.005)
    tasks[3].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert order == [(0, False), (1, False), (2, True), (4, True), (5, True)]
    assert not slots._semaphores


def test_requests_are_one_header_a_line():
    """No header value can start another header, and unprintable characters are dropped."""
    data = build_request(URL("http://a.test/"), "UA", {"If-None-Match": "x\r\nEvil: 1", "X-Ä": "ö"})
    assert b"\r\nEvil" not in data
    assert data.count(b"\r\n\r\n") == 1


def test_absolute_form_names_no_credentials():
    """The request line for a proxy never holds the site's credentials."""
    data = build_request(URL("http://u:p@a.test:81/x?y"), "UA", None, absolute=True)
    assert data.startswith(b"GET http://a.test:81/x?y HTTP/1.1\r\nHost: a.test:81\r\n")


@pytest.mark.parametrize("url", ["ftp://a:1", "http://", "socks5://rahasia@h", "rahasia", "http://[::1"])
def test_bad_proxies_do_not_repeat_themselves(url):
    """A proxy URL that cannot be used is refused without repeating any of it."""
    with pytest.raises(ValueError, match=r"^(?!.*rahasia)") as refused:
        parse_proxy(url)
    assert "rahasia" not in str(refused.value)


def test_proxy_credentials_are_hidden():
    """Credentials become one header and do not show in a repr."""
    proxy = parse_proxy("http://opd:rah%40sia@proxy.test:8080/")
    assert (proxy.host, proxy.port, proxy.secure) == ("proxy.test", 8080, False)
    assert proxy.authorization == "Basic b3BkOnJhaEBzaWE="
    assert "b3Bk" not in repr(proxy)


def test_squid_errors():
    """Squid's words for what the site did are understood, others are not guessed."""
    assert squid_failure("ERR_READ_TIMEOUT 0").reason is Reason.TIMEOUT
    assert squid_failure("ERR_ACCESS_DENIED 0") is None
    assert squid_failure("") is None


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ECONNREFUSED, Reason.CONNECT_REFUSED),
        (errno.ETIMEDOUT, Reason.CONNECT_TIMEOUT),
        (errno.EHOSTUNREACH, Reason.CONNECT_UNREACHABLE),
        (errno.ENETUNREACH, Reason.CONNECT_UNREACHABLE),
        (errno.ECONNRESET, Reason.CONNECT_RESET),
    ],
)
def test_connect_errors_have_reasons(number, reason):
    """Each way in which connecting fails has its reason."""
    failure = connect_failure(OSError(number, "rahasia"))
    assert isinstance(failure, Failure)
    assert failure.reason is reason
    assert "rahasia" not in failure.detail


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.EADDRNOTAVAIL])
def test_faults_of_the_monitor_are_no_reasons(number):
    """What is wrong with the monitor's machine is never blamed on a site."""
    assert isinstance(connect_failure(OSError(number, "")), MonitorFault)


@given(st.binary(max_size=400))
def test_any_certificate_is_survived(data):
    """Rubbish instead of a certificate or a bundle has no facts, and is no error."""
    assert read_certificate(data).not_after is None
    assert read_bundle(data) == []
    assert read_bundle(b"-----BEGIN CERTIFICATE-----\n" + data) == []


def test_contexts_refuse_what_browsers_refuse():
    """No context speaks TLS 1.1 or older, fetched links are never anchors, and only the blind one trusts anybody."""
    trust = Trust()
    for context in (trust.modern, trust.legacy, trust.blind):
        assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
        assert not context.verify_flags & ssl.VERIFY_X509_PARTIAL_CHAIN
    assert trust.modern.verify_mode is trust.legacy.verify_mode is ssl.CERT_REQUIRED
    assert trust.modern.check_hostname
    assert trust.legacy.check_hostname
    assert trust.blind.verify_mode is ssl.CERT_NONE
