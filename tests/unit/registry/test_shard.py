"""Which sites belong to which of several exporters."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from opd_exporter.registry import WHOLE, Registry, Shard, shard_of
from support.fleet import make_site

IDS = [f"desa-{number}" for number in range(10_000)]


@pytest.mark.parametrize("count", [2, 3, 7, 64])
def test_every_site_has_exactly_one_shard(count):
    """The shards of a registry are disjoint, together they are all of it, and they are of about one size."""
    owners = [[shard for shard in range(1, count + 1) if Shard(shard, count).owns(site)] for site in IDS]
    assert all(len(found) == 1 for found in owners)
    sizes = [sum(found == [shard] for found in owners) for shard in range(1, count + 1)]
    fair = len(IDS) / count
    assert all(abs(size - fair) < 5 * fair**0.5 for size in sizes), sizes


def test_the_hash_never_changes():
    """These places are part of what is promised: another version must not move a site to another node."""
    sites = ("dinkes", "dispora", "diskominfo", "kecamatan-anyer", "x")
    assert [shard_of(site, 5) for site in sites] == [3, 5, 2, 3, 1]


def test_one_node_more_takes_only_its_share():
    """From three nodes to four a quarter of the sites moves, all of them to the new node."""
    moved = [(shard_of(site, 3), shard_of(site, 4)) for site in IDS if shard_of(site, 3) != shard_of(site, 4)]
    assert {after for _, after in moved} == {4}
    assert abs(len(moved) - len(IDS) / 4) < 250


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("3/2", "from 1 to 2"),
        ("0/2", "from 1 to 2"),
        ("1/0", "1 to 1000"),
        ("1/1001", "1 to 1000"),
        ("x", "write i/n"),
        ("", "write i/n"),
        ("1", "write i/n"),
        ("1/2/3", "write i/n"),
        ("-1/2", "write i/n"),
        ("1.5/2", "write i/n"),
        ("\N{ARABIC-INDIC DIGIT ONE}/2", "write i/n"),
    ],
)
def test_what_is_no_shard_is_refused_with_the_reason(text, why):
    """The message names the text and says what would be right."""
    with pytest.raises(ValueError, match=why) as refusal:
        Shard.parse(text)
    assert repr(text) in str(refusal.value)


def test_written_and_read():
    """A shard is written the way it is read."""
    assert Shard.parse("2/3") == Shard(2, 3)
    assert str(Shard.parse(" 10/12 ")) == "10/12"


def test_part_of_a_registry():
    """A part keeps the order and everything else of the file, and knows the ids of the other sites."""
    registry = Registry(sites=MappingProxyType({site: make_site(site) for site in IDS[:50]}), canaries=("http://a/",))
    parts = [Shard(index, 2).part_of(registry) for index in (1, 2)]
    assert [*parts[0].sites, *parts[1].sites] != list(registry.sites)
    assert {*parts[0].sites} | {*parts[1].sites} == {*registry.sites}
    for mine, other in (parts, reversed(parts)):
        assert list(mine.sites) == [site for site in registry.sites if site in mine.sites]
        assert mine.elsewhere == frozenset(other.sites)
        assert mine.canaries == registry.canaries
    assert WHOLE.part_of(registry) is registry
