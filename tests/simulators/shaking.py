"""A TLS handshake between two contexts, in memory: what each side says of it."""

import ssl
from pathlib import Path

from clawband.ports.doors import Shown


def server(shown: Shown, folder: Path) -> ssl.SSLContext:
    """Shows this, and asks for nothing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_kept(shown, folder))
    return context


def client(root: str, folder: Path, shown: Shown | None = None) -> ssl.SSLContext:
    """Trusts this root and nobody else, and shows this if it is asked."""
    context = ssl.create_default_context(cadata=root)
    if shown:
        context.load_cert_chain(_kept(shown, folder))
    return context


def shake(host: ssl.SSLContext, guest: ssl.SSLContext, name: str) -> ssl.SSLObject:
    """The guest's side after both have read each other. Raises the first error of a side."""
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    client_side = guest.wrap_bio(down, up, server_hostname=name)
    server_side = host.wrap_bio(up, down, server_side=True)
    waiting = [client_side, server_side]
    for _ in range(8):
        for each in list(waiting):
            try:
                each.do_handshake()
                waiting.remove(each)
            except ssl.SSLWantReadError:
                pass
    assert not waiting
    server_side.write(b"x")
    assert client_side.read(1) == b"x"
    return client_side


def _kept(shown: Shown, folder: Path) -> Path:
    path = folder / f"{len(list(folder.iterdir()))}.pem"
    path.write_bytes(shown.key + shown.chain)
    return path
