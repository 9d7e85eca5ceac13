"""Certificates and keys as PEM: read, checked against each other, and made."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from clawband.model.certificate import Facts
from clawband.model.errors import InputError, UnavailableError
from clawband.ports.doors import Shown

SKEW = timedelta(minutes=5)
"""How far behind the clock of who looks at it may be."""
LONGEST = 32_768
"""Bytes of a chain, and of a key: both are given to TLS by a pipe, which holds 64 KiB."""
CLIENT, SERVER = ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH
Extensions = Sequence[tuple[x509.ExtensionType, bool]]
"""Each with whether it is critical."""


class PemPapers:
    """Implements `ports.certificates.Papers`."""

    def facts(self, shown: Shown, now: datetime) -> Facts:
        if max(len(shown.chain), len(shown.key)) > LONGEST:
            raise InputError(
                f"a certificate with what leads to its authority has more than {LONGEST} bytes",
                remedy="leave out what clients have: the root, and other authorities",
            )
        certificate = first(shown.chain)
        try:
            key = serialization.load_pem_private_key(shown.key, None)
        except (ValueError, TypeError) as error:
            raise InputError(
                "the key of a certificate cannot be read", remedy="give it as PEM, not encrypted"
            ) from error
        if key.public_key() != certificate.public_key():
            raise InputError(
                "the key is not that of the certificate", remedy="give the two that belong together"
            )
        begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        if not begin <= now < end:
            raise InputError(
                f"the certificate is good from {begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC, "
                "not now",
                remedy="renew it, and look at this machine's clock",
            )
        return facts(certificate)

    def certified(self, chain: str) -> Facts:
        return facts(first(chain.encode()))

    def files(self, chain: str, key: str) -> Shown:
        try:
            if Path(key).stat().st_mode & 0o077:
                raise UnavailableError(
                    f"the key file `{Path(key).name}` can be read by other users",
                    remedy="find out who read it, replace the key, and set its mode to 0600",
                )
            return Shown(Path(chain).read_bytes(), Path(key).read_bytes())
        except OSError as error:
            raise UnavailableError(
                f"`{Path(chain).name}` or its key cannot be read: {error.strerror}",
                remedy="correct `chain_file` and `key_file` in `clawband.toml`",
            ) from error


def first(chain: bytes) -> x509.Certificate:
    """Raises `InputError`."""
    try:
        return x509.load_pem_x509_certificates(chain)[0]
    except (ValueError, TypeError) as error:
        raise InputError("a certificate cannot be read", remedy="give it as PEM") from error


def facts(certificate: x509.Certificate) -> Facts:
    """What people are told of it."""
    try:
        named = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = tuple(str(each.value) for each in named)
    except x509.ExtensionNotFound:
        names = ()
    return Facts(
        serial=f"{certificate.serial_number:x}",
        names=names,
        made=certificate.not_valid_before_utc,
        until=certificate.not_valid_after_utc,
    )


def fresh() -> ec.EllipticCurvePrivateKey:
    """P-256, which every client takes."""
    return ec.generate_private_key(ec.SECP256R1())


def private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def public(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def general(name: str) -> x509.GeneralName:
    """A host or an address."""
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def called(name: str) -> x509.Name:
    """RFC 5280 has 64 characters for a common name; what counts are the alternative ones."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])


def request(
    key: ec.EllipticCurvePrivateKey, names: Sequence[str]
) -> x509.CertificateSigningRequest:
    """PKCS #10."""
    alternative = x509.SubjectAlternativeName([general(each) for each in names])
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return builder.add_extension(alternative, False).sign(key, hashes.SHA256())


def signed(
    subject: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    by: tuple[ec.EllipticCurvePrivateKey, x509.Name],
    *,
    now: datetime,
    until: datetime,
    extensions: Extensions,
) -> x509.Certificate:
    """With the identifiers of both keys; `extensions` says the rest."""
    key, issuer = by
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SKEW)
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), False)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(key, hashes.SHA256())


def usage(*, signs: bool) -> x509.KeyUsage:
    """Either for signing certificates or for TLS."""
    return x509.KeyUsage(
        digital_signature=not signs, key_cert_sign=signs, crl_sign=signs,
        content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
