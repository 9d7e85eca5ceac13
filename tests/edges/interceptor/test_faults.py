"""What goes wrong within tunnels that are looked into leaves nothing behind."""

import asyncio
import json
import os
import socket
from pathlib import Path

import pytest

from tests.edges.egress.proxying import story
from tests.edges.interceptor.intercepting import intercepting
from tests.network.test_hello import real

GET = b"GET /v1/a HTTP/1.1\r\nHost: api.test\r\n"


def descriptors(process):
    folder = Path("/proc") / str(process) / "fd"
    if not folder.is_dir():
        pytest.skip("only Linux tells the descriptors of a process")
    return len(os.listdir(folder))


@story
async def test_clients_that_leave_at_any_time_leave_nothing_behind(tmp_path):
    async with intercepting(tmp_path) as house:
        process = house.interception.process
        talk = await house.inside("api.test")
        talk.writer.transport.abort()
        while house.egress.traffic.open:
            await asyncio.sleep(0.1)
        before = descriptors(process), descriptors("self")
        for step in range(5):
            talk = await house.connect("api.test:443")
            hello = real("api.test")
            if step == 0:
                talk.send(hello[:50])
            elif step == 1:
                talk.send(hello)
                await asyncio.sleep(0.05)
            else:
                talk.writer.transport.abort()
                talk = await house.inside("api.test")
                talk.send(GET[:20] if step == 2 else GET + b"\r\n" if step == 3 else GET)
            talk.writer.transport.abort()
        async with asyncio.timeout(30):
            while descriptors(process) > before[0] or descriptors("self") > before[1]:
                await asyncio.sleep(0.1)
        assert not house.egress.traffic.open
        talk = await house.inside("api.test")
        talk.send(GET, b"\r\n")
        assert (await talk.answer())[0] == 200


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"not json\n",
        b"[]\n",
        b'{"host": "api.test"}\n',
        b'{"host": "api.test", "early": "%"}\n',
        json.dumps({"host": "a" * 300_000, "early": ""}).encode() + b"\n",
    ],
)
@story
async def test_words_that_are_none_of_the_servers_end_their_tunnel_alone(tmp_path, said):
    async with intercepting(tmp_path) as house:
        pairs = [socket.socketpair() for _ in range(4)]
        ours, theirs = zip(*pairs, strict=True)
        channel = house.interception._channel
        socket.send_fds(channel, [b"+"], [each.fileno() for each in theirs])
        socket.send_fds(channel, [b"+"], [theirs[0].fileno()])
        for each in theirs:
            each.close()
        loop = asyncio.get_running_loop()
        for each in ours:
            each.setblocking(False)
        sending = asyncio.ensure_future(loop.sock_sendall(ours[1], said))
        await asyncio.wait({sending}, timeout=2)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        ours[1].shutdown(socket.SHUT_WR)
        with pytest.raises((ConnectionError, EOFError)):
            if not await asyncio.wait_for(loop.sock_recv(ours[2], 1), 10):
                raise EOFError
        for each in ours:
            each.close()
        talk = await house.inside("api.test")
        talk.send(GET, b"\r\n")
        assert (await talk.answer())[0] == 200
