"""The model gateway when its provider, or its caller, does not do what it should."""

import asyncio

import httpx
import pytest

from clawband.edges.models import door as doors
from clawband.edges.models.upstream import Patience
from tests.edges.models.serving import KEY, problem, serving
from tests.simulators import provider as says
from tests.simulators.small import story

FAILURES = (
    (says.whole(429, b'{"error": {"message": "slow down"}}', retry_after="3"), 429),
    (says.whole(500, b"<html>oops sk-provider-0000</html>", "text/html"), 500),
    (says.whole(401, b'{"error": {"message": "bad key sk-provider-0000"}}'), 401),
    (says.whole(302, b"", location="http://169.254.169.254/"), 502),
    (says.whole(200, b"not json"), 502),
)


@story
async def test_a_providers_failure_is_told_without_its_key(tmp_path):
    async with serving(tmp_path) as desk:
        await desk.admit()
        for number, (behave, status) in enumerate(FAILURES, 1):
            desk.provider.behave = behave
            answer = await desk.ask("hello")
            assert answer.status_code == status and problem(answer)["message"]
            assert KEY not in answer.text
            assert len(desk.provider.asked) == number
            assert (await desk.finished(number)).outcome == "error"


async def _lies(_, writer):
    writer.write(says.head(200, "text/event-stream", content_length="1000"))
    writer.write(says.event({"content": "half"}))
    await writer.drain()
    writer.close()


async def _stalls(_, writer):
    writer.write(says.head(200, "text/event-stream", transfer_encoding="chunked"))
    await writer.drain()
    await asyncio.sleep(30)


async def _floods(_, writer):
    writer.write(says.head(200, "application/json", content_length="3000000") + b"x" * 3_000_000)


async def _silent(_, writer):
    await asyncio.sleep(30)


async def _garbage(_, writer):
    writer.write(b"SSH-2.0-hello\r\n\r\n")


BREAKS = (
    (_lies, "closed before its answer was complete"), (_stalls, "said nothing for"),
    (_floods, "larger than"), (_silent, "said nothing for"), (_garbage, "is not HTTP"),
)  # fmt: skip


@story
async def test_a_provider_that_breaks_off_is_an_error_and_not_an_answer(tmp_path):
    patience = Patience(first_byte=0.3, idle=0.3, size=1_000_000)
    async with serving(tmp_path, patience=patience) as desk:
        await desk.admit()
        for number, (behave, told) in enumerate(BREAKS, 1):
            desk.provider.behave = behave
            answer = await desk.ask("hello", stream=True)
            assert told in answer.text and "[DONE]" not in answer.text
            assert (await desk.finished(number)).outcome == "error"


@story
async def test_a_provider_that_is_away_is_an_error(tmp_path):
    async with serving(tmp_path) as desk:
        await desk.admit()
        await desk.provider.stop()
        assert problem(await desk.ask("hello"))["code"] == "provider_unavailable"


@story
async def test_connections_are_kept_and_replaced(tmp_path):
    async with serving(tmp_path) as desk:
        await desk.admit()
        desk.provider.behave = says.answers({"content": "ok"})
        for _ in range(3):
            assert (await desk.ask("hello")).status_code == 200
        assert desk.provider.connections == 1

        async def closes(provider, writer):
            await says.answers({"content": "ok"})(provider, writer)
            await writer.drain()
            if len(provider.asked) == 4:
                writer.transport.abort()  # not even a polite end
            writer.close()

        desk.provider.behave = closes
        for _ in range(3):
            assert (await desk.ask("hello")).status_code == 200
        assert len(desk.provider.asked) == 6


@story
async def test_when_the_caller_leaves_the_provider_is_left_too(tmp_path):
    async with serving(tmp_path) as desk:
        await desk.admit()
        desk.provider.behave = says.streams(*[says.event({"content": "x"})] * 500, pause=0.02)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(desk.ask("hello", stream=True), 0.3)
        await asyncio.wait_for(desk.provider.left.wait(), 3)
        assert (await desk.finished()).outcome == "cut"
        assert desk.door._open["sample"] == 0


@story
async def test_a_pause_ends_the_answers_that_are_open(tmp_path):
    async with serving(tmp_path) as desk:
        await desk.admit()
        desk.provider.behave = says.streams(*[says.event({"content": "x"})] * 500, pause=0.02)
        asking = asyncio.ensure_future(desk.ask("hello", stream=True))
        await asyncio.sleep(0.3)
        service, by = desk.house.service, desk.house.signed("admin")
        await service.stops.pause("agent", "lead", by)
        await asyncio.sleep(0.1)
        assert not asking.done()
        await service.stops.pause("agent", "support", by)
        await asyncio.wait_for(desk.provider.left.wait(), 1)
        with pytest.raises(httpx.RemoteProtocolError):
            await asking
        assert (await desk.finished()).outcome == "cut"


@story
async def test_a_pause_ends_a_question_that_waits_for_its_answer(tmp_path):
    async with serving(tmp_path) as desk:
        await desk.admit()
        desk.provider.behave = _silent
        asking = asyncio.ensure_future(desk.ask("hello"))
        await asyncio.sleep(0.3)
        by = desk.house.signed("admin")
        await desk.house.service.stops.pause("gateway", "sample", by)
        assert "clawband stopped this" in problem(await asyncio.wait_for(asking, 2))["message"]


@story
async def test_what_cannot_be_read_is_not_passed_on(tmp_path):
    async with serving(tmp_path) as desk:
        await desk.admit()
        for number, bad in enumerate((b"data: {\n\n", b"data: 5\n\n", b"data: x\n\n"), 1):
            desk.provider.behave = says.streams(bad, b"data: [DONE]\n\n")
            answer = await desk.ask("hello", stream=True)
            assert bad not in answer.content and "no chunk" in answer.text
            assert (await desk.finished(number)).outcome == "error"


@story
async def test_questions_at_once_are_limited(tmp_path, monkeypatch):
    async with serving(tmp_path) as desk:
        await desk.admit()
        desk.provider.behave = says.streams(says.event({"content": "x"}), pause=1)
        asking = [asyncio.ensure_future(desk.ask("hello", stream=True))
                  for _ in range(doors.AT_ONCE)]  # fmt: skip
        await asyncio.sleep(0.7)
        assert (await desk.ask("one more")).status_code == 429
        assert {each.status_code for each in await asyncio.gather(*asking)} == {200}
