"""Servers elsewhere: when what they show ends, and whether it can be trusted."""

import asyncio

import pytest

from clawband.adapters.certificates.peers import TlsPeers
from clawband.model.errors import UnavailableError
from tests.simulators.signing import Signing
from tests.simulators.small import story


async def _serving(context):
    async def close(_reader, writer):
        writer.close()

    return await asyncio.start_server(close, "127.0.0.1", 0, ssl=context)


@story
async def test_it_tells_what_a_server_shows(tmp_path):
    signing = Signing(tmp_path)
    async with await _serving(signing.context(["localhost"], days=5)) as server:
        port = server.sockets[0].getsockname()[1]
        facts = await TlsPeers(str(signing.path)).shown("localhost", port)
        assert facts.names == ("localhost",) and 4 <= (facts.until - facts.made).days - 9 <= 5
        with pytest.raises(UnavailableError, match="can be trusted: .*certificate"):
            await TlsPeers().shown("localhost", port)


@story
async def test_what_cannot_be_reached_or_is_over_is_told(tmp_path):
    signing = Signing(tmp_path)
    async with await _serving(signing.context(["localhost"], days=-1)) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(UnavailableError, match="expired"):
            await TlsPeers(str(signing.path)).shown("localhost", port)
    with pytest.raises(UnavailableError):
        await TlsPeers(str(signing.path)).shown("localhost", port)
    with pytest.raises(UnavailableError):
        await TlsPeers(str(tmp_path / "none.pem")).shown("localhost", port)
