"""The client before a real server: values, errors, pages, and lines that break."""

import re
import threading
from contextlib import contextmanager
from dataclasses import MISSING, fields
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from clawband.client import Approval, Client, Control, Event, Gateway, Operator, Secret
from clawband.client.transport import part
from clawband.edges.api import openapi
from clawband.model.errors import (
    AuthenticationError,
    ConflictError,
    InputError,
    NotFoundError,
    UnavailableError,
)
from tests.simulators.doors import served_house
from tests.simulators.small import ROOT


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with served_house(tmp_path_factory.mktemp("house")) as found:
        yield found


@pytest.fixture
def clawband(house):
    with Client(house.url, house.inside.tokens["admin"]) as found:
        yield found


@pytest.mark.parametrize("kind", [Approval, Control, Event, Gateway, Operator, Secret])
def test_a_value_has_what_the_description_says(kind):
    schema = openapi.document()["components"]["schemas"][kind.__name__]
    asked = {each.name for each in fields(kind)}
    needed = {each.name for each in fields(kind) if each.default is MISSING}
    assert asked <= set(schema["properties"])
    assert needed <= set(schema["required"])


def test_a_secret_is_given_a_value_and_never_told(clawband):
    body = {"name": "crm/key", "environment": "dev", "kind": "api key", "purpose": "orders"}
    clawband.post("/secrets", body)
    told = clawband.set_secret("crm/key", b"hunter2\xff")
    (listed,) = clawband.secrets()
    assert told == listed and (listed.name, listed.plan) == ("crm/key", None)
    assert [each["state"] for each in listed.versions] == ["current"]


def test_a_held_action_is_seen_and_decided(house, clawband):
    async def held(order):
        await house.inside.ask("run", {"prompt": "hello"})
        return (await house.inside.call("refund", f"c{order}", {"order": order})).unit

    for order in ("1", "2"):
        house.run(held(order))
    first, second = sorted(clawband.approvals(), key=lambda each: each.arguments["order"])
    assert (first.state, first.agent, first.arguments) == (
        "pending", "sample/support", {"order": "1"},
    )  # fmt: skip
    approver = Client(house.url, house.inside.tokens["approver"])
    assert approver.grant(first.id).state == "granted"
    assert approver.refuse(second.id, "not that one").note == "not that one"
    assert clawband.approval(first.id).grants[0]["by"] == "approver"
    assert [each.state for each in clawband.approvals()] == ["granted"]
    assert {each.id for each in clawband.approvals(everything=True)} == {first.id, second.id}
    with pytest.raises(ConflictError) as raised:
        approver.grant(first.id)
    assert raised.value.remedy


def test_somebody_lets_us_in_from_a_browser(house):
    terminals = house.inside.service.terminals
    person = house.run(house.inside.in_browser("viewer"))

    def show(address, code):
        assert address.endswith("/me/terminal")
        house.run(terminals.approve(code, person))

    fresh = Client(house.url)
    assert fresh.sign_in_by_browser(show, "viewer").name == "viewer"
    assert fresh.operator().name == "viewer"
    with pytest.raises(InputError, match="refused"):
        Client(house.url).sign_in_by_browser(
            lambda _, code: house.run(terminals.refuse(code, person))
        )


def test_told_to_slow_down_it_asks_five_seconds_later_from_then_on(house):
    codes, waited = [], []

    def wait(seconds):
        waited.append(seconds)
        if len(waited) == 4:
            house.run(terminals.approve(codes[0], person))
        if len(waited) > 2:
            house.inside.clock.forward(seconds=seconds)

    terminals = house.inside.service.terminals
    person = house.run(house.inside.in_browser("viewer"))
    fresh = Client(house.url)
    fresh.sign_in_by_browser(lambda _, code: codes.append(code), "viewer", wait)
    begun, *_ = waited
    assert waited == [begun, begun, begun + 5, begun + 5]


def test_who_and_what_there_is(clawband):
    assert clawband.operator().name == "admin"
    assert "viewer" in {each.name for each in clawband.operators()}
    assert [(each.name, each.environment) for each in clawband.gateways()] == [("sample", "dev")]


