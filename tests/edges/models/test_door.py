"""The model gateway from outside: who may ask what, what leaves, what comes back, what is known."""

import base64
import json

from clawband.edges.models import door as doors
from tests.edges.models.serving import KEY, PLAN, TRACE, content, problem, serving
from tests.simulators import provider as says
from tests.simulators.small import story

OTHER = "f" * 32
AWS = "AKIA" + "QWERTYUIOPLKJHGF"
TOOL = {"type": "function", "function": {"name": "mail_send", "parameters": {"required": ["to"]}}}


def called(name="mail_send", arguments='{"to": "x"}', call="call_1"):
    function = {"name": name, "arguments": arguments}
    return says.event({"tool_calls": [{"index": 0, "id": call, "function": function}]})


@story
async def test_a_question_of_an_admitted_run_is_decided_passed_on_and_recorded(tmp_path):
    async with serving(tmp_path) as desk:
        await desk.admit()
        desk.provider.behave = says.says("hel", "lo")
        answer = await desk.ask("hello", stream=True, stream_options={"include_usage": True})
        assert (answer.status_code, content(answer)) == (200, "hello")
        assert answer.text.rstrip().endswith("data: [DONE]")
        head, body = desk.provider.asked[0]
        assert head.startswith("POST /base/chat/completions HTTP/1.1")
        assert f"authorization: Bearer {KEY}" in head
        assert "traceparent" not in head and "sample" not in head
        assert body["messages"] == [{"role": "user", "content": "hello"}]
        finish = await desk.finished()
        decision = next(e for e in desk.events("decision:permit") if e.action == "model:ask")
        assert (decision.agent, decision.run, decision.trace) == ("sample/support", "r1", TRACE)
        assert decision.resource == "Model::lab/rules" and decision.who == "telegram:4242"
        assert (finish.cause, finish.run, finish.outcome) == (decision.id, "r1", "ok")
        assert finish.detail["cost"] == 6 * 300 + 4 * 30 + 5 * 1500
        assert (finish.detail["input"], finish.detail["output"]) == (10, 5)


@story
async def test_a_whole_answer_is_passed_on(tmp_path):
    async with serving(tmp_path) as desk:
        await desk.admit()
        desk.provider.behave = says.answers({"role": "assistant", "content": "hello"})
        answer = await desk.ask("hello")
        assert answer.json()["choices"][0]["message"]["content"] == "hello"
        assert (await desk.finished()).detail["output"] == 5


@story
async def test_a_kept_value_is_in_no_prompt_whatever_policy_masks(tmp_path):
    async with serving(tmp_path) as desk:
        await desk.admit()
        desk.house.service.running.masking.learn("crm/key", b"4Jq8Zt2WmXv7Lr3NcHd6")
        encoded = base64.b64encode(b"shop:4Jq8Zt2WmXv7Lr3NcHd6").decode()
        await desk.ask("keep 4Jq8Zt2WmXv7Lr3NcHd6", f'say "Basic {encoded}"')
        first, second = desk.provider.bodies[0]["messages"]
        assert first["content"] == "keep [secret: crm/key]"
        assert "[secret: crm/key]" in second["content"] and encoded not in second["content"]


@story
async def test_usage_that_the_gateway_did_not_ask_for_is_counted_and_not_shown(tmp_path):
    async with serving(tmp_path) as desk:
        await desk.admit()
        answer = await desk.ask("hello", stream=True)
        assert "prompt_tokens" not in answer.text
        assert desk.provider.bodies[0]["stream_options"] == {"include_usage": True}
        assert (await desk.finished()).detail["input"] == 10


@story
async def test_a_model_that_is_not_listed_is_refused_before_anything_leaves(tmp_path):
    async with serving(tmp_path) as desk:
        await desk.admit()
        answer = await desk.ask("hello", model="other")
        assert answer.status_code == 400
        error = problem(answer)
        denied = next(e for e in desk.events("decision:deny") if e.action == "model:ask")
        assert error["code"] == "policy_refused" and denied.id in error["message"]
        assert desk.provider.asked == []


@story
async def test_what_belongs_to_no_run_may_only_say_words(tmp_path):
    async with serving(tmp_path) as desk:
        await desk.admit()
        for trace in (OTHER, "0" * 32, "x"):
            answer = await desk.ask("hello", trace=trace, tools=[TOOL])
            assert "belongs to no run" in problem(answer)["message"]
        assert desk.provider.asked == []
        assert (await desk.ask("make a title", trace=OTHER, stream=True)).status_code == 200
        asked = next(e for e in desk.events("decision:permit") if e.action == "model:ask")
        assert asked.agent == "sample/(gateway)"


@story
async def test_without_a_gateways_manifest_nothing_unjoined_is_asked(tmp_path):
    plan = PLAN.replace('unjoined = "without-tools"', "")
    async with serving(tmp_path, plan=plan) as desk:
        assert "belongs to no run" in problem(await desk.ask("hello"))["message"]


@story
async def test_a_paused_agent_asks_nothing(tmp_path):
    async with serving(tmp_path) as desk:
        await desk.admit()
        by = desk.house.signed("admin")
        await desk.house.service.stops.pause("agent", "support", by)
        assert "paused" in problem(await desk.ask("hello"))["message"]


