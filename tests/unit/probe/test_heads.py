"""Status lines and headers."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from opd_exporter.models import Reason
from opd_exporter.probe.failures import Failure
from opd_exporter.probe.heads import parse_head, parse_retry_after, starts_like_http


def test_a_common_head():
    """Status, version, headers and length are read; header names know no case."""
    head = parse_head(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nCONTENT-LENGTH: 12")
    assert (head.status, head.version, head.length, head.chunked) == (200, "1.1", 12, False)
    assert head.headers["content-type"] == "text/html"
    assert head.has_body


@pytest.mark.parametrize("status", [204, 304])
def test_no_body_follows(status):
    """Some statuses have no body whatever the headers say."""
    assert not parse_head(b"HTTP/1.1 %d X\r\nContent-Length: 9" % status).has_body


def test_redirects_need_a_location():
    """A redirect without a location is a page like any other."""
    assert parse_head(b"HTTP/1.1 302 X\r\nLocation: /a").redirects
    assert not parse_head(b"HTTP/1.1 302 X\r\nLocation:  ").redirects
    assert not parse_head(b"HTTP/1.1 200 X\r\nLocation: /a").redirects
    assert not parse_head(b"HTTP/1.1 300 X\r\nLocation: /a").redirects


def test_values_hold_nothing_that_could_break_a_log():
    """Header values are printable and encodable whatever was sent."""
    head = parse_head(b"HTTP/1.1 200 OK\r\nX: a\0b\x1b[31m\xff\xed\xa0\x80\r\nY: \xc3\xa9")
    assert head.headers["Y"] == "é"
    assert head.headers["X"].isprintable()
    head.headers["X"].encode("utf-8")


@pytest.mark.parametrize(
    "block",
    [
        b"HTTP/1.1 banyak",
        b"HTTP/1.1 20",
        b"HTTP/1.1 099 Low",
        b"HTTP/1.1 2000 Much",
        b"FTP/1.1 200 OK",
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2",
        b"HTTP/1.1 200 OK" + b"\r\nX: y" * 1_001,
    ],
)
def test_what_browsers_refuse_is_refused(block):
    """No status code, contradicting lengths and too many headers are protocol errors."""
    with pytest.raises(Failure) as failed:
        parse_head(block)
    assert failed.value.reason is Reason.HTTP_PROTOCOL


@given(st.binary(max_size=500))
@example(b"HTTP/1.1 200 OK\r\n: no name\r\n \r\n\t")
@example(b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5_000)
def test_any_bytes_are_survived(block):
    """Anything is either a head or a protocol error."""
    starts_like_http(block)
    for prefix in (b"", b"HTTP/1.1 200 OK\r\n"):
        try:
            head = parse_head(prefix + block)
        except Failure as failure:
            assert failure.reason is Reason.HTTP_PROTOCOL  # noqa: PT017 - either outcome is fine
        else:
            assert 100 <= head.status <= 999


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("sebentar", None),
        ("-5", None),
        ("0", 0.0),
        ("30", 30.0),
        ("99999999999999999999", 86_400.0),
        ("Wed, 18 Nov 2020 10:00:30 GMT", 30.0),
        ("Wed, 18 Nov 2020 09:00:00 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400.0),
        ("Wed, 99 Nov 2020 10:00:30 GMT", None),
    ],
)
def test_retry_after(value, seconds):
    """Seconds or a date, at most a day, never negative."""
    assert parse_retry_after(value, 1_605_693_600.0) == seconds
