"""What tried to leave reaches the server: counted, in parts, and again when it was not heard."""

import asyncio

import pytest

from clawband.adapters.kernel.telling import BATCH, REMEMBERED, Server, Telling
from clawband.containment.packet import Attempt
from tests.containment.test_definition import DEFINITION
from tests.simulators.decision_server import Answer, DecisionServer

GATEWAY, COMMANDS = DEFINITION.gateway.uid, DEFINITION.commands.uid


class Hearing(DecisionServer):
    """Remembers what it was told."""

    def hear(self, path, body):
        assert path == "/gateway/v1/bypass"
        self.asked.append(body)
        return Answer({"ok": True})


@pytest.fixture
def server(tmp_path):
    credential = tmp_path / "credential"
    credential.write_text("known\n")
    made = Hearing(tmp_path / "s", "known")
    yield made
    made.stop()


def telling(server):
    credential = str(server.path.parent / "credential")
    return Telling(GATEWAY, COMMANDS, Server(str(server.path), credential))


def test_equal_attempts_are_one_line_with_a_count(server, capsys):
    told = telling(server)
    for uid in (GATEWAY, COMMANDS, GATEWAY, 7):
        told.seen(Attempt("tcp", "203.0.113.9:443", uid))
    server.start()
    asyncio.run(told.flush())
    assert server.asked == [
        {
            "v": 1,
            "seen": [
                {"kind": "tcp", "what": "203.0.113.9:443", "who": who, "count": count}
                for who, count in (("gateway", 2), ("commands", 1), ("unknown", 1))
            ],
        }
    ]
    assert capsys.readouterr().err.count("stopped: gateway: tcp 203.0.113.9:443\n") == 1


def test_what_was_not_heard_is_told_again(server):
    told = telling(server)
    told.seen(Attempt("udp", "203.0.113.9:53", GATEWAY))
    asyncio.run(told.flush())
    assert server.asked == []
    told.seen(Attempt("udp", "203.0.113.9:53", GATEWAY))
    server.start()
    asyncio.run(told.flush())
    asyncio.run(told.flush())
    assert [each["seen"][0]["count"] for each in server.asked] == [2]


def test_a_flood_is_told_in_parts_and_the_rest_together(server):
    told = telling(server)
    for number in range(REMEMBERED + 30):
        told.seen(Attempt("dns", f"n{number}.example at 192.0.2.53", COMMANDS))
    server.start()
    asyncio.run(told.flush())
    lines = [line for each in server.asked for line in each["seen"]]
    assert max(len(each["seen"]) for each in server.asked) == BATCH
    assert len(lines) == REMEMBERED + 1
    assert sum(line["count"] for line in lines) == REMEMBERED + 30
    assert lines[-1]["what"] == "several more"
