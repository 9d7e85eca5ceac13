"""The stream says that something happened, and nothing that anybody else wrote."""

import json
import threading

from clawband.model.event import Tag
from tests.edges.console.shop import HOSTILE


def read(lines, wanted):
    """The next event of the stream with data in it."""
    id_ = ""
    for line in lines:
        if line.startswith("id: "):
            id_ = line[4:]
        if line.startswith("data: "):
            got = json.loads(line[6:])
            if wanted in got["tags"]:
                return int(id_), got
    raise AssertionError("the stream ended")


def test_what_happens_is_said_at_once(empty):
    with empty.as_("vi").stream("GET", "/activity/stream") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        lines = answer.iter_lines()
        assert next(lines).startswith("retry: ")
        record = empty.shop.service.log.record(Tag.GATEWAY_START, who=HOSTILE, outcome="started")
        later = threading.Timer(0.3, lambda: empty.served.run(record))
        later.start()
        index, got = read(lines, "gateway:start")
        later.join()
        assert got == {"index": index, "tags": ["gateway:start"]}


def test_after_a_gap_it_says_that_something_was_missed(empty):
    headers = {"last-event-id": "0"}
    empty.served.run(empty.shop.service.log.record(Tag.GATEWAY_START, outcome="started"))
    with empty.as_("vi").stream("GET", "/activity/stream", headers=headers) as answer:
        index, _ = read(answer.iter_lines(), "gateway:start")
        assert index == empty.shop.service.running.store.size() - 1
