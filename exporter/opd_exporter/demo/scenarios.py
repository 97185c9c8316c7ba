"""Which sites a demo has: the scenarios by name, and what an exporter should find out about each site."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from opd_exporter.demo.departments import DEPARTMENTS, Department, extra_department
from opd_exporter.demo.posts import PublishingHabit, draw

if TYPE_CHECKING:
    from collections.abc import Mapping

ALL_TRAPS = frozenset({"clock", "agenda", "visitors", "comments", "prayer", "foreign", "footer_year", "updated_line"})


@dataclass(frozen=True, slots=True)
class SiteSpec:
    """One imitation site before it starts."""

    department: Department
    engine: str
    """A name of ``engines.ENGINES``."""
    habit: PublishingHabit = field(default_factory=PublishingHabit)
    duty: str = "weekly"
    https: bool = True
    server: int = 0
    """Sites with the same number above 0 share one address, as on one hosting machine; 0: an address of its own."""
    trouble: str | None = None
    """A name of ``troubles.TROUBLES`` that it starts with."""
    traps: frozenset[str] = frozenset()
    slow_seconds: float = 0.0
    connection: str = "integrated"
    status: str = "active"
    """What an exporter should say of it."""
    reason: str | None = None
    url: str | None = ""
    """Empty: the demo's own server. ``None`` or an address: written into the registry as it is, nothing is started."""
    registry: Mapping[str, Any] = field(default_factory=dict)
    """More keys of the site's registry entry."""

    @property
    def id(self) -> str:
        """The site's identifier."""
        return self.department.id


def _daily(**more: Any) -> dict[str, Any]:
    return {"duty": "daily", "habit": PublishingHabit(1), **more}


def _weekly(period: int = 3, pause: tuple[int, int] | None = None, **more: Any) -> dict[str, Any]:
    return {"duty": "weekly", "habit": PublishingHabit(period, pause=pause), **more}


def _monthly(period: int = 12, **more: Any) -> dict[str, Any]:
    return {"duty": "monthly", "habit": PublishingHabit(period), **more}


def _traps(*names: str) -> frozenset[str]:
    return frozenset(names)


def _dormant(days: int, **more: Any) -> dict[str, Any]:
    return {"habit": PublishingHabit(4, stopped_days=days), "status": "dormant", **more}


def _down(reason: str, trouble: str | None = None, **more: Any) -> dict[str, Any]:
    return {"trouble": trouble or reason, "status": "down", "reason": reason, **more}


def _blocked(reason: str) -> dict[str, Any]:
    return {"trouble": reason, "status": "blocked", "reason": reason}


def _compromised(reason: str, **more: Any) -> dict[str, Any]:
    return {"trouble": reason, "status": "compromised", "reason": reason, **more}


_2020: Mapping[str, tuple[str, dict[str, Any]]] = {
    "setda": ("wordpress", _weekly(2, server=1, traps=_traps("footer_year", "comments_feed_first", "comments"))),
    "setwan": ("own_cms", _monthly(9, server=1, https=False, traps=_traps("agenda", "clock"))),
    "inspektorat": ("own_cms_english", _monthly(12, server=1, traps=_traps("visitors", "footer_year"))),
    "dindikbud": ("own_cms_relative", _daily(server=1, traps=_traps("agenda", "prayer"))),
    "dinkes": ("wordpress", _daily(server=1, traps=_traps("visitors", "comments"), connection="both")),
    "dpupr": ("own_cms", _weekly(**_down("timeout"), https=False)),
    "dprkp": ("own_cms", _dormant(160, server=1, traps=ALL_TRAPS, registry={"note": {"kendala": "operator_diganti"}})),
    "satpolpp": ("joomla", _weekly(4, (50, 33), https=False, server=2, traps=_traps("visitors"))),
    "bpbd": ("wordpress", _weekly(2, server=1, traps=_traps("agenda"))),
    "dinsos": ("own_cms", _weekly(4, (74, 52), server=1, https=False, traps=_traps("clock", "footer_year"))),
    "disnakertrans": ("own_cms_english", _weekly(5, server=1, connection="both")),
    "dkpp": ("blogger", _weekly(3, traps=_traps("foreign"))),
    "dlh": ("drupal", _weekly(4, server=2, traps=_traps("agenda", "footer_year"))),
    "disdukcapil": ("own_cms", _weekly(2, server=1, traps=_traps("prayer", "visitors", "clock"))),
    "dpmd": ("opensid", _weekly(3, (66, 48), https=False, server=2, traps=_traps("visitors", "agenda", "comments"))),
    "dkbp3a": ("joomla", _monthly(14, server=2)),
    "dishub": ("own_cms_relative", _weekly(3, server=1, traps=_traps("clock"))),
    "diskominfosatik": ("own_cms", _daily(server=1, traps=_traps("visitors", "updated_line"), connection="both")),
    "diskoumperindag": ("next_app", _weekly(5, connection="isp")),
    "dpmptsp": ("wordpress", _weekly(3, **_down("tls_expired"), connection="isp")),
    "disporapar": ("wordpress", _weekly(4, **_compromised("gambling_links"), server=2)),
    "dpkd": ("joomla", _dormant(230, https=False, server=2, traps=_traps("clock", "visitors", "footer_year"))),
    "distan": ("own_cms", _weekly(3, **_down("suspended"), https=False, registry={"note": {"kendala": "hosting"}})),
    "bapperida": ("drupal", _monthly(10, traps=_traps("agenda"))),
    "bkpsdm": ("json_ld", _weekly(4, server=1, traps=_traps("clock"))),
    "bpkad": ("own_cms_english", _monthly(11, https=False, server=1, traps=_traps("footer_year"))),
    "bapenda": ("own_cms", _weekly(3, **_down("http_server_error"), server=1)),
    "kesbangpol": (
        "wordpress",
        _dormant(
            118, server=2, traps=_traps("clock", "agenda", "footer_year"), registry={"note": {"kendala": "lupa_akun"}}
        ),
    ),
    "rsdp": ("next_app", _weekly(2, connection="isp", traps=_traps("agenda"))),
    "damkar": ("blogger", _weekly(4, (88, 61), connection="isp")),
    "kec-ciruas": ("opensid", _monthly(12, https=False, traps=ALL_TRAPS)),
}

