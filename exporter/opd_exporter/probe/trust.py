"""One TLS context per setting, and what a failed handshake means.

Creating a context reads the system's authorities and costs 17 ms: every handshake of the program shares these three.

========== =========================================== =======================================================
context    accepts                                     used
========== =========================================== =======================================================
modern     verified, OpenSSL's and Python's defaults   first, always
legacy     verified, what browsers still speak         when the modern handshake fails for age
blind      any certificate                             to read facts and content without trust
========== =========================================== =======================================================

Browsers refuse TLS 1.0 and 1.1, SHA-1 signatures and RSA keys under 1024 bits, and so do all three (the blind one
accepts old signatures, because it trusts nothing). They accept RSA key exchange, 1024-bit keys and servers without
secure renegotiation: that is what ``legacy`` adds.
"""

from __future__ import annotations

import ssl
from functools import cached_property
from typing import TYPE_CHECKING, Final

from opd_exporter.models import Reason
from opd_exporter.probe.certificates import read_certificate, sent_chain, verified_chain
from opd_exporter.probe.failures import Failure

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_LENT: Final = 512
"""Intermediates kept for all sites together."""

_MODERN_CIPHERS: Final = "@SECLEVEL=2:ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES:DHE+AES:!aNULL:!eNULL:!aDSS:!SHA1:!AESCCM"
"""What CPython sets by itself since 3.10, unless a distribution leaves the choice to OpenSSL."""
_LEGACY_SERVER_CONNECT: Final = 0x4
"""``ssl.OP_LEGACY_SERVER_CONNECT``, which has a name only since Python 3.12."""
_X509_EXPIRED: Final = 10
_X509_NO_ISSUER: Final = frozenset({2, 20, 21})
_X509_HOSTNAME: Final = frozenset({62, 63, 64})
_X509_WEAK_KEY: Final = frozenset({66, 67})

_NOT_TLS: Final = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE"})


