"""What is written in a registry file is what the rest of the program gets."""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import trustme

from opd_exporter.models import Connection, Duty, Kendala
from opd_exporter.registry import Contact, Note, Registry, Site, load
from opd_exporter.registry.durations import format_duration, parse_duration

SITE = "  - {id: dinkes, opd: Dinkes, name: Dinas Kesehatan, url: null}\n"


def written(folder: Path, text: str) -> Registry:
    """The registry of a file with ``text``."""
    path = folder / "sites.yml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def only(folder: Path, *keys: str, before: str = "") -> Site:
    """The one site of a file: the minimal one with ``keys`` added."""
    lines = "".join(f"    {line}\n" for key in keys for line in key.splitlines())
    text = f"{before}sites:\n  - id: dinkes\n    opd: Dinkes\n    name: Dinas Kesehatan\n"
    if not any(key.startswith("url:") for key in keys):
        text += "    url: null\n"
    (site,) = written(folder, text + lines).sites.values()
    return site


def test_the_smallest_file_gives_the_defaults_of_the_contract(tmp_path: Path) -> None:
    """Without any setting a site equals a Site with nothing but its own facts."""
    registry = written(tmp_path, "sites:\n" + SITE)
    assert registry.sites == {"dinkes": Site(id="dinkes", opd="Dinkes", name="Dinas Kesehatan", url=None)}
    assert registry.canaries == ()
    assert (registry.user_agent, registry.ca_file, registry.nameservers, registry.cloaking_check) == (
        None,
        None,
        (),
        True,
    )
    assert registry.timezone.key == "Asia/Jakarta"


def test_every_setting_reaches_the_registry(tmp_path: Path) -> None:
    """A file with every key of the contract gives every one of its values."""
    ca_file = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(ca_file)
    registry = written(
        tmp_path,
        """
defaults:
  timezone: Asia/Makassar
  probe_interval: 30s
  probe_timeout: 500ms
  confirm_after: 0s
  content_interval: 1h30m
  category: badan
  duty: monthly
  dormant_after: 1y
  slow_after: 2s
  certificate_warning: 2w
  proxy_url: http://pengguna:sandi@proxy.kantor:3128
  off_days: [2026-12-24, 2026-12-26]
  connection: both
  user_agent: Mozilla/5.0
  ca_file: ca.pem
  nameservers: [10.1.1.53, "10.1.1.54:5353", "[2001:db8::53]:53", "2001:db8::53"]
  cloaking_check: no
  content_requests_per_minute: 120
canaries: [https://www.google.com/generate_204, https://1.1.1.1]
sites:
  - id: dinkes
    opd: Dinkes
    name: Dinas Kesehatan
    url: https://dinkes.serangkab.go.id
    freshness_limit: 10d
    allowed_hosts: [PPID.serangkab.go.id, 10.1.2.3, "::1"]
    news_url: https://dinkes.serangkab.go.id/berita?p=1
    feed_url: https://dinkes.serangkab.go.id/feed
    post_selector: ".berita .tanggal"
    tls_verify: false
    contact: {name: Budi, email: budi@serangkab.go.id, phone: 081234567890, notify: true}
    maintenance: [{from: 2026-12-01T20:00, to: 2026-12-01 23:00:30, reason: pindah server}]
    admin_url: https://dinkes.serangkab.go.id/admin#/login
    note: {kendala: lupa_akun, tindak_lanjut: "bimtek", penanggung_jawab: Kasubag, since: 2026-11-18}
  - id: dlh
    opd: DLH
    name: Dinas Lingkungan Hidup
    url: null
    timezone: Asia/Jayapura
    probe_interval: 5m
    category: dinas
    duty: daily
    proxy_url: null
    off_days: [2026-12-31]
    connection: isp
""",
    )
    zone = ZoneInfo("Asia/Makassar")
    dinkes, dlh = registry.sites.values()
    assert dinkes.url == "https://dinkes.serangkab.go.id/"
    assert dinkes.timezone == zone
    assert (dinkes.probe_interval, dinkes.probe_timeout, dinkes.confirm_after) == (30.0, 0.5, 0.0)
    assert (dinkes.content_interval, dinkes.dormant_after) == (5400.0, 365 * 86400.0)
    assert (dinkes.slow_after, dinkes.certificate_warning, dinkes.freshness_limit) == (2.0, 14 * 86400.0, 864000.0)
    assert (dinkes.category, dinkes.duty, dinkes.connection) == ("badan", Duty.MONTHLY, Connection.BOTH)
    assert dinkes.proxy_url == "http://pengguna:sandi@proxy.kantor:3128/"
    assert dinkes.off_days == {date(2026, 12, 24), date(2026, 12, 26)}
    assert dinkes.allowed_hosts == {"ppid.serangkab.go.id", "10.1.2.3", "::1"}
    assert dinkes.news_url == "https://dinkes.serangkab.go.id/berita?p=1"
    assert dinkes.feed_url == "https://dinkes.serangkab.go.id/feed"
    assert dinkes.post_selector == ".berita .tanggal"
    assert dinkes.tls_verify is False
    assert dinkes.contact == Contact("Budi", "budi@serangkab.go.id", "081234567890", notify=True)
    assert dinkes.note == Note(Kendala.LUPA_AKUN, "bimtek", "Kasubag", date(2026, 11, 18))
    assert dinkes.admin_url == "https://dinkes.serangkab.go.id/admin#/login"
    (window,) = dinkes.maintenance
    assert (window.start, window.end) == (
        datetime(2026, 12, 1, 20, tzinfo=zone),
        datetime(2026, 12, 1, 23, 0, 30, tzinfo=zone),
    )
    assert window.reason == "pindah server"
    assert dinkes.in_maintenance(datetime(2026, 12, 1, 12, 0, tzinfo=UTC))
    assert not dinkes.in_maintenance(datetime(2026, 12, 1, 11, 59, tzinfo=UTC))
    assert (dlh.timezone.key, dlh.probe_interval, dlh.category) == ("Asia/Jayapura", 300.0, "dinas")
    assert (dlh.duty, dlh.connection, dlh.proxy_url) == (Duty.DAILY, Connection.ISP, None)
    assert dlh.off_days == {date(2026, 12, 24), date(2026, 12, 26), date(2026, 12, 31)}
    assert registry.canaries == ("https://www.google.com/generate_204", "https://1.1.1.1/")
    assert registry.timezone == zone
    assert registry.user_agent == "Mozilla/5.0"
    assert registry.ca_file == str(ca_file)
    assert registry.nameservers == ("10.1.1.53", "10.1.1.54:5353", "[2001:db8::53]:53", "2001:db8::53")
    assert registry.cloaking_check is False
    assert registry.content_requests_per_minute == 120


