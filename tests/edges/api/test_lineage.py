"""Explanations, endorsements and offers over HTTP, on decisions that were really taken."""

import asyncio
from contextlib import asynccontextmanager
from typing import Any

import pytest

from clawband.model.person import Role
from tests.edges.api.calling import calling, is_problem
from tests.simulators.post import ADA, BOB, EVE, FILE, POST, SESSION, read_page
from tests.simulators.small import PASSWORD, WORKFLOWS, story

FOR_WHOM = "for whom or where it goes comes only from content from outside, or from nowhere"


@asynccontextmanager
async def post_room(folder):
    """Somebody who calls, and a turn of the agent that has read the page."""
    async with calling(folder) as caller:
        files = {**WORKFLOWS, FILE: POST}
        await caller.house.service.policies.publish_as(files, "setup", "mail")
        yield caller, await read_page(caller.house.ask)


async def told(caller, decided, role="approver"):
    answer = await caller.operate("GET", f"/decisions/{decided.id}/explanation", role=role)
    assert answer.status_code == 200, answer.text
    return answer.json()


@story
async def test_a_hold_shows_the_value_its_sentence_and_its_source(tmp_path):
    async with post_room(tmp_path) as (caller, turn):
        held = await turn.mail(ADA, EVE)
        body = await told(caller, held)
        assert (body["verdict"], body["agent"]) == ("hold", "sample/post")
        assert body["reasons"] == [{"policy": "provenance/send", "because": FOR_WHOM}]
        eve, ada = body["values"]
        start, end = eve["span"]
        assert eve["quote"][start:end] == EVE and eve["doubtful"]
        assert "a web page" in eve["says"] and "web_fetch:" in eve["source"]
        assert (ada["value"], ada["origin"], ada["doubtful"]) == (ADA, "words", False)
        assert body["endorsable"] == ["to[1]"]
        assert any(eve["reading"] == each["id"] for each in body["read"])
        assert {each["label"] for each in body["read"]} == {
            "anybody could have written it; public",
            "a person with authority said it; public",
        }
        assert any("clawband endorse add --decision" in each for each in body["remedies"])


@story
async def test_who_may_not_read_arguments_is_told_the_kinds_only(tmp_path):
    async with post_room(tmp_path) as (caller, turn):
        held = await turn.mail(EVE)
        body = await told(caller, held, "viewer")
        assert [each["origin"] for each in body["values"]] == ["referred"]
        assert EVE not in str(body) and "Before you answer" not in str(body)
        for path in ("/endorsements", "/groups"):
            is_problem(await caller.operate("GET", path, role="viewer"), 403)


@story
async def test_an_approval_leads_there_too_and_carries_the_values(tmp_path):
    async with post_room(tmp_path) as (caller, turn):
        held = await turn.mail(EVE)
        path = f"/decisions/{held.decision.approval}/explanation"
        assert (await caller.operate("GET", path)).json()["decision"] == held.id
        card = (await caller.operate("GET", f"/approvals/{held.decision.approval}")).json()
        assert [each["value"] for each in card["values"]] == [EVE]
        is_problem(await caller.operate("GET", "/decisions/dec_none/explanation"), 404)


@story
async def test_vouching_for_what_a_decision_lacks_lets_it_and_later_ones_run(tmp_path):
    async with post_room(tmp_path) as (caller, turn):
        held = await turn.mail(EVE)
        body = {"decision": held.id, "purpose": "a known correspondent", "hours": 1}
        is_problem(await caller.operate("POST", "/endorsements", body, "auditor"), 403)
        given = (await caller.operate("POST", "/endorsements", body, "approver")).json()
        (endorsement,) = given["endorsements"]
        assert (endorsement["value"], endorsement["tool"]) == (EVE, "mail_send")
        assert endorsement["session"] == SESSION and endorsement["holds"]
        first = await turn.mail(EVE)
        assert first.decision.approval is None, "an endorsed call spends no approval"
        other = await turn.mail(EVE, text="something else")
        assert [first.decision.verdict, other.decision.verdict] == ["permit", "permit"]
        assert (await turn.mail(BOB)).decision.verdict == "hold"
        (listed,) = (await caller.operate("GET", "/endorsements")).json()["endorsements"]
        assert listed["uses"] == 2 and listed["last"]


@story
async def test_a_revoked_one_counts_for_nothing_from_the_next_call_on(tmp_path):
    async with post_room(tmp_path) as (caller, turn):
        body = {
            "agent": "sample/post", "meaning": "recipient", "values": [EVE], "session": SESSION,
            "tool": "mail_send", "purpose": "once",
        }  # fmt: skip
        given = await caller.operate("POST", "/endorsements", body, "approver")
        id_ = given.json()["endorsements"][0]["id"]
        assert (await turn.mail(EVE)).decision.verdict == "permit"
        ended = await caller.operate("POST", f"/endorsements/{id_}/revoke", {}, "operator")
        assert ended.json()["endorsement"]["revoked_by"] == "operator"
        assert (await turn.mail(EVE)).decision.verdict == "hold"
        is_problem(await caller.operate("POST", f"/endorsements/{id_}/revoke", {}), 409)


@story
async def test_it_ends_by_itself(tmp_path):
    async with post_room(tmp_path) as (caller, turn):
        held = await turn.mail(EVE)
        body = {"decision": held.id, "purpose": "today", "hours": 1}
        await caller.operate("POST", "/endorsements", body, "approver")
        await turn.mail(EVE)
        caller.house.clock.forward(hours=1)
        assert (await turn.mail(EVE, text="late")).decision.verdict == "hold"


