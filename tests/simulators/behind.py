"""A gateway behind a front door: says what it was sent, and what was smuggled past the door."""

import asyncio
import base64
import hashlib
import json
from typing import Any

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Behind:
    """Answers every request with what it holds; `requests` are all of them, as they came.

    `/stream` sends ten pieces, `/close` ends with the connection, `/slow` never answers, `/early`
    answers before the body came, `/cookie` sets two cookies, `/switch` changes to something else. A
    WebSocket gives every frame back; at `/talk` it sends frames until it is left.
    """

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.port = 0
        self.open = self.opened = 0
        """Connections: now, and ever."""

    async def start(self) -> "Behind":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def stop(self) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        self.opened += 1
        try:
            while await self._one(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open -= 1
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = dict(line.lower().split(": ", 1) for line in head[1:-2])
        raw = dict(line.split(": ", 1) for line in head[1:-2])
        path = head[0].split(" ")[1]
        if "upgrade" in fields and path != "/plain":
            return await self._socket(reader, writer, path, raw)
        if path == "/early":
            writer.write(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n")
            return True
        body = await self._body(reader, fields)
        self.requests.append((head[0], fields, body))
        if path == "/slow":
            await reader.read(1)
            return False
        self._answer(
            writer, path, json.dumps({"line": head[0], "fields": fields, "size": len(body)})
        )
        await writer.drain()
        return path != "/close"

    def _answer(self, writer: asyncio.StreamWriter, path: str, said: str) -> None:
        if path == "/stream":
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            writer.write(b"".join(b"5\r\npart%d\r\n" % each for each in range(10)) + b"0\r\n\r\n")
        elif path == "/close":
            writer.write(b"HTTP/1.1 200 OK\r\n\r\nto the end")
        elif path == "/torn":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            writer.close()
        elif path == "/odd":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab")
        elif path == "/switch":
            writer.write(b"HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
        else:
            cookies = "Set-Cookie: a=1\r\nSet-Cookie: clawband-door=x\r\n" * (path == "/cookie")
            head = f"HTTP/1.1 200 OK\r\nServer: x\r\n{cookies}Content-Length: {len(said)}\r\n\r\n"
            writer.write(head.encode() + said.encode())

    async def _body(self, reader: asyncio.StreamReader, fields: dict[str, Any]) -> bytes:
        if "transfer-encoding" not in fields:
            return await reader.readexactly(int(fields.get("content-length", 0)))
        body = b""
        while size := int(await reader.readline(), 16):
            body += await reader.readexactly(size)
            await reader.readline()
        await reader.readline()
        return body

    async def _socket(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, raw: Any
    ) -> bool:
        self.requests.append((f"GET {path}", {key.lower(): raw[key] for key in raw}, b""))
        key = next(raw[each] for each in raw if each.lower() == "sec-websocket-key")
        accept = base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()
        extra = "Sec-WebSocket-Extensions: permessage-deflate\r\n" if path == "/extended" else ""
        writer.write((
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"{extra}Sec-WebSocket-Accept: {accept}\r\n\r\n"
        ).encode())  # fmt: skip
        while path == "/talk":
            writer.write(b"\x81\x04talk")
            await writer.drain()
            await asyncio.sleep(0.02)
        while True:
            head = await reader.readexactly(2)
            size = head[1] & 0x7F
            if size == 126:
                size = int.from_bytes(await reader.readexactly(2))
            mask = await reader.readexactly(4)
            said = bytes(x ^ mask[n % 4] for n, x in enumerate(await reader.readexactly(size)))
            length = bytes([size]) if size < 126 else b"\x7e" + size.to_bytes(2)
            writer.write(head[:1] + length + said)
            await writer.drain()
