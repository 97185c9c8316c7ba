"""The closed sets of words: they become label values, so nothing outside them can reach a metric."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """What a site is, one at a time (contract, section 1)."""

    ACTIVE = "active"
    LATE = "late"
    DORMANT = "dormant"
    UNDATED = "undated"
    DOWN = "down"
    COMPROMISED = "compromised"
    BLOCKED = "blocked"
    PENDING = "pending"


BY_DATE = frozenset({Status.ACTIVE, Status.LATE, Status.DORMANT, Status.UNDATED})
"""The statuses of a site that a citizen can read."""


class Reason(StrEnum):
    """Why a site is down, blocked or compromised: a closed set, one at a time."""

    DNS_NOT_FOUND = "dns_not_found"
    DNS_TEMPORARY = "dns_temporary"
    CONNECT_REFUSED = "connect_refused"
    CONNECT_TIMEOUT = "connect_timeout"
    CONNECT_UNREACHABLE = "connect_unreachable"
    CONNECT_RESET = "connect_reset"
    TLS_EXPIRED = "tls_expired"
    TLS_HOSTNAME = "tls_hostname"
    TLS_UNTRUSTED = "tls_untrusted"
    TLS_CHAIN = "tls_chain"
    TLS_HANDSHAKE = "tls_handshake"
    TIMEOUT = "timeout"
    HTTP_CLIENT_ERROR = "http_client_error"
    HTTP_SERVER_ERROR = "http_server_error"
    HTTP_PROTOCOL = "http_protocol"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    LEFT_SITE = "left_site"
    ISP_BLOCK = "isp_block"
    EMPTY = "empty"
    PARKED = "parked"
    SUSPENDED = "suspended"
    DEFAULT_PAGE = "default_page"
    DIRECTORY_INDEX = "directory_index"
    DATABASE_ERROR = "database_error"
    APPLICATION_ERROR = "application_error"
    INSTALLER = "installer"
    MAINTENANCE = "maintenance"
    WAF_CHALLENGE = "waf_challenge"
    RATE_LIMITED = "rate_limited"
    FORBIDDEN_TO_MONITOR = "forbidden_to_monitor"
    GAMBLING_LINKS = "gambling_links"
    GAMBLING_POSTS = "gambling_posts"
    GAMBLING_REDIRECT = "gambling_redirect"
    GAMBLING_CLOAKED = "gambling_cloaked"
    DEFACED = "defaced"

    @property
    def status(self) -> Status:
        """The status that this reason means."""
        if self in _BLOCKED_REASONS:
            return Status.BLOCKED
        if self in _COMPROMISED_REASONS:
            return Status.COMPROMISED
        return Status.DOWN


_BLOCKED_REASONS = frozenset({Reason.WAF_CHALLENGE, Reason.RATE_LIMITED, Reason.FORBIDDEN_TO_MONITOR})
_COMPROMISED_REASONS = frozenset(
    {
        Reason.GAMBLING_LINKS,
        Reason.GAMBLING_POSTS,
        Reason.GAMBLING_REDIRECT,
        Reason.GAMBLING_CLOAKED,
        Reason.DEFACED,
    }
)
NETWORK_REASONS = frozenset(
    {
        Reason.DNS_NOT_FOUND,
        Reason.DNS_TEMPORARY,
        Reason.CONNECT_REFUSED,
        Reason.CONNECT_TIMEOUT,
        Reason.CONNECT_UNREACHABLE,
        Reason.CONNECT_RESET,
        Reason.TIMEOUT,
    }
)
"""Failures that the monitor's own broken network would also cause."""
TLS_TRUST_REASONS = frozenset({Reason.TLS_EXPIRED, Reason.TLS_HOSTNAME, Reason.TLS_UNTRUSTED, Reason.TLS_CHAIN})
"""Certificates that browsers refuse while the server itself still answers."""


class Duty(StrEnum):
    """How often a department must publish."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class Cadence(StrEnum):
    """How often a department does publish, as measured."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    NONE = "none"


class Connection(StrEnum):
    """Who pays for the department's line (integrated internet programme)."""

    INTEGRATED = "integrated"
    ISP = "isp"
    BOTH = "both"


class Kendala(StrEnum):
    """Why a department does not publish, as written into the registry by the operations team."""

    LUPA_AKUN = "lupa_akun"
    OPERATOR_DIGANTI = "operator_diganti"
    TANPA_OPERATOR = "tanpa_operator"
    PERGANTIAN_PIMPINAN = "pergantian_pimpinan"
    SDM_TERBATAS = "sdm_terbatas"
    INTERNET = "internet"
    HOSTING = "hosting"
    GANGGUAN_SERVER = "gangguan_server"
    PEMELIHARAAN = "pemeliharaan"
    DIRETAS = "diretas"
    LAINNYA = "lainnya"


class PostSource(StrEnum):
    """Where a post's date was read."""

    WORDPRESS = "wordpress"
    FEED = "feed"
    PAGE = "page"
    JSONLD = "jsonld"
    SELECTOR = "selector"


class Check(StrEnum):
    """The three checks, each with its own cadence and its own finding."""

    PROBE = "probe"
    CONTENT = "content"
    DAILY = "daily"


class ProbeResult(StrEnum):
    """The label of ``opd_site_probes_total``: what one probe said."""

    UP = "up"
    DOWN = "down"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"