@story
async def test_the_asker_never_vouches(tmp_path):
    async with post_room(tmp_path) as (caller, turn):
        held = await turn.mail(EVE)
        service = caller.house.service
        await service.operators.add_as(
            "self", [Role.APPROVER], ["telegram:4242"], PASSWORD, "setup"
        )
        token = await service.people.sign_in("self", PASSWORD)
        values = {"agent": "sample/post", "meaning": "recipient", "values": [EVE],
                  "session": "*", "tool": "*"}  # fmt: skip
        for body in ({"decision": held.id}, values):
            sent = {"purpose": "x", **body}
            answer = await caller.operate("POST", "/endorsements", sent, token)
            assert "can never vouch" in is_problem(answer, 403)["detail"]


@story
async def test_alike_cards_are_offered_and_taken_as_one(tmp_path):
    async with post_room(tmp_path) as (caller, turn):
        held = [await turn.mail(EVE), await turn.mail(BOB), await turn.mail(EVE, text="more")]
        (offer,) = (await caller.operate("GET", "/groups")).json()["groups"]
        assert offer["title"] == (
            "cover 3 waiting calls: let `sample/post` use `mail_send` with these 2 recipients in "
            "this session"
        )
        assert [each["value"] for each in offer["values"]] == [EVE, BOB]
        assert EVE in offer["allows"][0] and "whatever else" in offer["allows"][0]
        path = f"/groups/{offer['id']}/grant"
        is_problem(await caller.operate("POST", path, {"purpose": ""}, "approver"), 400)
        given = (await caller.operate("POST", path, {"purpose": "the list"}, "approver")).json()
        assert set(given["granted"]) == {each.decision.approval for each in held}
        assert len(caller.house.events("approval:grant")) == 3
        assert len(caller.house.events("endorsement:add")) == 2
        for to, text in ((EVE, "a"), (BOB, "b"), (EVE, "c")):
            assert (await turn.mail(to, text=text)).decision.verdict == "permit"
        assert (await caller.operate("GET", "/groups")).json() == {"groups": []}
        is_problem(await caller.operate("POST", path, {"purpose": "again"}, "approver"), 409)


@story
async def test_calls_that_wait_are_woken_and_leave_no_approval_behind(tmp_path):
    async with post_room(tmp_path) as (caller, turn):
        held = [await turn.mail(EVE), await turn.mail(BOB)]
        asked = [{"v": 1, "boot": "b", "approval": each.decision.approval} for each in held]
        polls = [asyncio.ensure_future(caller.post("/gateway/v1/await", each)) for each in asked]
        await asyncio.sleep(0.05)
        (offer,) = (await caller.operate("GET", "/groups")).json()["groups"]
        await caller.operate("POST", f"/groups/{offer['id']}/grant", {"purpose": "x"}, "approver")
        told = await asyncio.wait_for(asyncio.gather(*polls), 2)
        assert [each.json() for each in told] == [{"state": "granted", "reason": ""}] * 2
        assert (await turn.mail(EVE)).decision.verdict == "permit"
        listed = (await caller.operate("GET", "/endorsements")).json()["endorsements"]
        for each in listed:
            await caller.operate("POST", f"/endorsements/{each['id']}/revoke", {}, "approver")
        assert (await turn.mail(EVE)).decision.verdict == "hold"
        assert (await turn.mail(BOB)).decision.verdict == "hold", "its yes ended with it"


@story
async def test_an_offer_is_taken_as_it_was_shown_or_not_at_all(tmp_path):
    async with post_room(tmp_path) as (caller, turn):
        await turn.mail(EVE)
        await turn.mail(BOB)
        (offer,) = (await caller.operate("GET", "/groups")).json()["groups"]
        await turn.mail("third@evil.example")
        path = f"/groups/{offer['id']}/grant"
        problem = is_problem(await caller.operate("POST", path, {"purpose": "x"}, "approver"), 409)
        assert "no longer what waits" in problem["detail"]
        assert caller.house.events("endorsement:add", "approval:grant") == []


@story
async def test_what_vouching_would_not_help_says_so(tmp_path):
    async with post_room(tmp_path) as (caller, turn):
        denied = await turn.call("exec", {"command": "ls"})
        body = {"decision": denied.id, "purpose": "x"}
        answer = is_problem(await caller.operate("POST", "/endorsements", body), 400)
        assert "would not have permitted" in answer["detail"]


WRONG: dict[str, dict[str, Any]] = {
    "hours as text": {"hours": "8"}, "no hours": {"hours": 0}, "a month and more": {"hours": 721},
    "yes": {"hours": True}, "values as text": {"values": "x"}, "no meaning": {"meaning": ""},
    "numbers": {"values": [1]}, "agent as list": {"agent": []}, "no purpose": {"purpose": ""},
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_refused(tmp_path, what):
    @story
    async def refused():
        async with calling(tmp_path) as caller:
            body = {"agent": "sample/x", "meaning": "id", "values": ["1"], "session": "s",
                    "tool": "t", "purpose": "p"}  # fmt: skip
            sent = {**body, **WRONG[what]}
            is_problem(await caller.operate("POST", "/endorsements", sent, "approver"), 400)

    refused()


@story
async def test_cards_are_measured(tmp_path):
    async with post_room(tmp_path) as (caller, turn):
        await turn.mail(EVE)
        await turn.mail(BOB)
        counted = (await caller.operate("GET", "/cards", role="viewer")).json()
        assert counted == {
            "turns": 1, "cards": 2, "asked": 1, "mean": 2.0, "median": 2, "most": 2,
        }  # fmt: skip
