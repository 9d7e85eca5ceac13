"""The connection to a provider: only to whom its certificate names."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from clawband.edges.models.upstream import Address, Upstream
from clawband.model.errors import UnavailableError
from tests.simulators.small import story

NOW = datetime.now(UTC)


def certified(folder: Path, address: str, days: int) -> tuple[Path, ssl.SSLContext]:
    """A certificate that vouches for itself, and what serves with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a provider")])
    named = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=30))
        .not_valid_after(NOW + timedelta(days=days))
        .add_extension(named, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "cert.pem", folder / "key.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    return pem, context


async def asked(context: ssl.SSLContext) -> tuple[int, list[bytes]]:
    """The status of a question to such a server, and what it read. 0 for no answer."""
    read: list[bytes] = []

    async def serve(reader, writer):
        read.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
        await writer.drain()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    upstream = Upstream(Address.parse(f"https://127.0.0.1:{port}/v1"), lambda: "sk-1")
    try:
        answer = await upstream.send("GET", "/models", b"")
        assert await answer.whole() == b"ok"
        answer.close()
        return answer.status, read
    except UnavailableError:
        return 0, read
    finally:
        upstream.close()
        server.close()


@pytest.mark.parametrize(
    ("address", "days", "trusted", "status"),
    [
        ("127.0.0.1", 30, True, 200),
        ("127.0.0.1", 30, False, 0),
        ("127.0.0.2", 30, True, 0),
        ("127.0.0.1", -1, True, 0),
    ],
)
def test_only_a_certificate_that_names_it_is_believed(
    tmp_path, monkeypatch, address, days, trusted, status
):
    pem, context = certified(tmp_path, address, days)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))

    @story
    async def told():
        got, read = await asked(context)
        assert got == status
        assert bool(read) is (status == 200)

    told()
