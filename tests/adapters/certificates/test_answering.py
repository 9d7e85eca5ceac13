"""The answers for an ACME authority: to its one question, while it may ask."""

import asyncio

import pytest

from clawband.adapters.certificates.answering import HEAD, Answering
from clawband.model.errors import UnavailableError
from tests.simulators.small import story

PATH = "/.well-known/acme-challenge/"


async def asked(server, data):
    reader, writer = await asyncio.open_connection(*server._server.sockets[0].getsockname())
    writer.write(data)
    writer.write_eof()
    answer = await reader.read()
    writer.close()
    return answer


@story
async def test_it_tells_the_answer_to_who_names_the_token(tmp_path):
    async with Answering("127.0.0.1", 0, {"tok": "tok.thumb"}) as server:
        answer = await asked(server, f"GET {PATH}tok HTTP/1.1\r\nhost: x\r\n\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 200") and answer.endswith(b"\r\n\r\ntok.thumb")


@pytest.mark.parametrize(
    "data",
    [
        f"GET {PATH} HTTP/1.1", f"GET {PATH}other HTTP/1.1", f"POST {PATH}tok HTTP/1.1",
        f"GET {PATH}../tok HTTP/1.1", f"GET {PATH}tok", "GET /tok HTTP/1.1", "", "\xff",
    ],
)  # fmt: skip
@story
async def test_and_nothing_else(data):
    async with Answering("127.0.0.1", 0, {"tok": "tok.thumb"}) as server:
        answer = await asked(server, f"{data}\r\n\r\n".encode("latin-1"))
        assert answer.startswith(b"HTTP/1.1 404") and b"thumb" not in answer


@story
async def test_what_is_too_long_or_half_is_answered_with_nothing():
    async with Answering("127.0.0.1", 0, {"tok": "tok.thumb"}) as server:
        assert b"thumb" not in await asked(server, b"x" * (2 * HEAD))
        assert await asked(server, f"GET {PATH}tok HTTP/1.1\r\n".encode()) == b""
        with pytest.raises(UnavailableError, match="cannot be told"):
            async with Answering("127.0.0.1", server._server.sockets[0].getsockname()[1], {}):
                raise AssertionError
