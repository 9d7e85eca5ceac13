"""The plugin's endpoint when what it is sent is wrong: refused in words, recorded, nothing done."""

import asyncio
import logging

import pytest

from clawband.edges.api.wire import MAX_BODY
from tests.edges.api.calling import calling, is_problem
from tests.simulators.small import SESSION, story

SECRET = "4111-1111-1111-1111"
PATH = "/gateway/v1/ask"


def deep(levels):
    return (
        b'{"v":1,"boot":"b","seq":1,"hook":"tool","event":'
        + b'{"a":' * levels
        + (b"1" + b"}" * levels)
        + b"}"
    )


def body(**changes):
    """A question's bytes with some parts replaced by raw JSON."""
    parts = {
        "v": "1", "boot": '"b"', "seq": "1", "hook": '"tool"',
        "event": '{"toolName":"crm_read","params":{}}', "ctx": '{"agentId":"support"}', **changes,
    }  # fmt: skip
    return (
        "{" + ",".join(f'"{name}":{text}' for name, text in parts.items() if text) + "}"
    ).encode(errors="surrogatepass")


MALFORMED = {
    "nothing": b"",
    "not JSON": b"hello",
    "cut": body()[:-5],
    "a list": b"[]",
    "invalid UTF-8": body().replace(b"crm_read", b"crm\xff"),
    "encoded surrogate": body(event='{"toolName":"\ud800"}'),
    "lone surrogate": body(event='{"toolName":"\\ud800"}'),
    "lone surrogate in a key": body(event='{"toolName":"crm_read","params":{"\\ud800":1}}'),
    "NaN": body(event='{"toolName":"crm_read","params":{"a":NaN}}'),
    "infinite": body(event='{"toolName":"crm_read","params":{"a":1e999}}'),
    "endless integer": body(event='{"toolName":"crm_read","params":{"a":' + "9" * 5000 + "}}"),
    "deep": deep(100),
    "very deep": deep(100_000),
    "wide": body(event='{"toolName":"x","params":{"a":[' + ",".join("0" * 30_000) + "]}}"),
    "no version": body(v=""),
    "another version": body(v="2"),
    "version as text": body(v='"1"'),
    "no boot": body(boot='""'),
    "boot as number": body(boot="1"),
    "seq as text": body(seq='"1"'),
    "seq as fraction": body(seq="1.5"),
    "unknown hook": body(hook='"exec"'),
    "hook with escape": body(hook='"\\u001b[2Jtool"'),
    "event as text": body(event='"x"'),
    "no tool": body(event="{}"),
    "tool as number": body(event='{"toolName":1}'),
    "bidi in the tool": body(event='{"toolName":"crm\\u202eread"}'),
    "zero width in the tool": body(event='{"toolName":"crm\\u200bread"}'),
    "newline in the tool": body(event='{"toolName":"crm\\nread"}'),
    "null in the tool": body(event='{"toolName":"crm\\u0000read"}'),
    "long tool": body(event='{"toolName":"' + "x" * 257 + '"}'),
    "params as list": body(event='{"toolName":"crm_read","params":[]}'),
    "bidi in the agent": body(ctx='{"agentId":"supp\\u2066ort"}'),
    "agent as object": body(ctx='{"agentId":{}}'),
    "control in the session": body(ctx='{"agentId":"support","sessionKey":"a\\u009bb"}'),
    "session as list": body(ctx='{"agentId":"support","sessionKey":["a"]}'),
    "run as object": body(ctx='{"agentId":"support","runId":{"a":1}}'),
    "sender as list": body(ctx='{"requester":{"channel":"telegram","senderId":[1]}}'),
}


@pytest.fixture
def quiet(caplog):
    """Nothing that was sent is in the log of the server, not even at the finest level."""
    caplog.set_level(logging.DEBUG)
    yield
    logged = "\n".join(record.getMessage() for record in caplog.records) + caplog.text
    assert SECRET not in logged


@story
async def test_what_is_malformed_is_refused_recorded_and_nothing_is_done(tmp_path, quiet):
    async with calling(tmp_path) as caller:
        for number, (what, data) in enumerate(MALFORMED.items()):
            before = caller.house.service.running.store.size()
            data = data.replace(b'"boot":"b"', b'"boot":"b%d"' % number)
            response = await caller.post(PATH, data)
            assert response.status_code == 400, (what, response.text)
            assert is_problem(response, 400)["remedy"], what
            (event,) = caller.house.events()[before:]
            assert event.tag == "request:refuse", what
            assert event.gateway == "sample" and str(event.detail["problem"]).isprintable()


