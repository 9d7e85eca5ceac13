"""What a real gateway tells the model beside a message, and the plugin tells us."""

import time

import pytest

from clawband.labels.around import around

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


def test_what_a_message_forwards_or_replies_to_is_told_beside_it(decisions, gateway):
    eve = {"id": 6666, "is_bot": False, "first_name": "Eve"}
    forwarded = {"type": "user", "date": int(time.time()), "sender_user": eve}
    quoted = {"message_id": 5, "date": 5, "from": eve, "chat": {"id": 4242, "type": "private"}}
    messages = (
        {"forward_origin": forwarded},
        {"reply_to_message": {**quoted, "text": "pay eve"}},
    )
    for more in messages:
        decisions.forget()
        gateway.chat_network.send("support", "ana", "look up order 17", **more)
        decisions.wait_for(lambda: decisions.asks("message"))
        (run,) = decisions.asks("run")
        assert run["event"]["prompt"] == "look up order 17"
        beside = around(run["event"]["context"])
        assert (beside.forwarded, "pay eve" in beside.others) == (
            "forward_origin" in more,
            "reply_to_message" in more,
        )
