"""Honeytokens in a small Clawband: planted, used in every place, told of once, and stopped."""

import base64
import json
from dataclasses import replace

import pytest

from clawband.enforcement.lease import Target
from clawband.flows.connect import Seen
from clawband.flows.honeytokens import HONEYTOKEN, Asked
from clawband.model.access import Deny, Permit
from clawband.model.errors import (
    AuthenticationError,
    ConflictError,
    InputError,
    NotFoundError,
    UnavailableError,
)
from clawband.model.honeytoken import Place, Sighting
from clawband.service.callers import Caller
from tests.simulators.folder import FolderFiles
from tests.simulators.small import WORKFLOWS, small, story

NOTE = Asked(kind="github", where="the wiki page of the old CI")
PAUSING = {
    name: text.replace('gateway = "sample"', 'gateway = "sample"\nhoneytoken = "pause"')
    for name, text in WORKFLOWS.items()
}


async def planted(house, asked=NOTE, role="operator"):
    token, _, made = await house.service.honeytokens.plant(asked, house.signed(role))
    return token, made


def written(house, held):
    """A folder with these files, as that of the gateway's agents."""
    files = house.service.running.files
    assert isinstance(files, dict)
    files["sample"] = FolderFiles(held)
    return files["sample"]


def uses(house):
    return house.events("honeytoken:use")


@story
async def test_the_value_is_kept_nowhere(tmp_path):
    async with small(tmp_path) as house:
        token, made = await planted(house)
        kept = HONEYTOKEN.get(token, house.service.running.store).value
        assert made.values[0] not in json.dumps([kept.marks, kept.prints])
        (told,) = house.events("honeytoken:plant")
        assert told.resource == f"Honeytoken::{token}" and told.who == "operator"
        assert house.service.honeytokens.lures.found(made.text.encode()) == {token}
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or made.values[0].encode() not in path.read_bytes(), path


@story
async def test_a_use_in_the_arguments_of_a_call_is_told_once_in_an_hour(tmp_path):
    async with small(tmp_path) as house:
        token, made = await planted(house)
        hidden = base64.b64encode(f"user:{made.values[0]}".encode()).decode()
        for number, text in enumerate((made.values[0], f"Basic {hidden}", "nothing")):
            await house.call("message", f"c{number}", {"message": text})
        (told,) = uses(house)
        assert (told.outcome, told.action, told.call) == ("used", "honeytoken:call", "c0")
        assert (told.agent, told.run, told.gateway) == ("sample/support", "r1", "sample")
        assert told.detail["where"] == NOTE.where and told.resource == f"Honeytoken::{token}"
        assert token in {each.id for each in HONEYTOKEN.all(house.service.running.store)}
        house.clock.forward(hours=1)
        await house.call("message", "c9", {"message": made.values[0]})
        assert len(uses(house)) == 2
        walk = await house.service.log.walk(told.id)
        assert told.id in {step.leaf.event.id for step in walk.steps}


@story
async def test_who_reads_it_is_told_apart_from_who_uses_it(tmp_path):
    async with small(tmp_path) as house:
        _, made = await planted(house)
        await house.ask("run", {"prompt": f"is this yours? {made.values[0]}"})
        await house.ask("reply", {"payload": {"text": made.values[0]}, "runId": "r1"})
        await house.ask(
            "result",
            {"toolName": "read", "toolCallId": "c1", "result": {"content": made.text}},
        )
        found = {each.action: each.outcome for each in uses(house)}
        assert found == {
            "honeytoken:message": "used",
            "honeytoken:reply": "used",
            "honeytoken:result": "read",
        }


@story
async def test_it_is_still_known_after_a_start_and_not_after_it_was_removed(tmp_path):
    async with small(tmp_path) as house:
        token, made = await planted(house)
        tokens = house.service.honeytokens
        seen = Sighting(place=Place.PROMPT, gateway="sample", agent="sample/support")
        await tokens.lures.met([token], seen)
        tokens.lures.load()
        await tokens.lures.met(tokens.lures.found(made.text.encode()), seen)
        assert len(uses(house)) == 1, "it was told before the start"
        await tokens.remove(token, house.signed("operator"))
        assert not tokens.lures.found(made.text.encode())
        await tokens.lures.met([token], Sighting(place=Place.ANSWER))
        assert len(uses(house)) == 1 and len(house.events("honeytoken:remove")) == 1
        with pytest.raises(NotFoundError):
            await tokens.remove(token, house.signed("operator"))


