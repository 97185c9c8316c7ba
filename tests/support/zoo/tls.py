"""Certificates that browsers refuse, servers of another age, and handshakes that go wrong at each step."""

# ruff: noqa: D103, E501 - the decorator says what each server does; the tables keep one case a line

from __future__ import annotations

import asyncio

from support.zoo.cage import PAGE, Cage, Expect, Herd, page, request_of, reset

HERD = Herd()
SIZE = len(PAGE)
HANDSHAKE = Expect(reason="tls_handshake")

_FLAVOURS: dict[str, tuple[str, Expect]] = {
    "good": ("a good certificate", Expect(status=200, size=SIZE, chain_complete=True)),
    "tls_1_2": ("TLS 1.2", Expect(status=200, size=SIZE, chain_complete=True)),
    "expired": ("an expired certificate", Expect(tls="tls_expired", status=200, size=SIZE)),
    "expired_alone": ("an expired certificate without its intermediate", Expect(tls="tls_expired", status=200, size=SIZE)),
    "future": ("a certificate that is not valid yet", Expect(tls="tls_untrusted", status=200, size=SIZE)),
    "hostname": ("a certificate for another host", Expect(tls="tls_hostname", status=200, size=SIZE)),
    "self_signed": ("a certificate signed by itself", Expect(tls="tls_untrusted", status=200, size=SIZE)),
    "stranger": ("an unknown authority", Expect(tls="tls_untrusted", status=200, size=SIZE)),
    "stranger_with_root": ("an unknown authority that sends its root", Expect(tls="tls_untrusted", status=200, size=SIZE)),
    "family": ("an intermediate neither sent nor named", Expect(tls="tls_chain", status=200, size=SIZE, chain_complete=False)),
    "aia": ("an intermediate not sent, but named", Expect(status=200, size=SIZE, chain_complete=False)),
    "aia_hostname": ("the same for another host", Expect(tls="tls_hostname", status=200, size=SIZE)),
    "aia_gone": ("an intermediate named where it is not", Expect(tls="tls_chain", status=200, size=SIZE, chain_complete=False)),
    "expired_link": ("an expired intermediate; a renewed one is named", Expect(status=200, size=SIZE, chain_complete=False)),
    "expired_extra": ("an expired extra root behind a good chain", Expect(status=200, size=SIZE, chain_complete=True)),
    "small_key": ("an RSA key of 1024 bits", Expect(status=200, size=SIZE, legacy=True)),
    "old_cipher": ("only RSA key exchange", Expect(status=200, size=SIZE, legacy=True)),
    "tls_1_0": ("only TLS 1.0", HANDSHAKE),
    "asks_client": ("wants a client certificate", Expect(reason="http_protocol")),
}  # fmt: skip


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await request_of(reader)
    writer.write(page())


for _flavour, (_what, _expect) in _FLAVOURS.items():
    HERD.cages.append(Cage(f"tls-{_flavour.replace('_', '-')}", _what, _expect, _serve, _flavour))


@HERD.add("stalls after the handshake", Expect(reason="timeout"), flavour="good")
async def tls_stall_after(reader, writer):
    await asyncio.sleep(60)


@HERD.add("resets after the handshake", Expect(reason="connect_reset"), flavour="good")
async def tls_reset_after(reader, writer):
    await request_of(reader)
    reset(writer)


@HERD.add("closes without a TLS goodbye", Expect(status=200, size=SIZE), flavour="good")
async def tls_no_goodbye(reader, writer):
    await request_of(reader)
    writer.write(page(length=False))
    await writer.drain()
    await asyncio.sleep(0.1)
    writer.transport.abort()


@HERD.add("HTTP/2 frames inside TLS", Expect(reason="http_protocol"), flavour="good")
async def tls_http_2(reader, writer):
    await request_of(reader)
    writer.write(b"\0\0\x12\x04\0\0\0\0\0" + b"\0\x03\0\0\0d\0\x04\0\xa0\0\0\0\x02\0\0\0\0")


@HERD.add("says nothing to the greeting", Expect(reason="timeout"), kind="tls")
async def tls_stall_hello(reader, writer):
    await asyncio.sleep(60)


@HERD.add("stalls inside its own greeting", Expect(reason="timeout"), kind="tls")
async def tls_stall_middle(reader, writer):
    await reader.read(4_096)
    writer.write(b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03")
    await asyncio.sleep(60)


@HERD.add("one byte of the handshake every 0.2 s", Expect(reason="timeout"), kind="tls")
async def tls_drip(reader, writer):
    await reader.read(4_096)
    for byte in b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03" + b"\0" * 16_000:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.2)


@HERD.add("resets on the greeting", Expect(reason="connect_reset"), kind="tls")
async def tls_reset_hello(reader, writer):
    await reader.read(4_096)
    reset(writer)


@HERD.add("resets inside its own greeting", Expect(reason="connect_reset"), kind="tls")
async def tls_reset_middle(reader, writer):
    await reader.read(4_096)
    writer.write(b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03")
    await writer.drain()
    await asyncio.sleep(0.1)
    reset(writer)


@HERD.add("closes on the greeting", HANDSHAKE, kind="tls")
async def tls_close_hello(reader, writer):
    await reader.read(4_096)


@HERD.add("answers the greeting with an alert", HANDSHAKE, kind="tls")
async def tls_alert(reader, writer):
    await reader.read(4_096)
    writer.write(b"\x15\x03\x03\x00\x02\x02\x28")


@HERD.add("speaks HTTP/2 only (alert 120)", Expect(reason="http_protocol"), kind="tls")
async def tls_alpn_alert(reader, writer):
    await reader.read(4_096)
    writer.write(b"\x15\x03\x03\x00\x02\x02\x78")


@HERD.add("rubbish instead of a handshake", HANDSHAKE, kind="tls")
async def tls_rubbish(reader, writer):
    await reader.read(4_096)
    writer.write(bytes(range(256)) * 20)


@HERD.add("plain HTTP on the TLS port", HANDSHAKE, kind="tls")
async def tls_plain_http(reader, writer):
    await reader.read(4_096)
    writer.write(page(status="400 Bad Request"))


@HERD.add("endless handshake messages", HANDSHAKE, kind="tls")
async def tls_endless_handshake(reader, writer):
    await reader.read(4_096)
    while True:
        writer.write(b"\x16\x03\x03\x40\x00" + b"\x02\xff\xff\xff" + b"\0" * 16_380)
        await writer.drain()
        await asyncio.sleep(0.001)
