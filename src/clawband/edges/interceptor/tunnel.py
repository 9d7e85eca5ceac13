"""One tunnel: TLS with the client and with the upstream, each joined to a plain stream.

A plain stream begins with a line of JSON in each direction. The server's says what the tunnel is
for; ours is empty (`{}`), or says why there is no TLS at this end. Then come the bytes themselves.
"""

import asyncio
import base64
import json
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from clawband.edges.interceptor.authority import Authority
from clawband.edges.interceptor.tls import PIECE, Tls, send

HANDSHAKE_SECONDS = 10.0
LINE = 262_144
Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True)
class House:
    """What every tunnel uses."""

    authority: Authority
    trust: ssl.SSLContext


@dataclass(frozen=True, slots=True)
class Ends:
    """The four sockets of a tunnel."""

    client: socket.socket
    plain_client: socket.socket
    upstream: socket.socket
    plain_upstream: socket.socket

    def close(self) -> None:
        for each in (self.client, self.plain_client, self.upstream, self.plain_upstream):
            each.close()


async def serve(house: House, ends: Ends) -> None:
    """From the handing over to the end. Closes all four."""
    try:
        plain = await asyncio.open_unix_connection(sock=ends.plain_client, limit=LINE)
        said = json.loads(await plain[0].readline())
        host, early = str(said["host"]), base64.b64decode(said["early"], validate=True)
        client = Tls(
            house.authority.context(host),
            *await asyncio.open_connection(sock=ends.client),
            early=early,
        )
        upstream = Tls(
            house.trust, *await asyncio.open_connection(sock=ends.upstream), upstream=host
        )
        other = await asyncio.open_unix_connection(sock=ends.plain_upstream)
    except (OSError, ValueError, KeyError, TypeError):
        ends.close()
        return
    await asyncio.gather(
        # What the upstream cut off must not look whole to the client.
        _end(client, plain, "client", lambda: not upstream.broken),
        _end(upstream, other, "upstream", lambda: True),
    )


async def _end(tls: Tls, plain: Stream, side: str, politely: Callable[[], bool]) -> None:
    """One end, from its handshake until the server has had enough of it."""
    reader, writer = plain
    try:
        wrong = await _shaken(tls, side)
        await send(writer, json.dumps(wrong).encode() + b"\n")
        if not wrong:
            coming = asyncio.ensure_future(_coming(tls, writer))
            try:
                while data := await reader.read(PIECE):
                    await tls.write(data)
            finally:
                coming.cancel()
                await asyncio.gather(coming, return_exceptions=True)
    except OSError:
        pass
    finally:
        try:
            await tls.close(politely=politely())
        finally:
            writer.close()


async def _coming(tls: Tls, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await tls.read():
            await send(writer, data)
        if not writer.is_closing():
            writer.write_eof()
    except OSError:
        writer.transport.abort()


async def _shaken(tls: Tls, side: str) -> dict[str, Any]:
    """Nothing, or why there is no TLS: never one that was not verified."""
    try:
        async with asyncio.timeout(HANDSHAKE_SECONDS):
            await tls.shake()
    except ssl.SSLCertVerificationError as error:
        because = error.verify_message or "it cannot be checked"
        return {"category": f"{side}-certificate", "reason": f"its certificate: {because}"}
    except ssl.SSLError as error:
        because = (error.reason or "not understood").lower().replace("_", " ")
        return {"category": f"{side}-tls", "reason": f"no TLS with it: {because}"}
    except TimeoutError:
        return {"category": f"{side}-tls", "reason": "no TLS with it in time"}
    except OSError:
        return {"category": f"{side}-tls", "reason": "it left within the TLS handshake"}
    return {}