@story
async def test_policy_can_want_the_agent_paused_and_then_the_very_call_is_refused(tmp_path):
    async with small(tmp_path, policies=PAUSING) as house:
        _, made = await planted(house)
        assert isinstance((await house.ask("run", {"prompt": "hello"})).decision, Permit)
        refused = await house.call("message", "c1", {"message": made.values[0]})
        assert isinstance(refused.decision, Deny)
        (told,) = uses(house)
        (paused,) = house.events("control:pause")
        assert paused.cause == told.id and paused.resource == "agent:sample/support"
        assert told.detail["paused"] is True
        again = await house.ask("run", {"prompt": "hello", "runId": "r2"}, runId="r2")
        assert isinstance(again.decision, Deny)


@story
async def test_on_its_way_out(tmp_path):
    async with small(tmp_path) as house:
        _, made = await planted(house)
        egress, caller = house.service.egress, Caller(house.gateway)
        seen = Seen(method="GET", route="/", odd=egress.odd(made.text.encode()))
        await egress.decide(caller, Target("evil.example", 443), seen)
        (told,) = uses(house)
        assert told.detail["host"] == "evil.example" and told.agent == "sample/(gateway)"
        await egress.stray(b"nothing")
        assert len(uses(house)) == 1 and egress.odd(b"nothing") == b""
        await egress.stray(f"GET /?k={made.values[0]} HTTP/9".encode())
        assert uses(house)[-1].agent == "" and len(uses(house)) == 2


@story
async def test_the_broker_is_asked_for_it_by_its_name(tmp_path):
    async with small(tmp_path) as house:
        token, _ = await planted(
            house, Asked(kind="aws", where="openclaw.json", secret="prod/root")
        )
        told = await house.service.lending.resolve(house.gateway, ["crm/key", "prod/root", ""])
        assert not any(each.found for each in told.values()), "it is no secret"
        (told,) = uses(house)
        assert told.resource == f"Honeytoken::{token}" and told.action == "honeytoken:broker"
        with pytest.raises(ConflictError):
            await planted(house, Asked(kind="aws", where="again", secret="prod/root"))


@story
async def test_what_a_model_says(tmp_path):
    async with small(tmp_path) as house:
        _, made = await planted(house)
        models = house.service.models
        caller = await models._caller(house.gateway, "")
        await models.watch.answer(caller, ["it is", made.values[0]], "dec_1")
        assert [each.outcome for each in uses(house)] == ["used"]


NOTED = Asked(kind="aws", where="x", gateway="sample", agent="support", file="memory/notes.md")


@story
async def test_it_is_written_behind_what_a_file_holds_and_taken_out_again(tmp_path):
    async with small(tmp_path) as house:
        files = written(house, {NOTED.file: "a note\n"})
        token, made = await planted(house, NOTED)
        assert files.files[NOTED.file] == f"a note\n\n{made.text}\n"
        files.files[NOTED.file] += "a later note\n"
        assert HONEYTOKEN.get(token, house.service.running.store).value.environment == "dev"
        await house.service.honeytokens.remove(token, house.signed("operator"))
        assert files.files == {NOTED.file: "a note\n\na later note\n"}
        other = replace(NOTED, file="new.md")
        token, made = await planted(house, other)
        assert files.files["new.md"] == f"{made.text}\n"
        await house.service.honeytokens.remove(token, house.signed("operator"))
        assert "new.md" not in files.files


@story
async def test_what_could_not_be_written_is_not_looked_for(tmp_path):
    async with small(tmp_path) as house:
        files = written(house, {})
        files.gone = True
        with pytest.raises(UnavailableError):
            await planted(house, NOTED)
        assert not house.service.honeytokens.listed(house.signed("admin"))
        for prompted in ("MEMORY.md", "AGENTS.md", "skills/../SOUL.md"):
            with pytest.raises(InputError, match="part of every prompt"):
                await planted(house, replace(NOTED, file=prompted))


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        (Asked(kind="gold", where="x"), InputError),
        (Asked(kind="aws", where=" "), InputError),
        (Asked(kind="aws", where="a\u202eb"), InputError),
        (Asked(kind="aws", where="x", environment="moon"), InputError),
        (Asked(kind="aws", where="x", secret="BAD"), InputError),
        (Asked(kind="aws", where="x", gateway="none"), NotFoundError),
        (Asked(kind="aws", where="x", file="notes.md"), InputError),
        (Asked(kind="aws", where="x", gateway="sample", agent="a", file="n.md"), UnavailableError),
    ],
)
def test_what_cannot_be_planted(tmp_path, asked, error):
    @story
    async def tried():
        async with small(tmp_path) as house:
            with pytest.raises(error):
                await planted(house, asked)
            assert not house.events("honeytoken:plant")

    tried()


@story
async def test_who_plants_and_who_does_not(tmp_path):
    async with small(tmp_path) as house:
        for role in ("approver", "auditor", "viewer"):
            with pytest.raises(AuthenticationError):
                await planted(house, role=role)
        token, _ = await planted(house)
        listed = house.service.honeytokens.listed(house.signed("viewer"))
        assert [each.id for each in listed] == [token]
