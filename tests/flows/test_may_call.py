"""May this agent do this: the engine in force answers, under circumstances that are told."""

import pytest

from clawband.flows.may_call import Asked, agent
from clawband.flows.who_can import Scene
from clawband.model.errors import InputError, NotFoundError
from tests.flows.scenes import scene
from tests.policy.asking import replaced
from tests.simulators.small import small, story


class Unpaused:
    """Implements what is asked of `ports.store.State`."""

    def controls(self):
        return ()


def asked(who, action, resource, arguments=None, files=None):
    question = Asked(who=who, action=action, resource=resource, arguments=arguments)
    return agent(question, scene(files=files), Unpaused())


def test_what_the_manifest_grants_is_a_yes_with_what_may_refuse_it_all_the_same():
    told = asked("sample/desk", "call", "note")
    assert (told.verdict, told.reasons[0].policy) == ("yes", "desk/write-note")
    assert "an operator paused this" in told.limits
    assert any("nothing was read from outside" in each for each in told.assumed)


def test_what_needs_an_approval_is_an_if():
    told = asked("sample/desk", "pay", "pay")
    assert told.verdict == "if"
    assert told.terms == ("an approval by somebody with role approver",)
    assert [reason.policy for reason in told.reasons] == ["desk/approve-pay"]


def test_what_nobody_grants_is_a_no_with_the_remedy_of_the_real_refusal():
    told = asked("sample/desk", "delete", "drop")
    assert (told.verdict, told.terms, told.limits) == ("no", (), ())
    assert told.reasons[0].policy == "clawband/default-deny"
    assert "name `drop` under `writes`" in told.remedy
    stranger = asked("sample/eve", "call", "note")
    assert (stranger.verdict, stranger.reasons[0].policy) == ("no", "clawband/unknown-agent")
    assert asked("sample/desk", "call", "nobody-knows-it").verdict == "no"


def test_without_arguments_a_call_stays_within_the_lists_of_its_manifest():
    lists = ('effect = "write"', 'effect = "send"\nrecipients = ["to"]')
    named = ("[[approvals]]", '[recipients]\nnote = ["ada@example.org"]\n[[approvals]]')
    files = {"desk.toml": replaced(lists, named)}
    told = asked("sample/desk", "send", "note", files=files)
    assert told.verdict == "yes"
    assert "its recipients are within ada@example.org" in told.assumed
    other = asked("sample/desk", "send", "note", {"to": "eve@example.org"}, files)
    assert other.verdict == "no" and "`[recipients]`" in other.remedy
    assert asked("sample/desk", "send", "note", {"to": "ada@example.org"}, files).verdict == "yes"


@pytest.mark.parametrize(("action", "resource", "verdict"), [
    ("reply", "telegram", "yes"), ("reply", "webchat", "no"), ("receive", "telegram", "yes"),
    ("ask", "sample/model", "no"), ("install", "anything", "if"),
    ("message:send", "telegram", "yes"),
])  # fmt: skip
def test_channels_models_and_plugins(action, resource, verdict):
    assert asked("sample/desk", action, resource).verdict == verdict


def test_questions_that_make_no_sense():
    with pytest.raises(InputError, match="expected `pay` with `pay`, got `delete`"):
        asked("sample/desk", "delete", "pay")
    with pytest.raises(NotFoundError, match="no gateway `nowhere`"):
        asked("nowhere/desk", "call", "pay")
    with pytest.raises(NotFoundError, match="no policy set"):
        agent(
            Asked(who="sample/desk", action="call", resource="pay"),
            Scene(people=(), gateways=(), active=None, uses=scene().uses), Unpaused(),
        )  # fmt: skip


@story
async def test_a_pause_is_a_no_as_it_is_for_the_agent(tmp_path):
    async with small(tmp_path) as house:
        question = Asked(who="sample/support", action="call", resource="refund")
        viewer = house.signed("viewer")
        assert (await house.service.access.may(question, viewer)).verdict == "if"
        await house.service.stops.pause("tool", "refund", house.signed("operator"), "odd")
        told = await house.service.access.may(question, viewer)
        assert (told.verdict, told.reasons[0].policy) == ("no", "baseline/paused")
