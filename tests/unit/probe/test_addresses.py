"""Which addresses may be connected to."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opd_exporter.probe.addresses import (
    host_of,
    is_forbidden,
    is_local_name,
    is_public,
    literal_address,
    may_connect,
    registered_hosts,
)
from support.probing import site

NEVER = [
    "169.254.169.254",
    "169.254.0.1",
    "0.0.0.0",
    "0.1.2.3",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "fe80::1",
    "ff02::1",
    "::",
    "fd00:ec2::254",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "::169.254.169.254",
]
REGISTERED_ONLY = [
    "127.0.0.1",
    "127.8.8.8",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "198.18.0.1",
    "192.0.2.1",
    "::1",
    "fd12:3456::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:0a00:0001::1",
]
PUBLIC = ["8.8.8.8", "103.20.184.1", "2606:4700:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("text", NEVER)
def test_some_addresses_are_never_connected_to(text):
    """Link-local, unspecified, multicast and reserved addresses are refused whoever names them."""
    address = ipaddress.ip_address(text)
    assert is_forbidden(address)
    assert not may_connect(address, trusted=True)
    assert not may_connect(address, trusted=False)


@pytest.mark.parametrize("text", REGISTERED_ONLY)
def test_private_addresses_are_the_registrys_to_name(text):
    """Private and loopback addresses are reached only when the registry names the host."""
    address = ipaddress.ip_address(text)
    assert may_connect(address, trusted=True)
    assert not may_connect(address, trusted=False)


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_are_open(text):
    """Public addresses are reached by redirects and links too."""
    assert is_public(ipaddress.ip_address(text))
    assert may_connect(ipaddress.ip_address(text), trusted=False)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("[::1]", "::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:7f00:1", "::ffff:7f00:1"),
    ],
)
def test_every_spelling_of_an_address_is_read(host, address):
    """Every way in which a browser, a proxy or the C library reads an address is read as that address."""
    assert literal_address(host) == ipaddress.ip_address(address)


@pytest.mark.parametrize("host", ["dinas.test", "1.2.3.4.test", "a", "localhost", "4rumah.id", "256.256.256.256"])
def test_names_are_no_addresses(host):
    """A name stays a name."""
    assert literal_address(host) is None


@given(st.integers(0, 2**128 - 1))
def test_every_ipv6_address_gets_a_verdict(value):
    """No address makes the check fail, and what is never allowed is not public either."""
    address = ipaddress.IPv6Address(value)
    assert not (is_forbidden(address) and is_public(address))


@given(st.text(max_size=60))
def test_any_text_can_be_asked_for(text):
    """No host makes the check fail."""
    literal_address(text)
    is_local_name(text)
    host_of(text)


def test_registered_hosts_come_with_and_without_www():
    """The hosts of the registry, each with its twin under www; addresses have none."""
    hosts = registered_hosts(
        site(
            "https://Dinas.test/",
            feed_url="http://www.berita.test/feed",
            news_url="http://10.0.0.4/x",
            allowed_hosts=frozenset({"ppid.test"}),
        )
    )
    assert hosts == {
        "dinas.test",
        "www.dinas.test",
        "berita.test",
        "www.berita.test",
        "10.0.0.4",
        "ppid.test",
        "www.ppid.test",
    }


def test_local_names():
    """Names that always mean the resolving machine are known."""
    assert is_local_name("LOCALHOST.")
    assert is_local_name("a.localhost")
    assert not is_local_name("localhost.test")
