"""The store's own certificate authority and the certificate of its loopback server. Made once, then kept."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from azkeep.emulator.names import WILDCARDS
from azkeep.emulator.store_secrets import private_file

CA_YEARS = 10
SERVER_DAYS = 397
RENEW_DAYS = 30
HOSTS = ("localhost", *WILDCARDS)


@dataclass(frozen=True)
class Certificates:
    """Files of the TLS server: the CA that clients trust, and certificate and key in one."""

    ca: Path
    server: Path


def certificates(folder: Path) -> Certificates:
    """The certificates in `folder`; CA made if absent, server certificate made if absent, about to expire or
    without one of the server's names."""
    ca, server = folder / "ca.pem", folder / "server.pem"
    authority = _authority(folder / "ca.key.pem", ca)
    if not server.exists() or _outdated(server):
        server.unlink(missing_ok=True)
        private_file(server, _server(*authority))
    return Certificates(ca=ca, server=server)


def _authority(secret: Path, public: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    if not secret.exists():
        private_file(secret, _new_authority())
    both = secret.read_bytes()
    certificate = x509.load_pem_x509_certificate(both)
    key = serialization.load_pem_private_key(both, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{secret} holds another kind of key")
    if not public.exists():
        private_file(public, certificate.public_bytes(serialization.Encoding.PEM))
    return certificate, key


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _builder(subject: x509.Name, issuer: x509.Name, days: int) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=days))
    )


def _key_usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _new_authority() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "azkeep local cloud CA")])
    certificate = (
        _builder(name, name, CA_YEARS * 365)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(authority=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM) + _pem(key)


def _server(authority: x509.Certificate, authority_key: ec.EllipticCurvePrivateKey) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = [*map(x509.DNSName, HOSTS), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    issuer = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    certificate = (
        _builder(name, authority.subject, SERVER_DAYS)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM) + _pem(key)


def _outdated(path: Path) -> bool:
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    named = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    lacking = set(HOSTS) - set(named.get_values_for_type(x509.DNSName))
    return bool(lacking) or certificate.not_valid_after_utc < datetime.now(UTC) + timedelta(days=RENEW_DAYS)
