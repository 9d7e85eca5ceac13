"""The folder of a gateway's certificate: its key, which never leaves it, and what was signed."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from clawband.edges.cli.place import write_private
from clawband.model.errors import ConflictError, InputError

KEY, REQUEST, CHAIN, TRUST = "gateway.key", "request.pem", "gateway.pem", "clawband.pem"


def made(folder: Path) -> None:
    """A fresh key and its request. Raises `ConflictError` where there is a key."""
    if (folder / KEY).exists():
        raise ConflictError(
            f"there is a key in `{folder}`",
            remedy="name another folder, or send the request that is beside it",
        )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    plain = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    write_private(folder / KEY, plain.decode())
    (folder / REQUEST).write_text(_request(key), encoding="ascii")


def again(folder: Path) -> str:
    """Another request for the key that is there: so only one file is replaced later, and a crash
    leaves no key without its certificate. Raises `InputError`."""
    try:
        key = serialization.load_pem_private_key((folder / KEY).read_bytes(), None)
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return _request(key)
    except (OSError, ValueError, TypeError):
        pass
    raise InputError(
        f"there is no key of ours in `{folder}`",
        remedy="make one with `clawband certificate request`",
    )


def due(folder: Path, now: datetime) -> bool:
    """Whether two thirds of the life of the certificate are over. Raises `InputError`."""
    try:
        found = x509.load_pem_x509_certificate((folder / CHAIN).read_bytes())
    except (OSError, ValueError) as error:
        raise InputError(
            f"there is no certificate in `{folder}`",
            remedy="have one issued with `clawband certificate issue`",
        ) from error
    made, until = found.not_valid_before_utc, found.not_valid_after_utc
    return now - made >= (until - made) * 2 / 3


def _request(key: ec.EllipticCurvePrivateKey) -> str:
    """As PEM. The name is said by who signs."""
    asked = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    signed = asked.sign(key, hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM).decode()


def put(folder: Path, told: Mapping[str, str]) -> None:
    """What was signed, and the root to trust."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, key in ((CHAIN, "chain"), (TRUST, "trust")):
        write_private(folder / name, told[key])


def text(path: Path) -> str:
    """Raises `InputError`."""
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"`{path}` cannot be read: {type(error).__name__}", remedy="give a file in PEM"
        ) from error
