"""No file, however odd or large, raises anything but RegistryError, takes long, or eats the memory."""

import random
import re
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from opd_exporter.registry import Registry
from opd_exporter.registry.document import MAX_BYTES
from opd_exporter.registry.loader import Outcome, parse
from opd_exporter.registry.schema import GROUPS, TOP_KEYS

KEYS = sorted(TOP_KEYS.union(*(group.known_keys() for group in GROUPS.values())))
SHIPPED = (Path(__file__).parents[3] / "sites.yml").read_bytes()
HERE = Path(__file__).parent / "testdata"
relaxed = settings(max_examples=150, deadline=2000, suppress_health_check=list(HealthCheck))

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.datetimes(),
    st.text(max_size=30),
    st.sampled_from(
        ["60s", "10d", "daily", "https://a.go.id/", "dinkes", "2026-12-01T20:00", "Asia/Jakarta", "../etc"]
    ),
    st.from_regex(r"https?://[^/]{0,20}/.{0,10}", fullmatch=True),
)
trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), inner, max_size=8)
    ),
    max_leaves=25,
)


def checked(data: bytes) -> Outcome:
    """The outcome of ``data``, which is a registry or has mistakes, each with words and a line that exists."""
    outcome = parse(data, HERE)
    assert (outcome.registry is None) == bool(outcome.mistakes)
    lines = len(re.findall(rb"\r\n|\r|\n|\xc2\x85|\xe2\x80[\xa8\xa9]", data)) + 2
    for mistake in outcome.mistakes:
        assert mistake.message
        assert mistake.line is None or 1 <= mistake.line <= lines
    return outcome


@relaxed
@given(st.binary(max_size=400))
@example(b"\xef\xbb\xbf")
@example(b"? ")
@example(b"- - - -")
@example(b"%YAML 9.9\n---\n")
@example(b"&a *a")
@example(b"{{{{{{{{{{{{{{{{{{{{{{{{")
@example(b"!!binary x: y")
@example(b"\xc2\x85\xe2\x80\xa8- \xe2\x80\xa9")
def test_any_bytes(data: bytes) -> None:
    """Arbitrary bytes give mistakes, never an exception."""
    checked(data)


@relaxed
@given(st.text(alphabet="abs:-[]{}&*!|>'\"%@`#?,~<. \n\t01éid", max_size=200))
def test_any_yaml_like_text(text: str) -> None:
    """Text made of YAML's own marks gives mistakes, never an exception."""
    checked(text.encode())


@relaxed
@given(trees)
def test_any_document_of_known_keys(tree: object) -> None:
    """Any value at any key is taken or told, never an exception."""
    checked(yaml.safe_dump({"sites": [tree], "defaults": tree}, allow_unicode=True).encode())
    checked(yaml.safe_dump(tree).encode())


@relaxed
@given(st.dictionaries(st.sampled_from(sorted(GROUPS["sites[]"].known_keys())), scalars, min_size=1))
def test_any_site(keys: dict[str, object]) -> None:
    """A site whose keys hold anything becomes a site of that id or is told key by key."""
    site = {"id": "a", "opd": "A", "name": "A", "url": None} | keys
    outcome = checked(yaml.safe_dump({"sites": [site]}, allow_unicode=True).encode())
    if outcome.registry is not None:
        assert isinstance(outcome.registry, Registry)
        (found,) = outcome.registry.sites.values()
        assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", found.id)


def test_half_of_the_shipped_file_never_raises() -> None:
    """The shipped file cut at any byte, or with one byte replaced, is a registry or has mistakes."""
    chance = random.Random(20201118)
    for end in chance.sample(range(len(SHIPPED)), 60):
        checked(SHIPPED[:end])
        checked(SHIPPED[:end] + bytes([chance.randrange(256)]) + SHIPPED[end + 1 :])


