"""Recorded decisions asked again: the same set answers the same, another one says what it would."""

from clawband.flows import replay
from clawband.flows.replay import Bench, Tally
from clawband.model.errors import InvariantError
from clawband.openclaw import tools
from clawband.policy.sets import build
from tests.simulators.small import WORKFLOWS, small, story

SUPPORT = WORKFLOWS["support.toml"]
REFUND = '[[approvals]]\ntool = "refund"\nrole = "approver"\n'


def under(*changes):
    text = SUPPORT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return {**WORKFLOWS, "support.toml": text}


async def talk(house):
    """A message, calls of several kinds, a page from outside, a reply: every answer."""
    page = {"toolName": "web_fetch", "runId": "r1", "toolCallId": "c4", "text": "mail x@y.example"}
    return [
        await house.ask("run", {"prompt": "please look at ticket T-1 and refund order 17"}),
        await house.call("crm_read", "c1", {"customer": "5"}),
        await house.call("refund", "c2", {"order": "17", "amount": 900}),
        await house.call("crm_delete", "c3", {"customer": "5"}),
        await house.call("web_fetch", "c4", {"url": "https://help.example.com/a"}),
        await house.call("web_fetch", "c5", {"url": "https://evil.example/a"}),
        await house.ask("result", page),
        await house.call("ticket_create", "c6", {"customer": "5", "subject": "s"}),
        await house.call("nobody_declared", "c7", {"x": 1}),
        await house.ask("reply", {"payload": {"text": "done"}}),
    ]


def again(house, files, read=None, since=None, limit=1000):
    service = house.service
    bench = Bench(
        records=service.running.store, candidate=build(files, tools.catalogue()),
        read=read or service.policy_work.kept, catalogue=tools.catalogue(),
        workspace=lambda agent: "",
    )  # fmt: skip
    tally = Tally()
    found = replay.decisions(bench.records, since, limit)
    assert sum(1 for _ in replay.replay(found, bench, tally)) == len(found)
    return tally.done()


@story
async def test_the_set_in_force_answers_as_it_did(tmp_path):
    async with small(tmp_path) as house:
        await talk(house)
        found = again(house, WORKFLOWS)
        assert found.shifts == () and found.gone == {}
        assert found.asked == found.same == 10


CHANGES = (
    ((REFUND, ""), ("tool:pay", "Tool::refund", "approval", "permit")),
    ((REFUND, REFUND + "above = 899\n"), None),
    ((REFUND, REFUND + "above = 900\n"), ("tool:pay", "Tool::refund", "approval", "permit")),
    ((REFUND, REFUND + "people = 2\n"), None),
    (('["help.example.com"', '["evil.example", "help.example.com"'),
     ("tool:read", "Tool::web_fetch", "deny", "permit")),
    (('["help.example.com", ', "["), ("tool:read", "Tool::web_fetch", "permit", "deny")),
    (('replies = "allow"', 'replies = "refuse"'),
     ("message:send", "Channel::telegram", "permit", "deny")),
    (("calls_per_run = 20", "calls_per_run = 1"),
     ("tool:read", "Tool::web_fetch", "permit", "deny")),
    (('agents = ["sample/support"]', 'agents = ["sample/else"]'),
     ("message:receive", "Channel::telegram", "permit", "deny")),
)  # fmt: skip


@story
async def test_what_another_set_would_have_answered(tmp_path):
    async with small(tmp_path) as house:
        await talk(house)
        for change, shift in CHANGES:
            found = again(house, under(change))
            said = {(each.action, each.resource, each.was, each.now) for each in found.shifts}
            assert (shift in said) if shift else not said, (change, found)
            assert all(each.count == len(each.decisions) for each in found.shifts)
            assert all(each.because for each in found.shifts)


@story
async def test_what_depends_on_what_is_not_kept_is_not_guessed(tmp_path):
    async with small(tmp_path) as house:
        await talk(house)
        rule = '\n[[after]]\nread = "outside"\nrefuse = "reply"\n'
        found = again(house, under(("\n[unsure]", rule + "\n[unsure]")))
        assert found.gone == {replay.UNKNOWN: 1}
        assert found.shifts == () and found.asked == 9


@story
async def test_pauses_guards_and_lost_sets_are_counted_apart(tmp_path):
    async with small(tmp_path) as house:
        await talk(house)
        await house.service.stops.pause("tool", "crm_read", house.signed("operator"), "why")
        await house.call("crm_read", "c9", {"customer": "5"})
        await house.ask("result", {"toolName": "x", "runId": "r1", "toolCallId": "z", "text": ""})
        found = again(house, WORKFLOWS)
        assert found.gone == {"something was paused": 1, "no policy decided it": 1}

        def lost(digest):
            raise InvariantError("gone")

        assert sum(again(house, WORKFLOWS, read=lost).gone.values()) == 12


@story
async def test_only_the_newest_and_only_since_then(tmp_path):
    async with small(tmp_path) as house:
        await talk(house)
        assert again(house, WORKFLOWS, limit=3).asked == 3
        assert again(house, WORKFLOWS, since=house.clock.now()).asked == 10
        house.clock.forward(seconds=60)
        assert again(house, WORKFLOWS, since=house.clock.now()).asked == 0
