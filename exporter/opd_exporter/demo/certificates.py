"""The demo's own certificate authority, and every kind of certificate that goes wrong in the field."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

if TYPE_CHECKING:
    from pathlib import Path

    Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class Flavour(StrEnum):
    """What kind of certificate a site shows."""

    VALID = "valid"
    EXPIRING = "expiring"
    """Valid for five more days."""
    EXPIRED = "expired"
    HOSTNAME = "hostname"
    """Issued for another host."""
    UNTRUSTED = "untrusted"
    """Signed by itself."""
    CHAIN = "chain"
    """Its intermediate is neither sent nor named: no browser can repair it."""
    INCOMPLETE = "incomplete"
    """Its intermediate is not sent, but the certificate names the address to fetch it from."""
    SMALL_KEY = "small_key"
    """1024-bit RSA: browsers reach it, OpenSSL's defaults refuse it."""


_LIFETIMES = {Flavour.EXPIRED: (-400, -35), Flavour.EXPIRING: (-85, 5)}
DEFAULT_LIFETIME = (-30, 120)
"""Days from now at which a healthy certificate begins and ends."""


class Authority:
    """Issues the demo's certificates into ``directory``.

    ``issuer_url`` is put into certificates whose intermediate is not sent.
    """

    def __init__(self, directory: Path, *, now: datetime | None = None) -> None:
        """Make the root and one intermediate; ``now`` (aware) defaults to the machine's clock."""
        self._directory = directory
        self._now = now or datetime.now(UTC)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._leaf_key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("OPD Exporter Demo Root CA")
        self._root = self._build(self._name, self._name, self._key, self._key, authority=True)
        self._middle_key = ec.generate_private_key(ec.SECP256R1())
        self._middle_name = _name("OPD Exporter Demo Intermediate CA")
        self._middle = self._build(self._middle_name, self._name, self._middle_key, self._key, authority=True)
        self._lost_name, self._lost_key = _name("OPD Exporter Demo Lost CA"), ec.generate_private_key(ec.SECP256R1())
        self.ca_file = directory / "ca.pem"
        """The root, in PEM: what a visitor must trust."""
        self.ca_file.write_bytes(self._root.public_bytes(Encoding.PEM))

    @property
    def intermediate_der(self) -> bytes:
        """The intermediate, as served at ``issuer_url``."""
        return self._middle.public_bytes(Encoding.DER)

    def context(self, host: str, flavour: Flavour, *, issuer_url: str = "") -> ssl.SSLContext:
        """A server context for ``host`` (address or name) that shows a certificate of ``flavour``."""
        certificate, key = self._issue(host, flavour, issuer_url)
        path = self._directory / f"{host}-{flavour}.pem".replace(":", "_")
        path.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            + certificate.public_bytes(Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if flavour is Flavour.SMALL_KEY:
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.load_cert_chain(path)
        return context

    def _issue(self, host: str, flavour: Flavour, issuer_url: str) -> tuple[x509.Certificate, Key]:
        shown = "lain.contoh.example" if flavour is Flavour.HOSTNAME else host
        key: Key = self._leaf_key
        issuer, issuer_key = self._name, self._key
        if flavour is Flavour.SMALL_KEY:
            key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
        if flavour is Flavour.UNTRUSTED:
            issuer, issuer_key = _name(shown), self._leaf_key
        if flavour is Flavour.INCOMPLETE:
            issuer, issuer_key = self._middle_name, self._middle_key
        if flavour is Flavour.CHAIN:
            # Another intermediate, that nobody can have met elsewhere: browsers remember those that they have seen.
            issuer, issuer_key = self._lost_name, self._lost_key
        certificate = self._build(
            _name(shown),
            issuer,
            key,
            issuer_key,
            host=shown,
            lifetime=_LIFETIMES.get(flavour, DEFAULT_LIFETIME),
            issuer_url=issuer_url if flavour is Flavour.INCOMPLETE else "",
        )
        return certificate, key

    def _build(
        self,
        subject: x509.Name,
        issuer: x509.Name,
        key: Key,
        issuer_key: ec.EllipticCurvePrivateKey,
        *,
        authority: bool = False,
        host: str = "",
        lifetime: tuple[int, int] = (-30, 3650),
        issuer_url: str = "",
    ) -> x509.Certificate:
        begin, end = lifetime
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._now + timedelta(days=begin))
            .not_valid_after(self._now + timedelta(days=end))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        )
        if authority:
            builder = builder.add_extension(_KEY_USAGE_OF_AUTHORITY, critical=True)
        if host:
            builder = builder.add_extension(x509.SubjectAlternativeName([_general_name(host)]), critical=False)
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        if issuer_url:
            where = x509.AccessDescription(
                AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(issuer_url)
            )
            builder = builder.add_extension(x509.AuthorityInformationAccess([where]), critical=False)
        return builder.sign(issuer_key, hashes.SHA256())


_KEY_USAGE_OF_AUTHORITY = x509.KeyUsage(
    digital_signature=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
