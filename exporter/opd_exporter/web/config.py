"""``--web.config.file``: TLS and basic authentication in the format of the Prometheus exporter-toolkit.

What this server cannot do is refused with a clear word rather than ignored: a file that promises more protection than
it gives is worse than none. ``http2`` is accepted and has no effect (HTTP/1.1 is served).
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import yaml

from opd_exporter import clock
from opd_exporter.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CHECK_SECONDS = 1.0
"""How often, at most, the files are looked at for changes."""
_VERSIONS = {
    "TLS12": ssl.TLSVersion.TLSv1_2,
    "TLS13": ssl.TLSVersion.TLSv1_3,
}
_OLD_VERSIONS = ("TLS10", "TLS11")
_CLIENT_AUTH = {
    "": ssl.CERT_NONE,
    "NoClientCert": ssl.CERT_NONE,
    "VerifyClientCertIfGiven": ssl.CERT_OPTIONAL,
    "RequireAndVerifyClientCert": ssl.CERT_REQUIRED,
}
_HEADERS = {
    "Content-Security-Policy",
    "Strict-Transport-Security",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "X-XSS-Protection",
}
_TLS_KEYS = {
    "cert_file",
    "key_file",
    "client_auth_type",
    "client_ca_file",
    "min_version",
    "max_version",
    "prefer_server_cipher_suites",
}
_REFUSED_TLS_KEYS = {
    "cert",
    "key",
    "client_ca",
    "cipher_suites",
    "curve_preferences",
    "client_allowed_sans",
}

log = get_logger(__name__)


class WebConfigError(Exception):
    """The file cannot be used; one line per mistake."""


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """How to serve HTTPS."""

    cert_file: Path
    key_file: Path
    client_auth: ssl.VerifyMode = ssl.CERT_NONE
    client_ca_file: Path | None = None
    min_version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2
    max_version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3

    @property
    def files(self) -> tuple[Path, ...]:
        """Files whose change makes a new context."""
        return (self.cert_file, self.key_file, *((self.client_ca_file,) if self.client_ca_file else ()))

    def make_context(self) -> ssl.SSLContext:
        """A server context; ``WebConfigError`` when a file cannot be used."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version, context.maximum_version = self.min_version, self.max_version
        try:
            context.load_cert_chain(self.cert_file, self.key_file)
            if self.client_ca_file is not None:
                context.load_verify_locations(self.client_ca_file)
        except (OSError, ssl.SSLError) as error:
            names = ", ".join(str(path) for path in self.files)
            raise WebConfigError(f"tls_server_config: cannot load {names}: {error}") from error
        context.verify_mode = self.client_auth
        return context


@dataclass(frozen=True, slots=True)
class WebConfig:
    """What the file says."""

    users: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Name -> bcrypt hash; empty: no authentication."""
    tls: TlsSettings | None = None
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Added to every answer."""


def parse_web_config(text: str, folder: Path) -> WebConfig:
    """Read the file's ``text``; relative paths start at ``folder``. ``WebConfigError`` names every mistake."""
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise WebConfigError(f"not YAML: {error}") from error
    if document is None:
        return WebConfig()
    mistakes: list[str] = []
    known = {"tls_server_config", "http_server_config", "basic_auth_users"}
    sections = _mapping(document, "the file", known, mistakes)
    users = _users(sections.get("basic_auth_users"), mistakes)
    tls = _tls(sections.get("tls_server_config"), folder, mistakes)
    headers = _headers(sections.get("http_server_config"), mistakes)
    if mistakes:
        raise WebConfigError("\n".join(mistakes))
    return WebConfig(users=users, tls=tls, headers=headers)


def _mapping(value: Any, where: str, known: set[str] | None, mistakes: list[str]) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        mistakes.append(f"{where}: must be a mapping of names to values")
        return {}
    if known is not None:
        mistakes.extend(f"{where}: unknown key {key!r}" for key in sorted(set(value) - known))
    return value


def _users(value: Any, mistakes: list[str]) -> Mapping[str, str]:
    users = _mapping(value, "basic_auth_users", None, mistakes)
    for name, secret in users.items():
        if not name or ":" in name:
            mistakes.append(f"basic_auth_users: {name!r} is not a user name (empty, or with a colon)")
        elif not _is_bcrypt(secret):
            mistakes.append(
                f"basic_auth_users: the password of {name!r} is not a bcrypt hash (htpasswd -nBC 10 {name})"
            )
    return MappingProxyType(dict(users))


def _is_bcrypt(secret: Any) -> bool:
    if not isinstance(secret, str) or len(secret) != 60 or not secret.isascii():
        return False
    return secret[:4] in {"$2a$", "$2b$", "$2y$"} and secret[4:6].isdecimal() and 4 <= int(secret[4:6]) <= 31


