"""Who typed a command: only an authenticated sender of a private chat."""

from datetime import UTC, datetime

import pytest

from clawband.model.deployment import Gateway
from clawband.model.errors import InputError
from clawband.openclaw.commands import command
from clawband.openclaw.hooks import content_of

GATEWAY = Gateway(
    name="main", environment="dev", credential="x", enrolled=datetime(2026, 11, 22, tzinfo=UTC)
)
EVENT = {
    "channel": "telegram", "senderId": "7001", "from": "telegram:7001", "to": "telegram:7001",
    "args": "approve K7Q2-M9TX", "authorized": True, "internal": False,
}  # fmt: skip
CONTEXT = {"sessionKey": "agent:support:telegram:direct:7001"}


def test_a_private_chat_is_its_sender_at_one_gateway():
    said = command(EVENT, CONTEXT, GATEWAY)
    assert (said.who, said.chat) == ("telegram:7001", "main:telegram:7001")
    assert (said.text, said.session) == ("approve K7Q2-M9TX", CONTEXT["sessionKey"])
    assert said.answered("ok") == content_of({"text": "ok", "media": [], "to": "7001"})
    assert command({**EVENT, "senderId": 7001}, CONTEXT, GATEWAY).who == "telegram:7001"


@pytest.mark.parametrize(
    "changed",
    [
        {"channel": "webchat"},
        {"channel": "telegram:4242"},
        {"channel": None},
        {"senderId": None},
        {"senderId": ""},
        {"senderId": "cli"},
        {"senderId": "７００１"},
        {"internal": True},
        {"internal": None},
        {"authorized": False},
        {"authorized": "true"},
        {"from": "telegram:group:-1007"},
        {"from": "telegram:6666"},
        {"from": None, "to": None},
        {"to": "telegram:6666"},
    ],
    ids=str,
)
def test_what_no_authenticated_sender_of_a_private_chat_typed_is_refused(changed):
    with pytest.raises(InputError, match="not"):
        command({**EVENT, **changed}, CONTEXT, GATEWAY)


@pytest.mark.parametrize("changed", [{"args": 3}, {"args": "\ud800"}, {"channel": 1}], ids=str)
def test_another_shape_is_refused(changed):
    with pytest.raises(InputError):
        command({**EVENT, **changed}, CONTEXT, GATEWAY)


@pytest.mark.parametrize("event", [None, [], "x"])
def test_no_event_is_no_command(event):
    with pytest.raises(InputError):
        command(event, None, GATEWAY)
