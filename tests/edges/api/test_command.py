"""`POST /gateway/v1/command`: what a gateway passes on from a chat."""

from tests.edges.api.calling import calling, is_problem
from tests.simulators.small import story

PATH = "/gateway/v1/command"
EVENT = {
    "channel": "telegram", "senderId": "7001", "from": "telegram:7001", "to": "telegram:7001",
    "args": "", "authorized": True, "internal": False,
}  # fmt: skip


def typed(**said):
    context = {"agentId": "support", "sessionKey": "agent:support:telegram:direct:7001"}
    return {"v": 1, "boot": "b", "event": {**EVENT, **said}, "ctx": context}


@story
async def test_the_answer_is_what_to_say_in_the_chat(tmp_path):
    async with calling(tmp_path) as caller:
        answer = await caller.post(PATH, typed())
        assert answer.status_code == 200
        assert "telegram:7001, is linked to nobody here" in answer.json()["text"]
        assert "/clawband approve" in (await caller.post(PATH, typed(args="?"))).json()["text"]


@story
async def test_what_no_authenticated_sender_typed_is_refused_and_recorded(tmp_path):
    async with calling(tmp_path) as caller:
        is_problem(await caller.post(PATH, typed(internal=True)), 400)
        is_problem(await caller.post(PATH, typed(senderId=None)), 400)
        is_problem(await caller.post(PATH, {"v": 1, "boot": "b"}), 400)
        is_problem(await caller.post(PATH, typed(), "not a credential"), 401)
        assert len(caller.house.events("request:refuse")) == 4