@pytest.mark.parametrize("word", ["no", "off", "null", "2024", "007", "1e3", "0x10", "2026-12-01", "1-2"])
def test_yaml_guesses_nothing(tmp_path: Path, word: str) -> None:
    """Words that YAML takes for booleans, numbers or dates stay the text that was written."""
    shown = f"'{word}'" if word == "null" else word
    path = tmp_path / "sites.yml"
    path.write_text(f"sites:\n  - {{id: {shown}, opd: {shown}, name: {shown}, url: null}}\n", encoding="utf-8")
    (site,) = load(path).sites.values()
    assert (site.id, site.opd, site.name) == (word, word, word)


@pytest.mark.parametrize(
    ("word", "value"), [("ya", True), ("on", True), ("True", True), ("tidak", False), ("'no'", False)]
)
def test_yes_and_no_have_many_spellings(tmp_path: Path, word: str, value: bool) -> None:
    """Flags take YAML's words and the Indonesian ones, quoted or not."""
    assert only(tmp_path, f"tls_verify: {word}").tls_verify is value


def test_empty_keys_count_as_not_written(tmp_path: Path) -> None:
    """A key without a value takes the default, also one of ``defaults`` and a whole group."""
    before = "defaults:\n  probe_interval: 30s\n  duty:\ncanaries:\n"
    site = only(tmp_path, "probe_interval:", "note:", "contact: ~", "maintenance:", "off_days: null", before=before)
    assert (site.probe_interval, site.duty) == (30.0, Duty.WEEKLY)
    assert (site.note, site.contact, site.maintenance, site.off_days) == (Note(), Contact(), (), frozenset())


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("HTTPS://Dinkes.Serangkab.GO.ID:443", "https://dinkes.serangkab.go.id/"),
        ("http://10.20.30.40:8080/x?y=z", "http://10.20.30.40:8080/x?y=z"),
        ("http://localhost:19715/#atas", "http://localhost:19715/"),
        ("'http://[::1]:80/'", "http://[::1]/"),
        ("http://dinkes.serangkab.go.id./?a=1", "http://dinkes.serangkab.go.id/?a=1"),
        ("https://désa.id/berita-é", "https://xn--dsa-bma.id/berita-%C3%A9"),
        ("https://x_y.go.id/a%20b", "https://x_y.go.id/a%20b"),
    ],
)
def test_addresses_take_one_form(tmp_path: Path, text: str, url: str) -> None:
    """Case, default ports, fragments and foreign letters are brought into one form that the probe can send."""
    registry = written(tmp_path, f"sites:\n  - {{id: a, opd: A, name: A, url: {text}}}\n")
    assert registry.sites["a"].url == url
    assert registry.find(text.strip("'")) is registry.sites["a"]