BOMBS = {
    "deep flow": b"sites: " + b"[" * 1_000_000,
    "deep block": b"".join(b" " * depth + b"a:\n" for depth in range(1, 3000)),
    "many aliases": b"a: &a [1]\nsites: [" + b"*a," * 3_000_000 + b"]",
    "nested aliases": b"a0: &a0 [x, x]\n"
    + b"".join(b"a%d: &a%d [*a%d, *a%d]\n" % (i, i, i - 1, i - 1) for i in range(1, 60)),
    "nested merges": b"a0: &a0 {k0: v}\n"
    + b"".join(b"a%d: &a%d {<<: [*a%d, *a%d], k%d: v}\n" % (i, i, i - 1, i - 1, i) for i in range(1, 60)),
    "long line": b"sites: " + b"x" * (MAX_BYTES - 10),
    "long key": b"x" * (MAX_BYTES - 10) + b": y",
    "many keys": b"".join(b"k%d: v\n" % i for i in range(500_000)),
    "many keys of a site": b"sites: [{" + b"".join(b"k%d: v, " % i for i in range(500_000)) + b"}]",
    "many merged keys": b"sites:\n"
    + b"".join(b"- &a%d {%s}\n" % (i, b"".join(b"k%d-%d: v, " % (i, j) for j in range(150))) for i in range(900))
    + b"- <<: [%s]\n" % b", ".join(b"*a%d" % i for i in range(900)),
    "many sites": b"sites: [" + b"{}," * 3_000_000 + b"]",
    "many anchors": b"sites: [" + b"".join(b"&a%d x," % i for i in range(500_000)) + b"]",
    "many colons": b"a" + b": " * 4_000_000,
    "many questions": b"? " * 500_000,
    "open quote": b"sites: '" + b"x\n" * 4_000_000,
    "brackets in a text": b"sites: {id: " + b"{[" * 500_000,
    "only comments": b"#\n" * (MAX_BYTES // 2),
    "selector": b"sites: [{id: a, opd: A, name: A, url: null, post_selector: '" + b":not(" * 60 + b"'}]",
    "long duration": b"defaults: {probe_interval: " + b"9" * 1_000_000 + b"s}",
    "long url": b"sites: [{id: a, opd: A, name: A, url: 'http://" + b"a." * 1_000_000 + b"'}]",
    "long id": b"sites: [{id: '" + b"A-" * 1_000_000 + b"', opd: A, name: A, url: null}]",
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_bounded(name: str) -> None:
    """Files built to explode are refused within seconds of processor time."""
    before = time.process_time()
    outcome = checked(BOMBS[name])
    assert outcome.registry is None
    assert time.process_time() - before < 12


def test_ten_thousand_sites_load_quickly(tmp_path: Path) -> None:
    """A registry of 10,000 fully written sites loads within seconds and 300 MB."""
    site = textwrap.dedent("""\
      - id: situs-{0}
        opd: Situs {0}
        name: Dinas Nomor {0}
        url: https://situs-{0}.serangkab.go.id/
        category: dinas
        duty: weekly
        freshness_limit: 10d
        allowed_hosts: [ppid-{0}.serangkab.go.id]
        news_url: https://situs-{0}.serangkab.go.id/berita
        contact: {{name: "Operator {0}", email: op{0}@serangkab.go.id, phone: "081234567890", notify: true}}
        maintenance: [{{from: 2026-12-01T20:00, to: 2026-12-01T23:00, reason: pindah server}}]
        connection: integrated
        note: {{kendala: lupa_akun, tindak_lanjut: "", since: 2026-11-18}}
    """)
    path = tmp_path / "sites.yml"
    path.write_text("sites:\n" + "".join(site.format(number) for number in range(10_000)), encoding="utf-8")
    script = (
        "import re, sys, time\n"
        "from opd_exporter.registry import load\n"
        "before = time.process_time()\n"
        "print(len(load(sys.argv[1]).sites), time.process_time() - before, "
        "int(re.search(r'VmHWM:\\s+([0-9]+)', open('/proc/self/status').read())[1]) / 1024)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True, check=True, timeout=60)
    count, seconds, megabytes = map(float, done.stdout.split())
    assert count == 10_000
    assert seconds < 8
    assert megabytes < 300
