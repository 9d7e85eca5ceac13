"""Where fuzzing starts: real messages, and those of the tests' tables."""

import json
import ssl
import tomllib
from pathlib import Path

from tests.fuzz import models

VECTORS = Path(__file__).parents[1] / "network" / "vectors.toml"

_REQUESTS = [
    b"GET http://a.example/x?y=1 HTTP/1.1\r\nHost: a.example\r\nAccept: */*\r\n\r\n",
    b"CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\nProxy-Authorization: Basic eA==\r\n"
    b"\r\n",
    b"CONNECT [2606:4700::1]:443 HTTP/1.0\r\n\r\n",
    b"POST /launch/v1/redeem HTTP/1.1\r\nhost: 127.0.0.1:8621\r\ncontent-length: 3\r\n"
    b"connection: close\r\n\r\na b",
    b"POST http://a.example:8080/ HTTP/1.1\r\nHost: a.example:8080\r\nTransfer-Encoding: chunked"
    b"\r\nConnection: Upgrade, X\r\nUpgrade: websocket\r\nVia: 1.1 x\r\n\r\n0\r\n\r\n",
]
_RESPONSES = [
    b"\0HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: a=b\r\n\r\n{}",
    b"\1HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"\2HTTP/1.0 200 Connection established\r\n\r\n",
    b"\0HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
    b"\0HTTP/1.1 204 No Content\r\n\r\n",
]
_CHUNKS = [
    b"\x02" + b"5\r\nhello\r\n0\r\n\r\n",
    b"\x07" + b"a\r\n0123456789\r\nFf\r\n" + b"x" * 255 + b"\r\n0\r\nX-Sum: 1\r\n\r\nGET /",
    b"\x00" + b"00\r\n\r\n",
]


def _hello(name: str, *protocols: str) -> bytes:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if protocols:
        context.set_alpn_protocols(list(protocols))
    sent = ssl.MemoryBIO()
    try:
        context.wrap_bio(ssl.MemoryBIO(), sent, server_hostname=name).do_handshake()
    except ssl.SSLWantReadError:
        pass  # It waits for an answer: the hello is out.
    return sent.read()


def _cut(hello: bytes, size: int) -> bytes:
    """The same hello in several records."""
    body = hello[5:]
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(hello[:3] + len(part).to_bytes(2, "big") + part for part in parts)


_QUESTIONS = [
    json.dumps(
        {
            "model": "a",
            "stream": True,
            "user": "ana",
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": "hello"}]},
                {
                    "role": "assistant",
                    "tool_calls": [
                        {"id": "c", "function": {"name": "m", "arguments": '{"to": ["x"]}'}}
                    ],
                },
                {"role": "tool", "tool_call_id": "c", "content": "done"},
            ],
            "tools": [{"function": {"name": "m", "description": "d", "parameters": {}}}],
        }
    ).encode(),
    b'{"model": "a", "input": ["x", "y"]}',
]
_CHUNK = {
    "choices": [
        {
            "index": 0,
            "finish_reason": None,
            "delta": {
                "content": f"to {models.NAME}",
                "tool_calls": [
                    {"index": 0, "id": "c", "function": {"name": "m", "arguments": "{"}}
                ],
            },
        }
    ],
    "usage": {"prompt_tokens": 1, "completion_tokens": 2},
}
_DOORS = [
    b"GET /a?b HTTP/1.1\r\nHost: shop.example\r\nCookie: a=1; clawband-door=s\r\n"
    b"X-Forwarded-For: 1.2.3.4\r\nX_Clawband_S: root\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: shop.example\r\nOrigin: https://shop.example\r\n"
    b"Transfer-Encoding: chunked\r\nSec-Fetch-Site: same-origin\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: shop.example\r\nOrigin: https://shop.example\r\n"
    b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
]
_FRAMES = [
    b"\x03\x01\x82\0\0\0\0hi\x89\x80\0\0\0\0\x80\x81\0\0\0\0!",
    b"\x93\x82\x7e\x00\x80" + b"a" * 128 + b"\x88\x02\x03\xe8",
]
_ANSWERS = [
    b"\x40data: " + json.dumps(_CHUNK).encode() + b"\n\n: x\n\ndata: [DONE]\n\n",
    b"\x80event: a\r\ndata: {\r\ndata: }\r\n\r\nrest",
]


def seeds() -> dict[str, list[bytes]]:
    """By the name of the law."""
    vectors = tomllib.loads(VECTORS.read_text(encoding="utf-8"))["vectors"]
    written = [each["url"] for each in vectors]
    hellos = [_hello("a.example", "h2", "http/1.1"), _hello("B.example")]
    return {
        "request": _REQUESTS,
        "response": _RESPONSES,
        "chunks": _CHUNKS,
        "question": _QUESTIONS,
        "answer": _ANSWERS,
        "door": _DOORS,
        "frames": _FRAMES,
        "words": [b"\x50write to # or to ~ or mail.", b"\x90##~#"],
        "tls": [*hellos, _cut(hellos[0], 60)],
        "host": [each.partition("://")[2].partition("/")[0].encode() for each in written],
        "url": [
            "\0".join((each["url"], *each.get("redirects", ())[:1])).encode() for each in vectors
        ],
    }
