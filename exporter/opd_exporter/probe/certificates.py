"""What a certificate says: its end, its names, and where its issuer can be fetched."""

from __future__ import annotations

import hashlib
import sys
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

if TYPE_CHECKING:
    import ssl

MAX_NAME: Final = 120
MAX_BUNDLE: Final = 8
_DER: Final = 2
"""``_ssl.ENCODING_DER``; the name is private before Python 3.13."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """The facts of one certificate."""

    not_after: float | None
    """Unix seconds; ``None`` when the certificate cannot be read."""
    subject: str = ""
    issuer: str = ""
    organization: str = ""
    """Organization of the issuer."""
    self_issued: bool = False
    issuer_urls: tuple[str, ...] = ()
    """Where the authority says its own certificate can be fetched (AIA)."""


MAX_KNOWN: Final = 32_768
"""Certificates whose facts are kept: parsing one takes as long as much of a probe."""
_known: dict[bytes, Certificate] = {}


def read_certificate(der: bytes) -> Certificate:
    """Read a certificate; one that cannot be read has no facts, and is no error."""
    digest = hashlib.sha256(der).digest()
    found = _known.get(digest)
    if found is None:
        if len(_known) >= MAX_KNOWN:
            del _known[next(iter(_known))]
        found = _known[digest] = _read(der)
    return found


def _read(der: bytes) -> Certificate:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd serial numbers and the like are the site's business
            found = x509.load_der_x509_certificate(der)
            return Certificate(
                found.not_valid_after_utc.timestamp(),
                _name(found.subject, NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME),
                _name(found.issuer, NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME),
                _name(found.issuer, NameOID.ORGANIZATION_NAME),
                found.subject == found.issuer,
                _issuer_urls(found),
            )
    except (ValueError, TypeError, OverflowError):
        return Certificate(None)


def _name(name: x509.Name, *kinds: x509.ObjectIdentifier) -> str:
    for kind in kinds:
        for attribute in name.get_attributes_for_oid(kind):
            text = "".join(letter for letter in str(attribute.value) if letter.isprintable())
            if text:
                return sys.intern(text[:MAX_NAME])
    return ""


def _issuer_urls(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return ()
    return tuple(
        description.access_location.value
        for description in access
        if description.access_method == AuthorityInformationAccessOID.CA_ISSUERS
        and isinstance(description.access_location, x509.UniformResourceIdentifier)
    )[:2]


def read_bundle(data: bytes) -> list[bytes]:
    """The certificates in a fetched file, in DER: one certificate in DER or PEM, or a PKCS #7 bundle."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if data.lstrip().startswith(b"-----BEGIN CERTIFICATE"):
                found = x509.load_pem_x509_certificates(data)
            elif data.lstrip().startswith(b"-----BEGIN"):
                found = pkcs7.load_pem_pkcs7_certificates(data)
            else:
                try:
                    found = [x509.load_der_x509_certificate(data)]
                except ValueError:
                    found = pkcs7.load_der_pkcs7_certificates(data)
            return [certificate.public_bytes(Encoding.DER) for certificate in found[:MAX_BUNDLE]]
    except (ValueError, TypeError):
        return []


def leaf_of(connection: ssl.SSLObject | None) -> bytes | None:
    """The server's own certificate in DER, verified or not."""
    return connection.getpeercert(binary_form=True) if connection is not None else None


def sent_chain(connection: ssl.SSLObject) -> list[bytes]:
    """Every certificate that the server sent, in DER; empty where Python cannot say."""
    return _chain(connection, "get_unverified_chain")


def verified_chain(connection: ssl.SSLObject) -> list[bytes]:
    """The path that verified, leaf to root, in DER; empty where Python cannot say."""
    return _chain(connection, "get_verified_chain")


def _chain(connection: Any, method: str) -> list[bytes]:
    # Public since Python 3.13, where it returns bytes; before, only on the inner object.
    read = getattr(connection, method, None) or getattr(getattr(connection, "_sslobj", None), method, None)
    if read is None:
        return []
    chain = read() or []
    return [item if isinstance(item, bytes) else item.public_bytes(_DER) for item in chain]