def test_find_takes_ids_and_addresses(tmp_path: Path) -> None:
    """A site is found by its id or by its address in any spelling; nothing else is."""
    registry = written(tmp_path, "sites:\n  - {id: a, opd: A, name: A, url: https://a.go.id/}\n" + SITE)
    assert registry.find("a") is registry.sites["a"]
    assert registry.find("https://A.go.id") is registry.sites["a"]
    for target in ("b", "", "https://b.go.id/", "file:///etc/passwd", "https://a.go.id/x", "A"):
        assert registry.find(target) is None


def test_anchors_and_merge_keys_work(tmp_path: Path) -> None:
    """Values may be shared by YAML's own means; what stands beside ``<<`` wins."""
    registry = written(
        tmp_path,
        "sites:\n"
        "  - &umum {id: a, opd: A, name: A, url: null, duty: daily, contact: &siapa {name: Budi}}\n"
        "  - {<<: *umum, id: b, duty: monthly}\n"
        "  - {<<: [{opd: C, name: C}, *umum], id: c}\n",
    )
    assert [(site.opd, site.duty, site.contact.name) for site in registry.sites.values()] == [
        ("A", "daily", "Budi"),
        ("A", "monthly", "Budi"),
        ("C", "daily", "Budi"),
    ]


def test_editors_of_all_systems_are_fine(tmp_path: Path) -> None:
    """A byte order mark, CRLF line ends and Indonesian typography change nothing."""
    path = tmp_path / "sites.yml"
    path.write_bytes(
        "\ufeffsites:\r\n  - id: a\r\n    opd: “A”\r\n    name:  Dinas\r\n      Sosial\r\n    url: ~\r\n".encode()
    )
    (site,) = load(path).sites.values()
    assert (site.opd, site.name) == ("“A”", "Dinas Sosial")


def test_a_proxy_may_come_from_a_file(tmp_path: Path) -> None:
    """The address with its password stays out of the registry; a site may still go without any proxy."""
    (tmp_path / "proxy.txt").write_text("http://pengguna:s%40ndi@10.0.0.1:3128\n", encoding="utf-8")
    defaults = "defaults: {proxy_url_file: proxy.txt}\n"
    assert only(tmp_path, before=defaults).proxy_url == "http://pengguna:s%40ndi@10.0.0.1:3128/"
    assert only(tmp_path, "proxy_url: null", before=defaults).proxy_url is None
    assert only(tmp_path, "proxy_url: https://lain:8443", before=defaults).proxy_url == "https://lain:8443/"
    other = "defaults: {proxy_url: http://umum:3128}\n"
    assert (
        only(tmp_path, "proxy_url_file: proxy.txt", before=other).proxy_url == "http://pengguna:s%40ndi@10.0.0.1:3128/"
    )


def test_windows_with_an_offset_are_moved_into_the_zone(tmp_path: Path) -> None:
    """A moment that carries its own offset means that instant, shown in the site's zone."""
    site = only(tmp_path, "maintenance: [{from: 2026-12-01T13:00Z, to: '2026-12-01T21:00:00+07:00'}]")
    (window,) = site.maintenance
    assert window.start.isoformat() == "2026-12-01T20:00:00+07:00"
    assert window.end.isoformat() == "2026-12-01T21:00:00+07:00"


def test_notes_keep_their_lines(tmp_path: Path) -> None:
    """A follow-up may have several lines; other texts are joined to one."""
    site = only(tmp_path, "note:\n  tindak_lanjut: |\n    satu\n    dua\n  penanggung_jawab: |\n    Budi\n    Santoso")
    assert site.note.tindak_lanjut == "satu\ndua"
    assert site.note.penanggung_jawab == "Budi Santoso"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("0s", 0.0),
        ("60s", 60.0),
        ("15m", 900.0),
        ("10d", 864000.0),
        ("1h30m", 5400.0),
        ("1w", 604800.0),
        ("1y", 31536000.0),
        ("250ms", 0.25),
        ("1d12h1m1s1ms", 129661.001),
    ],
)
def test_durations_are_those_of_prometheus(text: str, seconds: float) -> None:
    """Each unit and their combinations are read, and written back to something that reads the same."""
    assert parse_duration(text) == pytest.approx(seconds)
    assert parse_duration(format_duration(seconds)) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text", ["", "s", "60", "1.5h", "-1s", "+1s", "1 h", "1m1h", "1H", "1s1s", "٣s", "1" * 10 + "s"]
)
def test_what_is_no_duration(text: str) -> None:
    """Anything else is no duration, units in the wrong order and foreign digits included."""
    assert parse_duration(text) is None
