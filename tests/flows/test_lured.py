"""Where a honeytoken stands in what the plugin asks about."""

from datetime import UTC, datetime

import pytest

from clawband.flows.lured import PLACES, sighting, words
from clawband.model.deployment import Gateway
from clawband.model.honeytoken import READ, Place
from clawband.openclaw import hooks
from clawband.openclaw.hooks import Hook

AT = datetime(2026, 11, 22, tzinfo=UTC)
SHOP = Gateway(name="shop", environment="dev", credential="", enrolled=AT)


def asked(hook, event):
    return hooks.asked(hook, event, {"agentId": "desk", "sessionKey": "s", "runId": "r1"})


def test_every_question_has_its_place():
    assert set(PLACES) == set(Hook)
    assert {hook for hook, place in PLACES.items() if place in READ} == {Hook.RESULT}


def test_all_of_a_question_is_looked_through():
    call = asked("tool", {"toolName": "message", "params": {"deep": [{"in": "Zk4vQ8sXw2Rt7b"}]}})
    assert b"Zk4vQ8sXw2Rt7b" in words(call)
    seen = sighting(call, SHOP)
    assert (seen.place, seen.agent, seen.run) == (Place.CALL, "shop/desk", "r1")
    assert seen.detail == {"tool": "message"} and seen.outcome == "used"


@pytest.mark.parametrize("said", ["half an emoji \ud83d", "\u202e", "\0"])
def test_whatever_its_words_are(said):
    assert words(asked("run", {"prompt": f"Zk4vQ8sXw2Rt7b {said}"})).count(b"Zk4vQ8sXw2Rt7b") == 1
