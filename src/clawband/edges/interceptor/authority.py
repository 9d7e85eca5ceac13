"""The certificate authority of interception: one key of ours, and a certificate for each host.

Clients trust it only where they are told to (`clawband egress ca`). Its key is in one file that the
server's user alone can read; certificates for hosts live a day and only in memory.
"""

import os
import ssl
from collections import OrderedDict
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from clawband.model.errors import UnavailableError
from clawband.service.contexts import load

FILE = "interception.pem"
YEAR = timedelta(days=365)
DAY = timedelta(days=1)
SKEW = timedelta(minutes=5)
"""How far behind a client's clock may be."""
MOST = 1024
"""Hosts whose certificates are remembered."""
PROTOCOLS = ("http/1.1",)


class Authority:
    """Signs for hosts. Used in one thread."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
        self._key, self._certificate = key, certificate
        # One key for all hosts: none of them ever leaves this process.
        self._own = ec.generate_private_key(ec.SECP256R1())
        self._known: OrderedDict[str, tuple[datetime, ssl.SSLContext]] = OrderedDict()

    @classmethod
    def open(cls, folder: Path, now: datetime | None = None) -> Self:
        """The authority of a folder of keys, made when there is none or its time is nearly over.

        Raises `UnavailableError` for a file that others may read, or that holds something else.
        """
        now = now or datetime.now(UTC)
        path = folder / FILE
        try:
            if not path.exists():
                _write(path, _made(now), over=False)
            key, certificate = _read(path)
            if certificate.not_valid_after_utc - now < 2 * DAY:
                _write(path, _made(now), over=True)
                key, certificate = _read(path)
        except OSError as error:
            raise UnavailableError(
                f"the key file `{FILE}` cannot be used: {error.strerror}",
                remedy="make it readable and its folder writable for this user only",
            ) from error
        return cls(key, certificate)

    @property
    def pem(self) -> str:
        """The authority's certificate, without its key."""
        return self._certificate.public_bytes(serialization.Encoding.PEM).decode()

    def context(self, host: str, now: datetime | None = None) -> ssl.SSLContext:
        """For the client's side of a tunnel to exactly this host."""
        now = now or datetime.now(UTC)
        until, context = self._known.get(host, (now, None))
        if context is None or until - now < DAY / 2:
            until, context = self._context(host, now)
            self._known[host] = until, context
        self._known.move_to_end(host)
        if len(self._known) > MOST:
            self._known.popitem(last=False)
        return context

    def _context(self, host: str, now: datetime) -> tuple[datetime, ssl.SSLContext]:
        until = min(now + DAY, self._certificate.not_valid_after_utc)
        signed = _certificate(
            f"{host} through Clawband"[:64], self._certificate.subject, self._own, now, until
        )
        extensions = (
            (x509.SubjectAlternativeName([_name(host)]), False),
            (x509.BasicConstraints(ca=False, path_length=None), True),
            (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
            (_usage(signs=False), True),
            (x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), False),
        )
        for extension, critical in extensions:
            signed = signed.add_extension(extension, critical)
        leaf = signed.sign(self._key, hashes.SHA256())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(PROTOCOLS)
        load(context, leaf.public_bytes(serialization.Encoding.PEM), _pem(self._own))
        return until, context


def bundled(keys: Path, path: Path) -> str:
    """Write the machine's authorities and ours to a file, for clients that read one file; its path.

    Without a file of the machine's own it is empty: a client that trusts only us reaches nothing
    else. Raises `UnavailableError` like `Authority.open`.
    """
    usual = ssl.get_default_verify_paths().cafile
    if not usual:
        return ""
    _write(path, Path(usual).read_bytes() + b"\n" + Authority.open(keys).pem.encode(), over=True)
    return str(path.resolve())


def trusting(extra: str = "") -> ssl.SSLContext:
    """For the upstream's side: the machine's authorities, and those in the file `extra`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(PROTOCOLS)
    context.load_default_certs()
    if extra:
        try:
            context.load_verify_locations(cafile=extra)
        except OSError as error:
            raise UnavailableError(
                f"the authorities in `{extra}` cannot be read: {error.strerror or error}",
                remedy="correct `authorities` in `clawband.toml`",
            ) from error
    return context


def _made(now: datetime) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    serial = os.urandom(4).hex()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Clawband interception {serial}")])
    made = _certificate("", name, key, now, now + YEAR).subject_name(name)
    extensions = (
        (x509.BasicConstraints(ca=True, path_length=0), True),
        (_usage(signs=True), True),
    )
    for extension, critical in extensions:
        made = made.add_extension(extension, critical)
    certificate = made.sign(key, hashes.SHA256())
    return _pem(key) + certificate.public_bytes(serialization.Encoding.PEM)


def _certificate(
    common: str,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    now: datetime,
    until: datetime,
) -> x509.CertificateBuilder:
    """What every certificate has; without a `common` name its subject is still to be said."""
    builder = (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SKEW)
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    )
    if not common:
        return builder
    return builder.subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)]))


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs, key_cert_sign=signs, crl_sign=signs,
        content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _read(path: Path) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    if path.stat().st_mode & 0o077:
        raise UnavailableError(
            f"the key file `{FILE}` can be read by other users",
            remedy="find out who read it, remove it, and make clients trust the new authority",
        )
    data = path.read_bytes()
    try:
        key = serialization.load_pem_private_key(data, None)
        certificate = x509.load_pem_x509_certificate(data)
    except ValueError as error:
        raise _other() from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise _other()
    if certificate.public_key() != key.public_key():
        raise _other()
    return key, certificate


def _other() -> UnavailableError:
    return UnavailableError(
        f"the key file `{FILE}` holds no authority of ours",
        remedy="remove it, and make clients trust the new one",
    )


def _write(path: Path, data: bytes, *, over: bool) -> None:
    """Whole or not there; without `over`, never in the place of one made in the same instant."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if over:
        os.replace(temporary, path)
        return
    with suppress(FileExistsError):
        os.link(temporary, path)
    temporary.unlink()
