"""Ways to name what only the gateway and its guard may touch, through OpenClaw's own file tools.

Each one goes the whole path: question, look-up, policy, record. The names are those that OpenClaw
2026.9.6 opens: it takes off an `@`, decodes `file:` URLs, expands `~`, resolves `..` before links
when it writes and after them when it reads, and tries other spellings of a name that is not there.
"""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from clawband.model.access import Deny, Requester
from clawband.model.deployment import Gateway
from clawband.openclaw import hooks, tools
from clawband.openclaw.files import references
from clawband.policy.evaluate import evaluate
from clawband.policy.sets import build
from clawband.ports.machine import View
from clawband.ports.unit import OpenApproval
from tests.attacks.path_forms import FILES, FORMS, NAMES, POLICY, TOOLS, UNCLEAR, config
from tests.policy.asking import around
from tests.simulators.guarded_machine import guarded_machine
from tests.simulators.small import SESSION, small, story

GATEWAY = Gateway(
    name="sample", environment="dev", credential="", enrolled=datetime(2026, 1, 1, tzinfo=UTC)
)
REQUESTER = Requester("telegram:4242", "telegram")


@pytest.mark.parametrize("form", FORMS, ids=[each.name for each in FORMS])
def test_no_form_reaches_what_is_guarded(tmp_path, active, form, monkeypatch):
    monkeypatch.chdir(tmp_path)
    machine = guarded_machine(tmp_path / "m")
    grounds, decision = answer(machine, active, form.tool, form.make(machine))
    assert grounds == form.grounds
    assert isinstance(decision, Deny)
    rule = "unresolvable" if form.grounds == {UNCLEAR} else "protected"
    assert f"containment/{rule}" in {reason.policy for reason in decision.reasons}


@pytest.fixture(scope="module")
def active():
    return build({**POLICY, "files.toml": FILES}, tools.catalogue())


def answer(machine, active, tool, text):
    """What one call of this tool with this path leads to, and what policy says of it."""
    called = {"toolName": NAMES.get(tool, tool), "params": TOOLS[tool](text), "toolCallId": "c1"}
    question = hooks.asked("tool", called, {"agentId": "support", "sessionKey": SESSION})
    workflow = active.workflow_of("sample", "support")
    view = View(
        gateway="sample",
        workspaces=(str(machine.workspace),),
        home=str(machine.root / "home"),
    )
    named = references(question, workflow, tools.catalogue())
    grounds = machine.files.protected(named, view)
    setting = hooks.Setting(
        gateway=GATEWAY, workflow=workflow, catalogue=tools.catalogue(), requester=REQUESTER
    )
    request = hooks.request(question, setting)
    facts = replace(request.facts, protected=frozenset(map(str, grounds)))
    return grounds, evaluate(replace(request, facts=facts), around(), active)


@pytest.mark.parametrize("tool", sorted(TOOLS))
@pytest.mark.parametrize(
    "name",
    ["notes.md", "./sub/more.md", "sub/../notes.md", "new/file.md", "@notes.md", "a b.md",
     "caf\u00e9.md", "{ws}/notes.md", "file://{ws}/notes.md", "openclaw.json"],
)  # fmt: skip
def test_what_is_the_agents_own_stays_open(tmp_path, active, tool, name):
    machine = guarded_machine(tmp_path / "m")
    grounds, _ = answer(machine, active, tool, name.format(ws=machine.workspace))
    assert grounds == frozenset()


async def said(tmp_path, machine, tool, text):
    """The decision about one such call, the whole path."""
    async with small(tmp_path / "house", files=machine.files) as house:
        await house.service.policies.publish_as({**POLICY, "files.toml": FILES}, "setup", "files")
        run = {"prompt": "look", "home": str(machine.root / "home")}
        await house.ask("run", run, workspaceDir=str(machine.workspace))
        return await house.call(NAMES.get(tool, tool), "c1", TOOLS[tool](text))


@story
async def test_no_approval_opens_it_and_the_record_says_what_it_was(tmp_path):
    machine = guarded_machine(tmp_path / "m")
    decided = await said(tmp_path, machine, "write", "~/../gw/state/openclaw.json")
    assert isinstance(decided.decision, Deny)
    assert not any(isinstance(change, OpenApproval) for change in decided.unit.changes)
    assert decided.unit.events[0].detail["protected"] == ["openclaw-config"]


@story
async def test_a_reply_attaches_nothing_of_it(tmp_path):
    machine = guarded_machine(tmp_path / "m")
    async with small(tmp_path / "house", files=machine.files) as house:
        await house.ask("run", {"prompt": "look"}, workspaceDir=str(machine.workspace))
        for payload in (
            {"text": "here", "mediaUrl": str(config(machine))},
            {"text": "here", "mediaUrls": ["notes.md", f"file://{config(machine)}"]},
            {"text": "here", "attachments": [{"path": "../gw/token"}]},
        ):
            decided = await house.ask("reply", {"payload": payload}, conversationId="4242")
            assert isinstance(decided.decision, Deny)
            assert decided.request.facts.protected
        fine = {"text": "here", "mediaUrl": str(machine.root / "gw/state/media/inbound/a.png")}
        decided = await house.ask("reply", {"payload": fine}, conversationId="4242")
        assert decided.request.facts.protected == frozenset()
