"""The real server process and a real mail server, and either of them gone for a while."""

import json
import time

import httpx
import pytest

from clawband.adapters.smtp import STEP_SECONDS
from tests.e2e.real_server import RealServer
from tests.simulators.mail_server import MailServer
from tests.simulators.small import REQUESTER, SESSION

pytestmark = pytest.mark.slow


def arrived(post, to, says):
    """The letters to this address that say this, once there is one."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if found := [each for each in post.letters if each.to == to and says in each.text]:
            return found
        time.sleep(0.05)
    raise AssertionError([(each.to, each.subject) for each in post.letters])


def settled(folder, post):
    """The next start of the server sends by this one."""
    table = {"host": "127.0.0.1", "port": post.port, "tls": "none", "from": "c@example.com"}
    (folder / "mail.json").write_text(json.dumps(table))


def held(server, number):
    """A call that waits for an approval: its id, and how long the answer took."""
    params = {"order": f"A-{number}", "amount": 9_900, "reason": "broken"}
    event = {"toolName": "refund", "params": params, "runId": "r", "toolCallId": f"c{number}"}
    context = {"agentId": "support", "sessionKey": SESSION, "requester": REQUESTER, "runId": "r"}
    body = {"v": 1, "boot": "b", "seq": number, "hook": "tool", "event": event, "ctx": context}
    secret = server.credential_file.read_text()
    began = time.monotonic()
    answer = httpx.post(
        f"http://127.0.0.1:{server.port}/gateway/v1/ask",
        json=body,
        headers={"authorization": f"Bearer {secret}"},
        timeout=2 * STEP_SECONDS,
    )
    assert answer.json()["verdict"] == "hold", answer.text
    return answer.json()["approval"], time.monotonic() - began


def test_a_killed_server_and_a_mail_server_that_is_down_lose_no_notice(tmp_path, capfd):
    # It comes back at another port: its old one may be somebody else's by then.
    server, post, again = RealServer(tmp_path), MailServer(), MailServer()
    try:
        with post:
            settled(tmp_path, post)
            server.start()
            server.call("POST", "/notices/address", {"address": "pia@example.com"}, who="pia")
            (letter,) = arrived(post, "pia@example.com", "confirm it")
            token = letter.link("/me/mail/").rpartition("/")[2]
            told = server.call("POST", "/notices/address/confirm", {"token": token}, who="pia")
            assert told["address"] == "pia@example.com"
        before, took = held(server, 1)
        assert took < STEP_SECONDS, "a decision waits for no mail"
        server.until(lambda: "no mail can be sent" in capfd.readouterr().err)
        after, _ = held(server, 2)
        server.kill()
        with again:
            settled(tmp_path, again)
            server.start()
            (first,) = arrived(again, "pia@example.com", before)
            server.stop()
            # The second is a letter of its own, or came with the first; once in any case.
            server.start()
            (second,) = arrived(again, "pia@example.com", after)
            assert len(arrived(again, "pia@example.com", before)) == 1
            assert not [each for each in post.letters if before in each.text]
            assert first.letter["Message-ID"] and second.letter["Message-ID"]
        sent = [each for each in server.events(tag="notice:send") if each["outcome"] == "sent"]
        assert len(sent) == len({each["detail"]["letter"] for each in sent})
    finally:
        server.stop()
