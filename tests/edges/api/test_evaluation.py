"""AuthZEN 1.0: permit, deny and hold on the wire, and the id of the caller in every response."""

import pytest

from clawband.enforcement.lease import Target
from clawband.flows.connect import Seen
from clawband.model.errors import AuthenticationError
from clawband.service.passages import Passage
from tests.edges.api.calling import calling, is_problem
from tests.service.test_egress import basic
from tests.simulators.small import REQUESTER, SESSION, story

PATH = "/access/v1/evaluation"


def evaluation(resource="crm_read", action="tool:call", subject="sample/support", **properties):
    kind = "tool" if action == "tool:call" else "channel"
    return {
        "subject": {"type": "agent", "id": subject, "properties": {"requester": REQUESTER}},
        "action": {"name": action},
        "resource": {"type": kind, "id": resource, "properties": properties},
        "context": {"session": SESSION, "run": "r1", "call": f"call-{resource}"},
    }


MESSAGE = evaluation("telegram", "message:receive", text="hello")


@story
async def test_permit_deny_and_hold(tmp_path):
    async with calling(tmp_path) as caller:
        answer = (await caller.post(PATH, MESSAGE)).json()
        assert answer["decision"] is True
        assert answer["context"]["reasons"][0]["policy"] == "support/receive-telegram"
        permit = (await caller.post(PATH, evaluation(arguments={"id": "1"}))).json()
        assert (permit["decision"], permit["context"]["verdict"]) == (True, "permit")
        deny = (await caller.post(PATH, evaluation("zap"))).json()
        assert (deny["decision"], deny["context"]["verdict"]) == (False, "deny")
        assert deny["context"]["remedy"]
        hold = (await caller.post(PATH, evaluation("refund", arguments={"amount": 1}))).json()
        assert (hold["decision"], hold["context"]["verdict"]) == (False, "hold")
        assert hold["context"]["approval"].startswith("apr_")
        assert hold["context"]["requirements"][0]["role"] == "approver"
        recorded = caller.house.events("decision:permit", "decision:deny", "decision:hold")
        assert [event.id for event in recorded] == [
            each["context"]["id"] for each in (answer, permit, deny, hold)
        ]


@story
async def test_an_approval_counts_here_too(tmp_path):
    async with calling(tmp_path) as caller:
        await caller.post(PATH, MESSAGE)
        question = evaluation("refund", arguments={"amount": 1})
        held = (await caller.post(PATH, question)).json()["context"]["approval"]
        await caller.operate("POST", f"/approvals/{held}/grant", {}, "approver")
        answers = [(await caller.post(PATH, question)).json()["decision"] for _ in range(2)]
        assert answers == [True, False]


WRONG = {
    "nothing": b"{}",
    "another action": evaluation(action="tool:configure"),
    "another gateway": evaluation(subject="other/support"),
    "no agent": evaluation(subject="sample/"),
    "a person": evaluation() | {"subject": {"type": "user", "id": "sample/support"}},
    "arguments as text": evaluation(arguments="x"),
    "hidden character": evaluation("crm\u202eread"),
    "lone surrogate": evaluation("crm\ud800"),
    "text as number": evaluation("telegram", "message:receive", text=1),
    "session as object": evaluation() | {"context": {"session": {}}},
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_refused_recorded_and_says_what_to_do(tmp_path, what):
    @story
    async def told():
        async with calling(tmp_path) as caller:
            body = is_problem(await caller.post(PATH, WRONG[what]), 400)
            assert body["remedy"]
            (event,) = caller.house.events("request:refuse")
            assert event.gateway == "sample"

    told()


@story
async def test_without_a_credential_there_is_no_answer(tmp_path):
    async with calling(tmp_path) as caller:
        for secret in ("", "wrong", caller.house.tokens["admin"]):
            is_problem(await caller.post(PATH, MESSAGE, secret), 401)
        assert len(caller.house.events("request:refuse")) == 3


@story
async def test_the_callers_id_is_in_every_response(tmp_path):
    async with calling(tmp_path) as caller:
        for secret in (caller.house.credential, "wrong"):
            headers = {"authorization": f"Bearer {secret}", "x-request-id": "abc-1"}
            response = await caller.http.post(PATH, json=MESSAGE, headers=headers)
            assert response.headers["x-request-id"] == "abc-1"
        assert "x-request-id" not in (await caller.post(PATH, MESSAGE)).headers


@story
async def test_the_metadata_names_the_endpoint(tmp_path):
    async with calling(tmp_path) as caller:
        found = (await caller.http.get("/.well-known/authzen-configuration")).json()
        assert found["access_evaluation_endpoint"].endswith(PATH)


@story
async def test_a_permit_brings_a_token_for_each_destination_it_names(tmp_path):
    async with calling(tmp_path) as caller:
        await caller.post(PATH, MESSAGE)
        asked = evaluation("web_fetch", arguments={"url": "https://help.example.com/a"})
        answer = (await caller.post(PATH, asked)).json()
        assert answer["decision"] is True
        (token,) = answer["context"]["tokens"]
        assert (token["host"], token["port"]) == ("help.example.com", 443)
        egress = caller.house.service.egress
        named = egress.callers.identify(basic("action", token["token"]))
        passage = await egress.decide(named, Target("help.example.com", 443), Seen())
        assert isinstance(passage, Passage)
        assert passage.request.trace.call == "call-web_fetch"
        with pytest.raises(AuthenticationError, match="was used"):
            egress.callers.identify(basic("action", token["token"]))


@story
async def test_a_token_opens_its_own_destination_only(tmp_path):
    async with calling(tmp_path) as caller:
        await caller.post(PATH, MESSAGE)
        asked = evaluation("web_fetch", arguments={"url": "https://help.example.com/a"})
        (token,) = (await caller.post(PATH, asked)).json()["context"]["tokens"]
        egress = caller.house.service.egress
        named = egress.callers.identify(basic("action", token["token"]))
        refused = await egress.decide(named, Target("status.example.com", 443), Seen())
        assert refused.category == "egress/missing"


@story
async def test_what_is_refused_or_names_nothing_brings_none(tmp_path):
    async with calling(tmp_path) as caller:
        await caller.post(PATH, MESSAGE)
        for asked in (evaluation(arguments={"id": "1"}), evaluation("zap")):
            assert "tokens" not in (await caller.post(PATH, asked)).json()["context"]