@story
async def test_an_ungoverned_agent_asks_nothing(tmp_path):
    async with serving(tmp_path) as desk:
        await desk.admit()
        desk.house.service.models.governed = lambda _, agent: agent != "sample/support"
        assert "not asked about" in problem(await desk.ask("hello"))["message"]


@story
async def test_secrets_and_people_stay_here_and_come_back(tmp_path):
    async with serving(tmp_path) as desk:
        await desk.admit()
        desk.provider.behave = says.answers({"content": "ok"})
        await desk.ask(f"write to ada@corp.example with {AWS}")
        sent = desk.provider.bodies[0]["messages"][0]["content"]
        name = sent.split()[2]
        assert sent == f"write to {name} with [secret: aws-access-key]"
        assert name.endswith("@pseudonym.invalid")
        spelled = json.dumps({"to": name})
        half = len(spelled) // 2
        desk.provider.behave = says.streams(
            says.event({"content": f"to {name[:7]}"}), says.event({"content": name[7:]}),
            called(arguments=spelled[:half]),
            says.event({"tool_calls": [{"index": 0, "function": {"arguments": spelled[half:]}}]}),
            says.event({}, "tool_calls"), b"data: [DONE]\n\n",
        )  # fmt: skip
        answer = await desk.ask("write to ada@corp.example", "and again", stream=True, tools=[TOOL])
        assert content(answer) == "to ada@corp.example"
        assert name in desk.provider.bodies[1]["messages"][0]["content"]
        assert (
            '\\"to\\": \\"ada@corp.example\\"' in answer.text or "ada@corp.example" in answer.text
        )
        (call,) = desk.house.service.models.witness.calls()
        assert call.runnable and call.tool == "mail_send"


@story
async def test_another_session_is_given_nothing_back(tmp_path):
    async with serving(tmp_path) as desk:
        await desk.admit()
        desk.provider.behave = says.answers({"content": "ok"})
        await desk.ask("write to ada@corp.example")
        name = desk.provider.bodies[0]["messages"][0]["content"].split()[2]
        await desk.house.ask(
            "run", {"prompt": "x", "channelId": "telegram:7", "senderId": "7"}, runId="r2",
            sessionKey="agent:support:telegram:direct:7", trace={"traceId": OTHER},
        )  # fmt: skip
        desk.provider.behave = says.answers({"content": f"they wrote to {name}"})
        answer = await desk.ask("who? write to ada@corp.example", trace=OTHER)
        assert answer.json()["choices"][0]["message"]["content"] == f"they wrote to {name}"


@story
async def test_data_stays_in_its_region(tmp_path):
    async with serving(tmp_path) as desk:
        await desk.admit()
        answer = await desk.ask("Unit cost: 4.20 EUR, dealer price: 7.90")
        assert "keeps in eu" in problem(answer)["message"]
        assert desk.provider.asked == []


@story
async def test_without_its_own_credential_a_gateway_is_told_nothing(tmp_path):
    async with serving(tmp_path) as desk:
        for key in ("x", KEY, "x" * 52):
            answer = await desk.post("/lab/v1/chat/completions", {"model": "rules"}, key=key)
            assert (answer.status_code, problem(answer)["code"]) == (401, "invalid_api_key")


ELSEWHERE = (
    ("/lab/v1/responses", 404), ("/lab/v1/files", 404), ("/other/v1/chat/completions", 404),
    ("/lab/v2/chat/completions", 404), ("/lab/v1/chat/completions/x", 404), ("/lab/v1/", 404),
    ("/lab/v1/models", 405), ("/lab/v1/chat/completions?x=1", 405),
    ("/lab//v1/chat/completions", 404), ("/", 404),
)  # fmt: skip


@story
async def test_nothing_else_is_passed_through(tmp_path):
    async with serving(tmp_path) as desk:
        for path, status in ELSEWHERE:
            assert (await desk.post(path, {"model": "rules"})).status_code == status
        assert desk.provider.asked == []


@story
async def test_models_and_embeddings_are_passed_through(tmp_path):
    async with serving(tmp_path) as desk:
        await desk.admit()
        desk.provider.behave = says.whole(200, b'{"data": [{"embedding": [1.5]}]}')
        answer = await desk.post(
            "/lab/v1/embeddings", {"model": "rules", "input": ["ada@corp.example"]}
        )
        assert answer.json() == {"data": [{"embedding": [1.5]}]}
        assert "ada@" not in desk.provider.bodies[0]["input"][0]
        password = desk.house.service.models.password("sample")
        head = {"authorization": f"Bearer {password}"}
        assert (await desk.http.get("/lab/v1/models", headers=head)).status_code == 200


@story
async def test_a_question_that_is_no_json_is_refused(tmp_path):
    async with serving(tmp_path) as desk:
        answer = await desk.post("/lab/v1/chat/completions", b"{")
        assert (answer.status_code, problem(answer)["code"]) == (400, "invalid_request")


def test_the_trace_of_a_parent():
    good = f"00-{TRACE}-{'1' * 16}-01"
    assert doors.trace_of(good) == TRACE
    for wrong in (
        "",
        "00",
        f"ff-{TRACE}-1-1",
        f"00-{'0' * 32}-1-1",
        f"00-{TRACE[:-1]}G-1-1",
        TRACE,
    ):
        assert doors.trace_of(wrong) == ""
