"""Servers that speak HTTP badly, or not at all; browsers read most of them."""

# ruff: noqa: E501 - the decorator says what each server does; the tables keep one case a line

from __future__ import annotations

from support.zoo.cage import PAGE, Expect, Herd, page

HERD = Herd()
PROTOCOL = Expect(reason="http_protocol")
READ = Expect(status=200, size=len(PAGE), truncated=False)
SHORT = Expect(status=200, size=len(PAGE), truncated=True)
OK = b"HTTP/1.1 200 OK\r\n"

_ANSWERS: list[tuple[str, str, bytes, Expect]] = [
    ("good", "a good page", page(), READ),
    ("short-body", "a body shorter than its length", OK + b"Content-Length: 90000\r\n\r\n" + PAGE, SHORT),
    ("long-body", "a body longer than its length", OK + b"Content-Length: 50\r\n\r\n" + PAGE, Expect(status=200, size=50)),
    ("no-length", "neither length nor chunks", page(length=False), READ),
    ("http-1-0", "HTTP/1.0", page().replace(b"HTTP/1.1", b"HTTP/1.0"), READ),
    ("http-0-9", "HTTP/0.9: a body and nothing else", PAGE, PROTOCOL),
    ("http-2-preface", "HTTP/2 frames in clear", b"\0\0\x12\x04\0\0\0\0\0" + b"\0\x03\0\0\0d\0\x04\0\xa0\0\0\0\x02\0\0\0\0", PROTOCOL),
    ("http-7", "claims HTTP/7.3", page().replace(b"HTTP/1.1", b"HTTP/7.3"), READ),
    ("no-reason-phrase", "a status line without its phrase", page(status="200"), READ),
    ("lower-case-status", "a status line in lower case", page().replace(b"HTTP/1.1", b"http/1.1"), READ),
    ("bare-newlines", "bare newlines as line ends", page().replace(b"\r\n", b"\n"), READ),
    ("stray-newlines", "empty lines before the status line", b"\r\n\r\n" + page(), READ),
    ("stray-bytes", "three stray bytes before the status line", b"abc" + page(), READ),
    ("no-colon", "header lines without a colon", page(PAGE, "this is no header", "neither"), READ),
    ("space-before-colon", "a space before the colon", OK + b"Content-Length : %d\r\n\r\n" % len(PAGE) + PAGE, READ),
    ("folded-header", "a folded header line", page(PAGE, "X-Long: one\r\n two\r\n\tthree"), READ),
    ("leading-fold", "a folded line before any header", OK + b" folded\r\nContent-Length: %d\r\n\r\n" % len(PAGE) + PAGE, READ),
    ("null-in-header", "null bytes in a header", page(PAGE, "X-Null: a\0b\0"), READ),
    ("control-in-header", "escape sequences in a header", page(PAGE, "Server: \x1b[31mred\x07"), READ),
    ("latin-1-header", "a header that is not UTF-8", page(PAGE, "X-Name: caf\xe9 \xff\xfe"), READ),
    ("bad-utf-8-header", "broken UTF-8 in a header", OK + b"X: \xc3\x28\xed\xa0\x80\r\nContent-Length: %d\r\n\r\n" % len(PAGE) + PAGE, READ),
    ("same-length-twice", "the same length twice", page(PAGE, f"Content-Length: {len(PAGE)}"), READ),
    ("different-lengths", "two different lengths", page(PAGE, "Content-Length: 7"), PROTOCOL),
    ("negative-length", "a negative length", OK + b"Content-Length: -5\r\n\r\n" + PAGE, READ),
    ("word-length", "a length that is a word", OK + b"Content-Length: banyak\r\n\r\n" + PAGE, READ),
    ("huge-length", "a length of 10^18", OK + b"Content-Length: 1000000000000000000\r\n\r\n" + PAGE, SHORT),
    ("monstrous-length", "a length of 10^4000", OK + b"Content-Length: 1" + b"0" * 4_000 + b"\r\n\r\n" + PAGE, READ),
    ("chunks-and-length", "chunks and a wrong length", OK + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(PAGE) + PAGE + b"\r\n0\r\n\r\n", READ),
    ("bad-chunk-later", "broken chunks after good ones", OK + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(PAGE) + PAGE + b"\r\nZZ\r\n", SHORT),
    ("bad-chunk-first", "broken chunks from the start", OK + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\nabc", PROTOCOL),
    ("chunk-overflow", "a chunk of 2^64 bytes", OK + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n" + PAGE, SHORT),
    ("negative-chunk", "a chunk of -1 bytes", OK + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n" + PAGE, PROTOCOL),
    ("no-last-chunk", "the last chunk is missing", OK + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(PAGE) + PAGE + b"\r\n", SHORT),
    ("chunk-bare-newlines", "chunks with bare newlines", OK + b"Transfer-Encoding: chunked\r\n\r\n%x\n" % len(PAGE) + PAGE + b"\n0\n\n", READ),
    ("status-word", "a status that is a word", b"HTTP/1.1 OK\r\n\r\n" + PAGE, PROTOCOL),
    ("status-000", "status 000", page(status="000 Zero"), PROTOCOL),
    ("status-999", "status 999", page(status="999 Request denied"), Expect(status=999, size=len(PAGE))),
    ("status-1000", "a status of four digits", page(status="1000 Much"), PROTOCOL),
    ("status-204", "no content", OK.replace(b"200 OK", b"204 No Content") + b"\r\n", Expect(status=204, size=0)),
    ("status-304", "not modified without being asked", OK.replace(b"200 OK", b"304 Not Modified") + b"Content-Length: 500\r\n\r\n", Expect(status=304, size=0)),
    ("status-101", "switches protocols unasked", OK.replace(b"200 OK", b"101 Switching Protocols") + b"Upgrade: h2c\r\n\r\n\0\0", PROTOCOL),
    ("early-hints", "early hints before the answer", b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + page(), READ),
    ("two-answers", "a second answer behind the first", page() + page(b"injected"), READ),
    ("ssh-banner", "an SSH server", b"SSH-2.0-OpenSSH_9.2p1 Debian\r\n", PROTOCOL),
    ("smtp-banner", "a mail server", b"220 mail.example ESMTP\r\n", PROTOCOL),
    ("random-bytes", "random bytes", bytes((index * 7_919 + 13) % 251 for index in range(5_000)), PROTOCOL),
    ("only-headers", "headers and nothing behind them", OK + b"\r\n", Expect(status=200, size=0)),
    ("many-headers", "5000 headers", page(PAGE, *(f"X-{index}: a" for index in range(5_000))), PROTOCOL),
    ("large-cookies", "150 KB of cookies", page(PAGE, *(f"Set-Cookie: c{index}={'x' * 3_000}" for index in range(50))), READ),
    ("huge-cookies", "400 KB of cookies", page(PAGE, *(f"Set-Cookie: c{index}={'x' * 4_000}" for index in range(100))), PROTOCOL),
    ("forbidden", "403 with a challenge page", page(b"<title>Just a moment...</title>", "Server: cloudflare", "cf-mitigated: challenge", status="403 Forbidden"), Expect(status=403)),
    ("too-many-requests", "429 with Retry-After", page(PAGE, "Retry-After: 120", status="429 Too Many Requests"), Expect(status=429)),
    ("server-error", "500", page(b"Fatal error", status="500 Internal Server Error"), Expect(status=500)),
]  # fmt: skip

for _name, _what, _data, _expect in _ANSWERS:
    HERD.bytes(_name, _what, _data, _expect)
