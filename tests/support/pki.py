"""Certificates of every kind that a department's server may show, from a test authority."""

from __future__ import annotations

import ipaddress
import ssl
import tempfile
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
NEW_KEY = object()


def name(common: str) -> x509.Name:
    """A distinguished name."""
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Zoo"), x509.NameAttribute(NameOID.COMMON_NAME, common)]
    )


def new_key(bits: int | None = None) -> Key:
    """An EC key, or an RSA key of ``bits``."""
    return rsa.generate_private_key(65537, bits) if bits else ec.generate_private_key(ec.SECP256R1())


def issue(
    subject: x509.Name,
    key: Key,
    issuer: x509.Name,
    issuer_key: Key,
    *,
    hosts: tuple[str, ...] = (),
    days: tuple[float, float] = (-1, 365),
    authority: bool = False,
    issuer_url: str = "",
) -> x509.Certificate:
    """One certificate, valid from ``days[0]`` to ``days[1]`` from now."""
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if hosts:
        names = [_general(host) for host in hosts]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    if issuer_url:
        where = x509.UniformResourceIdentifier(issuer_url)
        access = x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, where)
        builder = builder.add_extension(x509.AuthorityInformationAccess([access]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _general(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


class Pki:
    """A root, an intermediate, and servers below them.

    ``ca_file`` holds the root that a probe must trust; ``issuer_url`` is where the intermediate can be fetched.
    """

    def __init__(self, issuer_url: str = "") -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="zoo-pki-"))
        self.issuer_url = issuer_url
        self.root_name, self.root_key = name("Root Zoo Test"), new_key()
        self.root = issue(
            self.root_name, self.root_key, self.root_name, self.root_key, authority=True, days=(-10, 3650)
        )
        self.link_name, self.link_key = name("Tengah"), new_key()
        self.link = issue(self.link_name, self.link_key, self.root_name, self.root_key, authority=True)
        self.ca_file = self.directory / "root.pem"
        self.ca_file.write_bytes(self.root.public_bytes(Encoding.PEM))
        self._count = 0

    @property
    def link_der(self) -> bytes:
        """The intermediate as an authority serves it."""
        return self.link.public_bytes(Encoding.DER)

    def server(self, flavour: str, host: str) -> ssl.SSLContext:
        """A server context for ``host`` that shows a certificate of ``flavour``."""
        certificates, key = getattr(self, "_" + flavour)(host)
        self._count += 1
        path = self.directory / f"{self._count}.pem"
        path.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            + b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if flavour in {"small_key", "tls_1_0", "old_cipher"}:
            context.set_ciphers("AES128-SHA" if flavour == "old_cipher" else "ALL:@SECLEVEL=0")
        if flavour == "old_cipher":
            context.maximum_version = ssl.TLSVersion.TLSv1_2
        if flavour == "tls_1_0":
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
        if flavour == "tls_1_2":
            context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(path)
        if flavour == "asks_client":
            context.load_verify_locations(self.ca_file)
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def _leaf(self, host: str, *, bits: int | None = None, **options: object) -> tuple[list[x509.Certificate], Key]:
        key = new_key(bits)
        certificate = issue(name(host), key, self.link_name, self.link_key, hosts=(host,), **options)  # type: ignore[arg-type]
        return [certificate, self.link], key

    def _good(self, host: str) -> tuple[list[x509.Certificate], Key]:
        return self._leaf(host)

    _tls_1_2 = _asks_client = _good

    def _expired(self, host: str) -> tuple[list[x509.Certificate], Key]:
        return self._leaf(host, days=(-90, -3))

    def _expired_alone(self, host: str) -> tuple[list[x509.Certificate], Key]:
        certificates, key = self._leaf(host, days=(-90, -3))
        return certificates[:1], key

    def _future(self, host: str) -> tuple[list[x509.Certificate], Key]:
        return self._leaf(host, days=(3, 90))

    def _hostname(self, host: str) -> tuple[list[x509.Certificate], Key]:
        return self._leaf("lain.zoo.test")

    def _self_signed(self, host: str) -> tuple[list[x509.Certificate], Key]:
        key = new_key()
        return [issue(name(host), key, name(host), key, hosts=(host,))], key

    def _stranger(self, host: str, *, send_root: bool = False) -> tuple[list[x509.Certificate], Key]:
        key, root_key, root_name = new_key(), new_key(), name("Penerbit Asing")
        root = issue(root_name, root_key, root_name, root_key, authority=True)
        leaf = issue(name(host), key, root_name, root_key, hosts=(host,))
        return [leaf, root] if send_root else [leaf], key

    def _stranger_with_root(self, host: str) -> tuple[list[x509.Certificate], Key]:
        return self._stranger(host, send_root=True)

    def _family(self, host: str) -> tuple[list[x509.Certificate], Key]:
        """By an intermediate that is neither sent nor named, but bears the root's name."""
        key, link_key, link_name = new_key(), new_key(), name("Root Zoo Cabang")
        return [issue(name(host), key, link_name, link_key, hosts=(host,))], key

    def _aia(self, host: str) -> tuple[list[x509.Certificate], Key]:
        certificates, key = self._leaf(host, issuer_url=self.issuer_url)
        return certificates[:1], key

    def _aia_hostname(self, host: str) -> tuple[list[x509.Certificate], Key]:
        certificates, key = self._leaf("lain.zoo.test", issuer_url=self.issuer_url)
        return certificates[:1], key

    def _aia_gone(self, host: str) -> tuple[list[x509.Certificate], Key]:
        """By an intermediate of its own: what another site taught the probe must not help."""
        key, link_key, link_name = new_key(), new_key(), name("Tengah Hilang")
        gone = self.issuer_url + "/gone"
        return [issue(name(host), key, link_name, link_key, hosts=(host,), issuer_url=gone)], key

    def _expired_link(self, host: str) -> tuple[list[x509.Certificate], Key]:
        """The intermediate that is sent has expired; the authority's address has the renewed one."""
        certificates, key = self._leaf(host, issuer_url=self.issuer_url)
        old = issue(self.link_name, self.link_key, self.root_name, self.root_key, authority=True, days=(-90, -3))
        return [certificates[0], old], key

    def _expired_extra(self, host: str) -> tuple[list[x509.Certificate], Key]:
        """A good chain, and behind it the root as an older root had signed it, which has expired."""
        certificates, key = self._leaf(host)
        old_key, old_name = new_key(), name("Root Lama")
        cross = issue(self.root_name, self.root_key, old_name, old_key, authority=True, days=(-900, -30))
        old = issue(old_name, old_key, old_name, old_key, authority=True, days=(-900, -30))
        return [*certificates, cross, old], key

    def _small_key(self, host: str) -> tuple[list[x509.Certificate], Key]:
        return self._leaf(host, bits=1024)

    def _old_cipher(self, host: str) -> tuple[list[x509.Certificate], Key]:
        return self._leaf(host, bits=2048)

    _tls_1_0 = _old_cipher