_EVERYTHING_ELSE: tuple[tuple[str, dict[str, Any]], ...] = (
    # every status
    ("own_cms", {"habit": PublishingHabit(3, stopped_days=30), "status": "late"}),
    ("profile_only", {"status": "undated", "traps": ALL_TRAPS}),
    ("own_cms", {"status": "pending", "url": None}),
    ("own_cms", _weekly(3, slow_seconds=2.5)),
    ("stubborn", _weekly(3, registry={"post_selector": ".waktu-terbit", "news_url": "/kabar"})),
    # every reason
    ("own_cms", _down("dns_not_found", url="http://kecamatan-hilang.invalid/")),
    ("own_cms", _down("connect_refused", https=False)),
    ("own_cms", _down("connect_timeout", https=False)),
    ("own_cms", _down("connect_reset", https=False)),
    ("own_cms", _down("timeout")),
    ("own_cms", _down("tls_hostname")),
    ("own_cms", _down("tls_untrusted")),
    ("own_cms", _down("tls_chain")),
    ("own_cms", _down("tls_handshake")),
    ("own_cms", _down("http_client_error")),
    ("own_cms", _down("http_server_error", "http_unavailable")),
    ("own_cms", _down("http_protocol", https=False)),
    ("own_cms", _down("too_many_redirects", https=False)),
    ("own_cms", _down("left_site", https=False)),
    ("own_cms", _down("isp_block", https=False)),
    ("own_cms", _down("empty")),
    ("own_cms", _down("parked", https=False)),
    ("own_cms", _down("default_page", https=False)),
    ("own_cms", _down("directory_index", https=False)),
    ("own_cms", _down("database_error")),
    ("own_cms", _down("application_error")),
    ("wordpress", _down("installer")),
    ("own_cms", _down("maintenance", registry={"maintenance": "now", "note": {"kendala": "pemeliharaan"}})),
    ("wordpress", _blocked("waf_challenge")),
    ("own_cms", _blocked("rate_limited")),
    ("own_cms", _blocked("forbidden_to_monitor")),
    ("own_cms", _compromised("gambling_posts", registry={"note": {"kendala": "diretas"}})),
    ("own_cms", _compromised("gambling_redirect", https=False)),
    ("wordpress", _compromised("gambling_cloaked")),
    ("own_cms", _compromised("defaced", https=False)),
    # certificates that are no fault yet
    # Browsers fetch the missing certificate from the demo's other host; a monitor asks only hosts that it was told of.
    ("joomla", _weekly(3, trouble="tls_incomplete", registry={"allowed_hosts": ["127.0.0.1"]})),
    ("own_cms", _weekly(3, trouble="tls_small_key")),
    ("wordpress", _weekly(2, trouble="tls_expiring")),
)

