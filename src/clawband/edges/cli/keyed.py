"""The folder of a gateway's certificate: its key, which never leaves it, and what was signed."""

from collections.abc import Mapping
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
    key, request = fresh()
    write_private(folder / KEY, key)
    (folder / REQUEST).write_text(request, encoding="ascii")


def fresh() -> tuple[str, str]:
    """A P-256 key and a request for it, as PEM. The name is said by who signs."""
    key = ec.generate_private_key(ec.SECP256R1())
    asked = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    plain = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    request = asked.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    return plain.decode(), request.decode()


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
