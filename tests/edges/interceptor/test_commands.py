"""A command of the agent in its sandbox, from its ticket to an upstream that is looked into."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from clawband.edges.interceptor.authority import bundled
from clawband.flows.launch import TICKET
from clawband.launcher.probe import landlock, supervision
from clawband.service.launcher import READABLE, Launcher
from tests.conftest import IN_CI
from tests.edges.egress.proxying import story
from tests.edges.interceptor.intercepting import VALUE, intercepting

RUN = Path(__file__).resolve().parents[3] / "src" / "clawband" / "launcher" / "run.py"
AGENT = {"agentId": "desk", "sessionKey": "agent:desk:telegram:direct:4242"}
ASKS = (
    "import os, urllib.request as r; print(r.urlopen('https://api.test/v1/py').read().decode());"
    "print(open(os.environ['SSL_CERT_FILE']).read().count('BEGIN CERT') > 1)"
)


@pytest.fixture
def contained():
    if not IN_CI and not (landlock() >= 6 and supervision()):
        pytest.skip("this kernel has no Landlock of ABI 6, or no supervised system calls")


def prepare(house):
    """Commands start through the launcher, and redeem their tickets at this proxy."""
    launches = house.house.service.launches
    read = {os.path.realpath(path) for path in (*READABLE, sys.prefix, sys.base_prefix)}
    launches.launcher = Launcher(
        program=(sys.executable, "-I", "-S", str(RUN)),
        port=house.proxy.port,
        read=tuple(read),
        trust=bundled(house.folder / "keys", house.folder / "authorities.pem"),
    )
    house.proxy.launch = launches.answer


async def command(house, line):
    """What it prints, once the gateway runs what it was told to run."""
    workspace = house.folder / "workspace"
    workspace.mkdir()
    await house.house.ask(
        "run", {"prompt": line, "runId": "r1"}, workspaceDir=str(workspace), **AGENT
    )
    decided = await house.house.call("exec", "c1", {"command": line}, **AGENT)
    params = decided.decision.params
    process = await asyncio.create_subprocess_shell(
        params["command"], env={"PATH": os.environ["PATH"], TICKET: params["env"][TICKET]},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd=workspace,
    )  # fmt: skip
    told, _ = await process.communicate()
    return told.decode()


@pytest.mark.parametrize(
    "program", ["curl -sS https://api.test/v1/curl", f'{sys.executable} -c "{ASKS}"']
)
@story
async def test_a_command_uses_a_credential_that_it_never_has(tmp_path, contained, program):
    async with intercepting(tmp_path) as house:
        prepare(house)
        told = await command(house, program)
        assert told.startswith("GET /v1/") and f"authorization: {VALUE}" in told
        (asked,) = [e for e in await house.events("decision:permit") if e.action == "net:request"]
        assert (asked.call, asked.detail["basis"], asked.agent) == ("c1", "call", "sample/desk")
        steps = (await house.house.service.log.walk(asked.id)).steps
        said = [(step.leaf.event.tag, step.leaf.event.action) for step in steps]
        assert said[0] == ("decision:permit", "message:receive")
        assert [action for tag, action in said if tag == "decision:permit"][1:] == [
            "tool:execute", "net:connect", "net:request",
        ]  # fmt: skip


@story
async def test_a_command_cannot_read_the_authority_nor_the_credential(tmp_path, contained):
    async with intercepting(tmp_path) as house:
        prepare(house)
        keys = house.folder / "keys" / "interception.pem"
        value = next(each for each in house.folder.joinpath("vault").rglob("*") if each.is_file())
        assert keys.is_file()
        told = await command(house, f"cat {keys}; cat {value}")
        assert told.count("Permission denied") == 2 and "PRIVATE" not in told