def test_a_pause_and_its_end(clawband):
    assert clawband.pause("agent", "sample/support", "sends the wrong price").by == "admin"
    assert [each.name for each in clawband.controls()] == ["sample/support"]
    assert clawband.resume("agent", "sample/support").kind == "agent"
    with pytest.raises(NotFoundError, match="not paused"):
        clawband.resume("agent", "sample/support")


def test_a_policy_set_that_is_wrong_says_where(clawband):
    with pytest.raises(InputError, match=r"support\.toml:1"):
        clawband.publish({"support.toml": "name = "})


def test_pages_miss_nothing_and_say_nothing_twice(clawband, house):
    clawband.pause("tool", "refund")
    clawband.resume("tool", "refund")
    for page in (1, 7, 1_000):
        places = [each.n for each in clawband.events(page=page)]
        assert places == list(range(places[0], -1, -1)) and len(places) > 7
    assert {each.tag for each in clawband.events(page=2, tag="control:pause")} == {"control:pause"}


def test_what_happens_is_followed(clawband, house):
    with clawband.happening() as leaves:
        Client(house.url, clawband.token).pause("tool", "refund", "now")
        assert next(leaves)["tag"] == "control:pause"
    followed = clawband.follow()
    other = Client(house.url, clawband.token)
    threading.Timer(0.2, lambda: other.resume("tool", "refund")).start()
    assert next(followed).tag == "control:resume"
    followed.close()


def test_nobody_and_the_wrong_role_are_told_apart(house):
    nobody = Client(house.url)
    with pytest.raises(AuthenticationError, match="not signed in") as raised:
        nobody.operators()
    assert "clawband login" in raised.value.remedy
    with pytest.raises(AuthenticationError) as raised:
        Client(house.url, house.inside.tokens["viewer"]).pause("tool", "refund")
    assert "not signed in" not in raised.value.message


@contextmanager
def breaking(times):
    """A server that hangs up on the first requests; the keys that it was sent."""
    keys = []

    class Face(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["content-length"]))
            keys.append(self.headers["idempotency-key"])
            if len(keys) <= times:
                self.close_connection = True
                return
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"ok": true}')

        def log_message(self, *_):
            """Quiet."""

    with HTTPServer(("127.0.0.1", 0), Face) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", keys
        server.shutdown()
        thread.join()


def test_a_line_that_breaks_is_tried_again_with_the_same_key():
    with breaking(2) as (url, keys):
        assert Client(url).post("/pause") == {"ok": True}
        assert len(keys) == 3 and len(set(keys)) == 1
        Client(url).post("/pause")
        assert keys[3] != keys[0]
        Client(url).post("/pause", key="mine")
        assert keys[4] == "mine"


def test_and_given_up_in_the_end():
    with breaking(9) as (url, keys):
        with pytest.raises(UnavailableError, match="does not answer"):
            Client(url).post("/pause")
        assert len(keys) == 3


def test_a_form_is_never_sent_twice():
    with breaking(9) as (url, keys):
        with pytest.raises(UnavailableError):
            Client(url).form("/token", {"a": "b"})
        assert len(keys) == 1


def test_an_answer_of_another_shape_is_said(house):
    class Older(Client):
        def get(self, path, **query):
            return {"operator": {"name": 7}}

    with pytest.raises(UnavailableError, match="does not answer"):
        Older(house.url).operator()


@pytest.mark.parametrize("text", ["", ".", ".."])
def test_a_part_of_a_path_does_not_leave_it(text):
    with pytest.raises(InputError, match="expected an id"):
        part(text)
    assert part("../a b") == "..%2Fa%20b"


def test_the_examples_of_the_document_run(house, monkeypatch, capsys):
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    examples = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    monkeypatch.setenv("CLAWBAND_SERVER", house.url)
    monkeypatch.setenv("CLAWBAND_TOKEN", house.inside.tokens["operator"])
    for example in examples:
        exec(compile(example, "docs/api.md", "exec"), {})
    told = capsys.readouterr().out
    assert "sample in dev" in told and "already" in told and len(examples) == 3
