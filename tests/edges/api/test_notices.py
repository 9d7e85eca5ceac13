"""One's own notices over the API, and a link that goes by mail."""

from tests.edges.api.calling import calling, is_problem
from tests.simulators.courier import Bag, round_of
from tests.simulators.small import story


def token_of(bag):
    (message,) = bag.empty()
    link = next(each for each in message.text.splitlines() if "/me/mail/" in each)
    return link.rpartition("/")[2]


@story
async def test_an_address_is_asked_for_confirmed_and_forgotten(tmp_path):
    bag = Bag()
    async with calling(tmp_path, courier=bag) as caller:
        told = (await caller.operate("GET", "/notices", role="viewer")).json()
        assert (told["sent"], told["address"], told["unconfirmed"]) == (True, "", "")
        assert all(each["wanted"] and each["about"] for each in told["topics"])
        body = {"address": "vi@example.com"}
        asked = (await caller.operate("POST", "/notices/address", body, "viewer")).json()
        assert (asked["address"], asked["unconfirmed"]) == ("", "vi@example.com")
        await round_of(caller.house)
        proof = {"token": token_of(bag)}
        assert proof["token"] not in str(asked)
        confirm = "/notices/address/confirm"
        is_problem(await caller.operate("POST", confirm, proof, "approver"), 404)
        done = (await caller.operate("POST", confirm, proof, "viewer")).json()
        assert (done["address"], done["unconfirmed"]) == ("vi@example.com", "")
        is_problem(await caller.operate("POST", confirm, proof, "viewer"), 404)
        chosen = await caller.operate("POST", "/notices/topics", {"topics": ["reviews"]}, "viewer")
        assert [each["topic"] for each in chosen.json()["topics"] if each["wanted"]] == ["reviews"]
        assert (await caller.operate("DELETE", "/notices/address", role="viewer")).json() == {
            "ok": True
        }
        is_problem(await caller.operate("DELETE", "/notices/address", role="viewer"), 404)


@story
async def test_where_no_mail_is_sent_that_is_said(tmp_path):
    async with calling(tmp_path) as caller:
        assert (await caller.operate("GET", "/notices")).json()["sent"] is False
        body = {"address": "a@example.com"}
        refused = is_problem(await caller.operate("POST", "/notices/address", body), 404)
        assert "[mail]" in refused["remedy"]


@story
async def test_an_invitation_goes_to_the_address_that_is_given(tmp_path):
    bag = Bag()
    async with calling(tmp_path, courier=bag) as caller:
        body = {"name": "zoe", "roles": ["viewer"], "mail": "zoe@example.com"}
        link = (await caller.operate("POST", "/invitations", body)).json()["link"]
        await round_of(caller.house)
        (message,) = bag.empty()
        assert message.to == "zoe@example.com" and f"\n{link}\n" in message.text
        assert "admin invites you to Clawband as zoe" in message.subject
        assert link.rpartition("/")[2] not in message.subject
        for wrong in ("zoe", "zoe@example.com\r\nBcc: eve@evil.example"):
            again = {**body, "name": "yan", "mail": wrong}
            is_problem(await caller.operate("POST", "/invitations", again), 400)
        assert len((await caller.operate("GET", "/invitations")).json()["invitations"]) == 1


@story
async def test_a_link_that_was_withdrawn_is_not_sent(tmp_path):
    bag = Bag()
    async with calling(tmp_path, courier=bag) as caller:
        body = {"name": "zoe", "roles": ["viewer"], "mail": "zoe@example.com"}
        await caller.operate("POST", "/invitations", body)
        await caller.operate("DELETE", "/invitations/zoe")
        await round_of(caller.house)
        assert bag.empty() == []


@story
async def test_without_mail_nobody_is_invited_by_it(tmp_path):
    async with calling(tmp_path) as caller:
        body = {"name": "zoe", "roles": ["viewer"], "mail": "zoe@example.com"}
        is_problem(await caller.operate("POST", "/invitations", body), 404)
        assert (await caller.operate("GET", "/invitations")).json() == {"invitations": []}