_HEALTHY_ENGINES = (
    *("own_cms", "wordpress", "own_cms_english", "joomla", "opensid", "blogger", "drupal", "next_app"),
    *("own_cms_relative", "json_ld"),
)
_MIXED_TROUBLES: tuple[dict[str, Any], ...] = (
    _down("timeout", https=False),
    _down("http_server_error"),
    _dormant(140),
    {"habit": PublishingHabit(3, stopped_days=25), "status": "late"},
    _compromised("gambling_links"),
    _down("suspended", https=False),
    _dormant(300),
    {"engine": "profile_only", "status": "undated"},
    _blocked("waf_challenge"),
    {"url": None, "status": "pending"},
    _down("connect_refused", https=False),
    _down("tls_untrusted"),
)

BASE_PORT = 19_800
"""Where the ports of `opd-exporter demo` begin, so that addresses, and with them the series, outlive a restart."""
SCENARIOS: Mapping[str, str] = {
    "2020": "31 situs: 23 aktif, 8 tidak",
    "all": "skenario 2020 ditambah satu situs untuk setiap status dan setiap sebab",
    "60": "60 situs, sepertiganya bermasalah: dinas dan kecamatan",
    "healthy": "31 situs, semuanya aktif",
    "1000": "1.000 situs sehat pada satu port, untuk uji beban",
}
"""Scenario -> what it shows, in Indonesian for the command line."""


def shares_port(scenario: str) -> bool:
    """Whether all sites of ``scenario`` stand on one port, each with an address of its own."""
    return scenario == "1000"


def sites_of(scenario: str, size: int | None = None) -> list[SiteSpec]:
    """The sites of ``scenario``; ``size`` overrides how many (named departments first, invented ones after).

    Raises:
        ValueError: no such scenario.
    """
    if scenario not in SCENARIOS:
        raise ValueError(f"unknown scenario {scenario!r}: use one of {', '.join(SCENARIOS)}")
    named = [_spec(department, *_2020[department.id]) for department in DEPARTMENTS]
    if scenario == "2020":
        specs = named
    elif scenario == "all":
        more = [
            _spec(extra_department(number), engine, settings)
            for number, (engine, settings) in enumerate(_EVERYTHING_ELSE)
        ]
        specs = [_with_contact(spec) for spec in named] + more
    elif scenario == "60":
        specs = named + [_mixed(number) for number in range(29)]
    elif scenario == "healthy":
        specs = [_healed(spec) for spec in named]
    else:
        return [_bulk(number) for number in range(1000 if size is None else size)]
    if size is not None:
        specs = specs[:size] + [_bulk(number) for number in range(len(specs), size)]
    return specs


def _spec(department: Department, engine: str, settings: Mapping[str, Any]) -> SiteSpec:
    options = dict(settings)
    return SiteSpec(department, options.pop("engine", engine), **options)


def _with_contact(spec: SiteSpec) -> SiteSpec:
    if spec.id != "bapenda":
        return spec
    contact = {"name": "Operator Bapenda", "email": "operator.bapenda@contoh.example", "phone": "", "notify": True}
    note = {"kendala": "gangguan_server", "tindak_lanjut": "Menunggu perbaikan server"}
    return replace(spec, registry={**spec.registry, "contact": contact, "note": note})


def _healed(spec: SiteSpec) -> SiteSpec:
    return replace(
        spec,
        trouble=None,
        status="active",
        reason=None,
        habit=replace(spec.habit, stopped_days=0),
        registry={key: value for key, value in spec.registry.items() if key != "note"},
    )


def _mixed(number: int) -> SiteSpec:
    department = extra_department(number)
    engine = _HEALTHY_ENGINES[number % len(_HEALTHY_ENGINES)]
    if number % 5 in {1, 3}:
        return _spec(department, engine, _MIXED_TROUBLES[number * 2 // 5 % len(_MIXED_TROUBLES)])
    return _spec(department, engine, _weekly(2 + number % 4, server=3 + number % 3))


def _bulk(number: int) -> SiteSpec:
    department = extra_department(number)
    engine = _HEALTHY_ENGINES[draw(department.id) % len(_HEALTHY_ENGINES)]
    return _spec(department, engine, _weekly(2 + number % 4, https=False))


def host_of(spec: SiteSpec, number: int) -> str:
    """The loopback address of the ``number``-th site: one per hosting machine, or one of the site's own."""
    if spec.server:
        return f"127.0.10.{spec.server}"
    return f"127.0.{20 + number // 250}.{1 + number % 250}"


def planned_url(scenario: str, spec: SiteSpec, number: int, base_port: int) -> str | None:
    """The URL that the ``number``-th site of ``scenario`` gets with ``base_port``."""
    if spec.url != "":
        return spec.url
    port = base_port if shares_port(scenario) else base_port + number
    return f"{'https' if spec.https else 'http'}://{host_of(spec, number)}:{port}/"