class Trust:
    """The contexts of one trust setting.

    Args:
        ca_file: Extra authorities in PEM, trusted beside the system's.

    Raises:
        OSError: The file cannot be read.
        ssl.SSLError: It holds no certificate.
    """

    def __init__(self, ca_file: str | None = None) -> None:
        self.ca_file = ca_file
        self.modern = _verified(ca_file)
        self.blind = _plain(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        self.blind.check_hostname = False
        self.blind.verify_mode = ssl.CERT_NONE
        self.blind.options |= _LEGACY_SERVER_CONNECT
        self.blind.set_ciphers("DEFAULT:!eNULL:@SECLEVEL=0")

        self._lent: set[bytes] = set()
        self._families: frozenset[str] | None = None

    @cached_property
    def legacy(self) -> ssl.SSLContext:
        """Made when the first server needs it: it holds two megabytes of authorities."""
        context = _verified(self.ca_file, legacy=True)
        for der in self._lent:
            context.load_verify_locations(cadata=der)
        return context

    def lend(self, certificates: Sequence[bytes]) -> None:
        """Let the verified contexts use more links (DER). They are no anchors: a path must still end in a root."""
        fresh = [der for der in certificates if der not in self._lent]
        if len(self._lent) + len(fresh) > MAX_LENT:
            return
        self._lent.update(fresh)
        # The legacy context, when there is none yet, takes all of them when it is made.
        contexts = [self.modern, *([self.legacy] if "legacy" in self.__dict__ else [])]
        for context in contexts:
            for der in fresh:
                context.load_verify_locations(cadata=der)

    def trial(self, certificates: Sequence[bytes], *, legacy: bool) -> ssl.SSLContext:
        """A context of its own that may use ``certificates`` (DER) as links; takes 17 ms."""
        context = _verified(self.ca_file, legacy=legacy)
        for der in certificates:
            context.load_verify_locations(cadata=der)
        return context

    def has_lent_to(self, connection: ssl.SSLObject | None) -> bool:
        """Whether a verified connection needed a link that the server did not send."""
        if not self._lent or connection is None:
            return False
        missing = self._lent.intersection(verified_chain(connection))
        return bool(missing.difference(sent_chain(connection)))

    def knows_family(self, issuer: str) -> bool:
        """Whether an issuer carries the family name (the first two words) of a trusted root."""
        if self._families is None:
            roots = (read_certificate(der) for der in self.modern.get_ca_certs(binary_form=True))
            self._families = frozenset(family for root in roots if (family := _family(root.subject)))
        return _family(issuer) in self._families


def _family(name: str) -> str:
    words = name.lower().split()
    return " ".join(words[:2]) if len(words) > 2 else ""


def _verified(ca_file: str | None, *, legacy: bool = False) -> ssl.SSLContext:
    context = _plain(ssl.create_default_context())
    if ca_file:
        context.load_verify_locations(cafile=ca_file)
    # Distributions choose other defaults: whether a server is old must not depend on who built Python.
    context.set_ciphers(_MODERN_CIPHERS)
    if legacy:
        context.options |= _LEGACY_SERVER_CONNECT
        context.set_ciphers("DEFAULT:!aNULL:!eNULL:!3DES:!RC4:@SECLEVEL=1")
    return context


def _plain(context: ssl.SSLContext) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    # Newer Pythons add these. Partial chains would turn fetched intermediates into anchors; strictness goes beyond
    # what browsers ask of a certificate.
    context.verify_flags &= ~(ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VERIFY_X509_STRICT)
    return context


def is_weak_key(error: ssl.SSLCertVerificationError) -> bool:
    """Whether only the size of a key was refused: browsers are less strict."""
    return error.verify_code in _X509_WEAK_KEY


def may_lack_intermediate(error: ssl.SSLCertVerificationError) -> bool:
    """Whether another intermediate certificate could repair the chain: an issuer is missing, or a link has expired."""
    return error.verify_code in _X509_NO_ISSUER or error.verify_code == _X509_EXPIRED


def is_missing_issuer(error: ssl.SSLCertVerificationError) -> bool:
    """Whether the path ended without an issuer."""
    return error.verify_code in _X509_NO_ISSUER


def trust_reason(error: ssl.SSLCertVerificationError) -> Reason:
    """Why a browser would refuse the certificate; a missing issuer counts as untrusted until the chain is looked at."""
    if error.verify_code == _X509_EXPIRED:
        return Reason.TLS_EXPIRED
    if error.verify_code in _X509_HOSTNAME:
        return Reason.TLS_HOSTNAME
    return Reason.TLS_UNTRUSTED


def is_age(error: OSError) -> bool:
    """Whether a failed handshake may succeed with what browsers still speak."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return is_weak_key(error)
    if isinstance(error, ssl.SSLError):
        return error.reason not in _NOT_TLS and not _is_alpn(error)
    # Some old servers drop the connection when they meet a greeting they do not know.
    return isinstance(error, ConnectionResetError)


def _is_alpn(error: ssl.SSLError) -> bool:
    # Python has no mnemonic for this alert; OpenSSL's own words are in the message.
    return "no application protocol" in str(error).lower().replace("_", " ")


def handshake_failure(error: OSError) -> Failure:
    """The reason of a handshake that failed for something else than trust."""
    if isinstance(error, ssl.SSLError):
        text = (error.reason or type(error).__name__).lower()
        if _is_alpn(error):
            return Failure(Reason.HTTP_PROTOCOL, "the server speaks no HTTP/1.1")
        return Failure(Reason.TLS_HANDSHAKE, f"TLS handshake: {text}")
    if isinstance(error, ConnectionAbortedError | TimeoutError):
        return Failure(Reason.TIMEOUT, "the TLS handshake did not end")
    if isinstance(error, ConnectionResetError) and error.errno is None:
        # asyncio's word for an end of stream inside the handshake; a real reset has a number.
        return Failure(Reason.TLS_HANDSHAKE, "the server closed the connection in the TLS handshake")
    return Failure(Reason.CONNECT_RESET, "connection reset in the TLS handshake")
