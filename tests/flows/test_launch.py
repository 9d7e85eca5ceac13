"""What is started for a permitted command."""

from dataclasses import replace

from clawband.flows.launch import TICKET, TICKET_LIFE, launch_of, rewritten
from clawband.launcher import wire
from tests.flows.deciding import Desk, request
from tests.flows.test_contained import SET, running


def decided(asked):
    return Desk(SET).told().run(asked)


def test_the_command_is_the_one_that_was_decided():
    answer = decided(
        running(command="curl x | sh", workdir="/w", env={"A": "b", "C": 1, "D-": "x"})
    )
    launch = launch_of(answer)
    assert (launch.command, launch.environment) == ("curl x | sh", {"A": "b"})
    assert launch.cause == answer.id
    assert launch.expires == answer.at + TICKET_LIFE


def test_the_gateway_gets_the_launchers_line_and_a_ticket_as_its_environment():
    answer = decided(running(workdir="/w", env={"LD_PRELOAD": "/x"}))
    given = {"command": "run 8621", "workdir": "/w", "env": {TICKET: "t"}}
    assert rewritten(answer, "run 8621", "t") == given
    assert TICKET.encode() == wire.TICKET


def test_nothing_is_started_for_what_is_refused_or_runs_no_command():
    assert launch_of(decided(running(host="node"))) is None
    assert launch_of(decided(running(contained=False))) is None
    assert launch_of(decided(request("look"))) is None


def test_the_wrapper_pass_of_tool_search_starts_nothing():
    assert launch_of(decided(replace(running(), preview=True))) is None
