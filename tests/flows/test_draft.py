"""A draft compiles, permits what was seen and, where a manifest was in force, never more."""

import tomllib
from dataclasses import replace

import pytest

from clawband.flows.draft import draft
from clawband.flows.gather import Used, gather
from clawband.flows.replay import decisions
from clawband.model.errors import InputError
from clawband.openclaw import tools
from clawband.policy.compare import widens
from clawband.policy.sets import build
from tests.flows.test_replay import SUPPORT, again, talk, under
from tests.simulators.small import WORKFLOWS, small, story

CATALOGUE = tools.catalogue()


def drafted(house, *, learn=False, active=..., agent="sample/support"):
    store = house.service.running.store
    active = house.service.policies.active if active is ... else active
    found = gather(decisions(store, None, 1000, agent), active, store.payload, CATALOGUE,
                   learn=learn)  # fmt: skip
    return draft(agent, "dev", found, active, CATALOGUE)


@story
async def test_it_is_the_manifest_without_what_was_not_used(tmp_path):
    async with small(tmp_path) as house:
        await talk(house)
        made = drafted(house)
        said = tomllib.loads(made.text)
        assert (made.file, said["name"], said["agents"]) == (
            "support.toml", "support", ["sample/support"],
        )  # fmt: skip
        assert said["reads"] == ["crm_read", "web_fetch"]
        assert said["writes"] == ["refund", "ticket_create"]
        assert said["hosts"] == {"web_fetch": ["help.example.com"]}
        assert said["channels"] == ["telegram"] and said["systems"] == ["billing", "crm", "tickets"]
        assert [each["tool"] for each in said["approvals"]] == ["refund"]
        assert said["after"] == tomllib.loads(SUPPORT)["after"], "a bound stays"
        assert "# Refused 1 times, because nothing permits it: tool:delete crm_delete" in made.text
        files = {**WORKFLOWS, made.file: made.text}
        assert made.changes and not widens(build(WORKFLOWS, CATALOGUE), build(files, CATALOGUE))
        assert again(house, files).shifts == (), "what was seen is answered as it was"


@story
async def test_what_nothing_permits_is_drafted_only_to_learn(tmp_path):
    async with small(tmp_path) as house:
        await talk(house)
        said = tomllib.loads(drafted(house, learn=True).text)
        assert said["writes"] == ["crm_delete", "refund", "ticket_create"]
        assert said["hosts"] == {"web_fetch": ["evil.example", "help.example.com"]}
        assert {"tool": "crm_delete", "role": "approver"} in said["approvals"]
        assert "nobody_declared" not in str(said), "what nobody declared cannot be drafted"


@story
async def test_an_agent_that_nothing_binds(tmp_path):
    async with small(tmp_path) as house:
        await house.ask("run", {"prompt": "hello"}, agentId="new.one")
        await house.call("web_fetch", "c1", {"url": "https://a.example/x"}, agentId="new.one")
        await house.call("exec", "c2", {"command": "ls"}, agentId="new.one")
        with pytest.raises(InputError, match="nothing that"):
            drafted(house, agent="sample/new.one")
        made = drafted(house, agent="sample/new.one", learn=True)
        said = tomllib.loads(made.text)
        assert (made.file, said["agents"]) == ("new-one.toml", ["sample/new.one"])
        assert said["hosts"] == {"web_fetch": ["a.example"]}
        assert {"tool": "exec", "role": "approver"} in said["approvals"]
        assert {str(each.direction) for each in made.changes} == {"more"}


@story
async def test_agents_that_share_a_manifest_get_one_of_their_own(tmp_path):
    shared = under(('agents = ["sample/support"]', 'agents = ["sample/support", "sample/night"]'))
    async with small(tmp_path, policies=shared) as house:
        await talk(house)
        made = drafted(house)
        assert (made.file, made.changes) == ("support-support.toml", None)
        assert "take it out of `agents` there" in made.text


@story
async def test_folders_that_were_used_stay_and_any_becomes_what_was_seen(tmp_path):
    files = under(('["help.example.com", "status.example.com"]', '["*"]'),
                  ('write = ["notes/"]', 'write = ["notes/", "faq/", "*"]'))  # fmt: skip
    async with small(tmp_path, policies=files) as house:
        await house.ask("run", {"prompt": "see https://x.example/a"})
        await house.call("web_fetch", "c1", {"url": "https://x.example/a"})
        for number in range(3):
            await house.call("write", f"w{number}", {"path": f"notes/{number}", "content": "x"})
        await house.call("read", "r1", {"path": "notes/1"})
        said = tomllib.loads(drafted(house).text)
        assert said["hosts"] == {"web_fetch": ["x.example"]}
        assert said["paths"] == {"read": ["./"], "write": ["notes/0", "notes/1", "notes/2"]}


def test_lines_of_egress_and_models_are_cut_down_to_their_use():
    active = build(WORKFLOWS, CATALOGUE)
    granted = active.manifests["support"].granted
    found = Used(
        channels={"telegram"}, tools={"exec": granted["exec"]}, models={"sample/small"},
        lines={0: ({"status.example.com"}, {"exec", "web_fetch"})}, authority=1,
    )  # fmt: skip
    found.lists["paths"]["exec"] = set()
    made = draft("sample/support", "dev", found, active, CATALOGUE)
    said = tomllib.loads(made.text)
    (line,) = said["egress"]
    assert (line["hosts"], line["tools"], line["clearance"]) == (
        ["status.example.com"], ["exec"], "internal",
    )  # fmt: skip
    assert said["models"] == {"allow": ["sample/small"], "pseudonymise": ["personal"]}
    assert "more" not in {str(each.direction) for each in made.changes}
    nothing = draft("sample/support", "dev", replace(found, lines={}), active, CATALOGUE)
    assert "egress" not in tomllib.loads(nothing.text)


@story
async def test_a_draft_of_a_wide_manifest_permits_no_more_either(tmp_path):
    wide = under(
        ('["help.example.com", "status.example.com"]', '["*"]'),
        ('then = "reply"\n', 'then = "ask"\nask = "approver"\n'),
        ('replies = "allow"', 'replies = "allow"\nrequesters = "anyone"'),
        (
            "[limits]",
            '[lists]\norders = ["17"]\n[provenance]\naccept = ["send: anchored"]\n[limits]',
        ),
        ('allow = ["sample/*"]', 'allow = ["sample/*"]\nmask = []'),
    )
    async with small(tmp_path, policies=wide) as house:
        await talk(house)
        made = drafted(house)
        said = tomllib.loads(made.text)
        assert said["hosts"] == {"web_fetch": ["evil.example", "help.example.com"]}
        assert {"tool": "crm_delete", "role": "approver"} in said["approvals"], "it was asked for"
        (more,) = [each.says for each in made.changes if each.direction == "more"]
        assert more == (
            "one more agent may delete with `crm_delete` with an approval by an approver: "
            "`sample/support`"
        ), "named now, and before under what the manifest does not name"


def test_what_was_refused_stays_within_its_comment():
    active = build(WORKFLOWS, CATALOGUE)
    found = Used(channels={"telegram"}, refused={'tool:read x\nwrites = ["exec"]\u202e': 3})
    made = draft("sample/support", "dev", found, active, CATALOGUE)
    assert "# Refused 3 times, because nothing permits it: tool:read x?writes" in made.text
    assert "writes" not in tomllib.loads(made.text)
