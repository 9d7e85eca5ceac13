"""`kill -9` at any moment: what was answered is in the log, which is whole, and it starts again."""

import asyncio
import hashlib
import os
import signal
import subprocess
import sys
import textwrap
from contextlib import suppress

import httpx
import pytest

from clawband.adapters.files import FileWitness
from clawband.adapters.keys import FileSigner, secret_file
from clawband.adapters.stores.sqlite import open_store
from clawband.audit.bundle import verify, write
from clawband.bootstrap import running
from clawband.flows import seal
from clawband.model.errors import Error
from clawband.settings import Settings
from examples.sample.gateway import free_port
from tests.contracts.test_store import check_tree
from tests.simulators.clocks import START
from tests.simulators.small import REQUESTER, SESSION, WORKFLOWS, story

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SERVER = textwrap.dedent("""
    import asyncio, sys
    from pathlib import Path
    from clawband.bootstrap import serve
    from clawband.settings import Settings

    async def ready(service):
        print("ready", flush=True)

    asyncio.run(serve(Settings(state=Path(sys.argv[1]), port=int(sys.argv[2])), ready))
""")
KILLS = 5
CLIENTS = 8
UNDER_LOAD = 40
"""Answers in a round before the server may be killed."""


def start(settings):
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(settings.state), str(settings.port)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout.readline() == "ready\n"
    return server


async def load(settings, credential, boot, answered):
    """Ask and remember every answer that came back, until the server is gone."""
    transport = httpx.AsyncHTTPTransport(uds=str(settings.socket))
    headers = {"authorization": f"Bearer {credential}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://x", headers=headers) as http:
        number = 0
        while True:
            number += 1
            context = {"agentId": "support", "sessionKey": SESSION, "requester": REQUESTER}
            event = {"toolName": "refund" if number % 3 == 0 else "crm_read",
                     "params": {"id": f"{boot}-{number}"}, "runId": f"{boot}-{number}",
                     "toolCallId": f"c{number}"}  # fmt: skip
            body = {"v": 1, "boot": boot, "seq": number, "hook": "tool", "event": event,
                    "ctx": context}  # fmt: skip
            with suppress(httpx.HTTPError):
                response = await http.post("/gateway/v1/ask", json=body)
                answered.append(response.json()["decision"])
                continue
            return


def check(settings, answered):
    """The log holds every answer, without a hole, and proves itself."""
    store = open_store(settings.store, secret_file(settings.state / "keys" / "payload.key"))
    signer = FileSigner(settings.origin, settings.state / "keys" / "log.key")
    witness = FileWitness(settings.state / "witness")
    earlier = witness.notes()
    ids = {leaf.event.id for leaf in map(store.leaf, answered) if leaf}
    assert ids == set(answered)
    check_tree(store)
    kept = seal.seal(store, signer, witness, now=START)
    notes = [each.note for each in store.checkpoints()] + ([kept.note] if kept else [])
    lines = _export(store, signer, notes)
    report = verify(lines, key=str(seal.key_of(signer)), earlier=earlier)
    assert report.ok and report.size == store.size(), report
    store.close()


def _export(store, signer, notes):
    return list(write(seal.key_of(signer), store.bodies(0, store.size()), notes))


@story
async def test_nothing_answered_is_ever_lost(tmp_path):
    settings = Settings(state=tmp_path / "state", port=free_port())
    async with running(settings) as service:
        await service.policies.publish_as(WORKFLOWS, "setup", "")
        credential, _ = await service.gateways.enroll("sample", "dev", "setup")
    answered: list[str] = []
    for kill in range(KILLS):
        server = await asyncio.to_thread(start, settings)
        before = len(answered)
        clients = [
            asyncio.ensure_future(load(settings, credential, f"{kill}-{n}", answered))
            for n in range(CLIENTS)
        ]
        while len(answered) < before + UNDER_LOAD:
            await asyncio.sleep(0.01)
        # Another moment in each round, the same in each run.
        moment = int.from_bytes(hashlib.sha256(b"kill %d" % kill).digest()[:2], "big") / 65_536
        await asyncio.sleep(moment)
        os.kill(server.pid, signal.SIGKILL)
        await asyncio.gather(*clients)
        server.wait()
        server.stdout.close()
        check(settings, answered)
    assert len(answered) == len(set(answered))


@story
async def test_a_second_server_on_the_same_state_is_refused(tmp_path):
    settings = Settings(state=tmp_path / "state", port=free_port())
    async with running(settings):
        with pytest.raises(Error, match="another Clawband"):
            async with running(Settings(state=settings.state, port=free_port())):
                pass
    async with running(settings) as service:
        assert service.running.store.size() > 0