@story
async def test_what_is_too_large_is_refused_declared_or_streamed(tmp_path, quiet):
    async with calling(tmp_path) as caller:
        text = SECRET * (MAX_BODY // len(SECRET))
        large = caller.call("crm_read", {"text": text})
        is_problem(await caller.ask(large), 400)

        async def streamed():
            for _ in range(40):
                yield b" " * 65_536

        headers = {"authorization": f"Bearer {caller.house.credential}"}
        response = await caller.http.post(PATH, content=streamed(), headers=headers)
        is_problem(response, 400)
        assert len(caller.house.events("request:refuse")) == 2


@story
async def test_without_its_own_credential_nothing_is_answered(tmp_path, quiet):
    async with calling(tmp_path) as caller:
        foreign, _ = await caller.house.service.gateways.enroll("other", "dev", "setup")
        for path in ("ask", "await", "report", "heartbeat"):
            for secret in ("", "cbg_" + "0" * 64, caller.house.tokens["admin"], SECRET):
                before = len(caller.house.events("request:refuse"))
                response = await caller.post(f"/gateway/v1/{path}", caller.call("x"), secret)
                assert is_problem(response, 401)["remedy"]
                recorded = caller.house.events("request:refuse")[before:]
                assert [event.gateway for event in recorded] == [""], path
        headers = {"authorization": f"Basic {caller.house.credential}"}
        assert (await caller.http.post(PATH, content=b"{}", headers=headers)).status_code == 401
        await caller.message()
        held = (await caller.ask(caller.call("refund", {"id": "1", "amount": 5}))).json()
        waiting = {"v": 1, "boot": "b", "approval": held["approval"]}
        is_problem(await caller.post("/gateway/v1/await", waiting, foreign), 404)


@story
async def test_a_number_is_used_once(tmp_path):
    async with calling(tmp_path) as caller:
        await caller.message()
        question = caller.call("crm_read", {"id": "1"})
        first = await caller.ask(question)
        size = caller.house.service.running.store.size()
        again = await caller.ask(question)
        assert again.content == first.content
        assert caller.house.service.running.store.size() == size, "answered, not decided again"
        other = {**question, "event": {**question["event"], "params": {"id": "2"}}}
        is_problem(await caller.ask(other), 409)
        assert caller.house.events()[-1].tag == "request:refuse"


@story
async def test_the_same_question_twice_at_once_has_one_answer(tmp_path):
    async with calling(tmp_path) as caller:
        await caller.message()
        question = caller.call("crm_read", {"id": "1"})
        one, two = await asyncio.gather(caller.ask(question), caller.ask(question))
        assert one.content == two.content and one.status_code == two.status_code == 200
        assert len(caller.house.events("decision:permit")) == 2


@story
async def test_questions_may_overtake_each_other(tmp_path):
    async with calling(tmp_path) as caller:
        questions = [caller.call("crm_read", {"id": str(n)}, call=f"c{n}") for n in range(6)]
        for question in reversed(questions):
            assert (await caller.ask(question)).status_code == 200


@story
async def test_a_gap_is_noticed_and_recorded_once(tmp_path):
    async with calling(tmp_path) as caller:
        for seq in (1, 2, 5):
            await caller.ask(caller.call("crm_read", seq=seq))
        beat = {"v": 1, "boot": "b", "seq": 5}
        for _ in range(3):
            assert (await caller.post("/gateway/v1/heartbeat", beat)).json() == {"ok": True}
        (gap,) = caller.house.events("gateway:gap")
        assert gap.detail == {"boot": "b", "count": 2, "first": 3, "last": 4}
        assert caller.house.service.gateways.presence["sample"].lost == 2


@story
async def test_what_nobody_declared_is_denied_and_says_what_would_help(tmp_path):
    async with calling(tmp_path) as caller:
        await caller.message()
        tool = (await caller.ask(caller.call("zap"))).json()
        assert tool["verdict"] == "deny" and "[tools.<name>]" in tool["reason"]
        for agent in ("nobody", "sample/support", "other/support", ""):
            context = caller.house.context(agentId=agent, sessionKey="")
            answer = (await caller.ask(caller.call("crm_read", ctx=context))).json()
            assert answer["verdict"] == "deny" and answer["decision"] in answer["reason"]
        assert caller.house.events("decision:deny")[-1].detail["reasons"] == [
            "clawband/unknown-agent"
        ]


@story
async def test_an_integer_json_cannot_carry_is_denied_in_words(tmp_path):
    async with calling(tmp_path) as caller:
        await caller.message()
        answer = (await caller.ask(caller.call("crm_read", {"id": 2**60}))).json()
        assert answer["verdict"] == "deny" and "2^53" in answer["reason"]


@story
async def test_texts_and_arguments_stay_out_of_log_and_leaves(tmp_path, quiet):
    async with calling(tmp_path) as caller:
        event = {"prompt": SECRET, "channelId": "telegram:4242", "senderId": "4242"}
        assert (await caller.ask(caller.question("run", event))).json()["verdict"] == "permit"
        await caller.ask(caller.call("refund", {"id": SECRET, "amount": 5}))
        await caller.ask(caller.question("reply", {"payload": {"text": SECRET}}))
        result = {"toolName": "crm_read", "text": SECRET, "toolCallId": "c"}
        await caller.ask(caller.question("result", result))
        report = {"seq": 90, "hook": "message_sent", "event": {"content": SECRET}, "ctx": {}}
        await caller.post("/gateway/v1/report", {"v": 1, "boot": "b", "events": [report]})
        store = caller.house.service.running.store
        assert SECRET.encode() not in b"".join(store.bodies(0, store.size()))
        assert SESSION.encode() in b"".join(store.bodies(0, store.size()))
        files = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
        assert SECRET.encode() not in files, "kept, but encrypted"