def _tls(value: Any, folder: Path, mistakes: list[str]) -> TlsSettings | None:
    where = "tls_server_config"
    settings = _mapping(value, where, _TLS_KEYS | _REFUSED_TLS_KEYS, mistakes)
    if not settings:
        return None
    mistakes.extend(f"{where}: {key} is not supported here" for key in sorted(set(settings) & _REFUSED_TLS_KEYS))
    paths: dict[str, Path | None] = {}
    for key in ("cert_file", "key_file", "client_ca_file"):
        name = settings.get(key)
        paths[key] = folder / name if isinstance(name, str) and name else None
        if name is not None and not isinstance(name, str):
            mistakes.append(f"{where}: {key} must be a path")
    cert_file, key_file = paths["cert_file"], paths["key_file"]
    auth = settings.get("client_auth_type", "")
    if auth not in _CLIENT_AUTH:
        mistakes.append(f"{where}: client_auth_type must be one of {', '.join(filter(None, _CLIENT_AUTH))}")
    elif _CLIENT_AUTH[auth] is not ssl.CERT_NONE and paths["client_ca_file"] is None:
        mistakes.append(f"{where}: client_auth_type {auth} needs client_ca_file")
    minimum = _version(settings.get("min_version", "TLS12"), "min_version", mistakes)
    maximum = _version(settings.get("max_version", "TLS13"), "max_version", mistakes)
    if minimum > maximum:
        mistakes.append(f"{where}: min_version is above max_version")
    if cert_file is None or key_file is None:
        mistakes.append(f"{where}: both cert_file and key_file are needed")
        return None
    return TlsSettings(
        cert_file=cert_file,
        key_file=key_file,
        client_auth=_CLIENT_AUTH.get(auth, ssl.CERT_REQUIRED),
        client_ca_file=paths["client_ca_file"],
        min_version=minimum,
        max_version=maximum,
    )


def _version(name: Any, key: str, mistakes: list[str]) -> ssl.TLSVersion:
    if name in _OLD_VERSIONS:
        mistakes.append(f"tls_server_config: {key} {name} is refused: it is broken; use TLS12 or TLS13")
    elif name not in _VERSIONS:
        mistakes.append(f"tls_server_config: {key} must be TLS12 or TLS13")
    else:
        return _VERSIONS[name]
    return ssl.TLSVersion.TLSv1_2 if key == "min_version" else ssl.TLSVersion.TLSv1_3


def _headers(value: Any, mistakes: list[str]) -> Mapping[str, str]:
    where = "http_server_config"
    settings = _mapping(value, where, {"http2", "headers"}, mistakes)
    if not isinstance(settings.get("http2", True), bool):
        mistakes.append(f"{where}: http2 must be true or false")
    headers = _mapping(settings.get("headers"), f"{where}.headers", _HEADERS, mistakes)
    for name, text in headers.items():
        if not isinstance(text, str) or not text.isprintable():
            mistakes.append(f"{where}.headers: {name} must be one line of text")
    return MappingProxyType(dict(headers))


class WebConfigFile:
    """The file as it is now: read again when it or a certificate changed; a bad new version keeps the last good one."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._looked_at = float("-inf")
        self._stamp: tuple[object, ...] = ()
        self._config = WebConfig()
        self._context: ssl.SSLContext | None = None
        if path is not None:
            self._config, self._context = self._read()
            self._stamp = self._stat()

    @property
    def tls(self) -> ssl.SSLContext | None:
        """The server context now, ``None`` when the file asks for no TLS."""
        self._refresh()
        return self._context

    def current(self) -> WebConfig:
        """What the file says now."""
        self._refresh()
        return self._config

    def make_listener_context(self) -> ssl.SSLContext | None:
        """A context for the listener that hands each new connection to the context of the moment."""
        if self._config.tls is None:
            return None
        listener = self._config.tls.make_context()

        def use_current(connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
            if (current := self.tls) is not None:
                connection.context = current

        listener.sni_callback = use_current
        return listener

    def _read(self) -> tuple[WebConfig, ssl.SSLContext | None]:
        assert self._path is not None  # noqa: S101  only called with a path
        try:
            text = self._path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise WebConfigError(f"cannot read {self._path}: {error}") from error
        config = parse_web_config(text, self._path.parent)
        return config, config.tls.make_context() if config.tls is not None else None

    def _stat(self) -> tuple[object, ...]:
        paths = (self._path, *(self._config.tls.files if self._config.tls is not None else ()))
        stamps: list[object] = []
        for path in paths:
            try:
                status = path.stat() if path is not None else None
            except OSError:
                status = None
            stamps.append((path, status and (status.st_mtime_ns, status.st_size, status.st_ino)))
        return tuple(stamps)

    def _refresh(self) -> None:
        if self._path is None or clock.monotonic() - self._looked_at < CHECK_SECONDS:
            return
        self._looked_at = clock.monotonic()
        stamp = self._stat()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            config, context = self._read()
        except WebConfigError as error:
            log.warning("web config refused, the last good one stays", file=str(self._path), error=str(error))
            return
        if (config.tls is None) != (self._config.tls is None):
            log.warning("web config refused: TLS cannot be switched on or off while running", file=str(self._path))
            return
        self._config, self._context = config, context
        self._stamp = self._stat()
        log.info("web config read again", file=str(self._path))
