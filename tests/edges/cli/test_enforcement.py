"""`clawband enforcement` and what `clawband status` says of it, before a real server."""

import time

import httpx

from tests.edges.cli.terminal import Terminal


def test_it_says_what_is_not_proved_and_exits_well(terminal: Terminal) -> None:
    told = terminal("enforcement")
    assert told.code == 0
    assert told.out.startswith("Not proved: no agent of `sample` was tried yet.")
    assert "held by" in told.out and "the egress proxy" in told.out
    assert "nothing was found missing in the last 24 hours" in told.out


def test_canaries_on_demand_say_why_they_could_not_fly(terminal: Terminal) -> None:
    told = terminal("enforcement", "--prove", "--reconcile", "--json")
    assert told.code == 0 and told.json["new"] == 0
    (gateway,) = told.json["gateways"]
    assert {each["state"] for each in gateway["agents"]} == {"unknown"}
    assert {each["why"] for each in gateway["agents"]} == {
        "the gateway has no control address, so no canary can fly"
    }
    assert gateway["ledger"] is None and not gateway["control"]


def test_a_gateway_that_falls_silent_is_a_loss_with_an_exit_code(terminal: Terminal) -> None:
    headers = {"authorization": f"Bearer {terminal.credential}"}
    beat = {"v": 1, "boot": "b", "seq": 0, "versions": {}, "counts": {}, "refused": []}
    httpx.post(
        f"{terminal.url}/gateway/v1/heartbeat", json=beat, headers=headers
    ).raise_for_status()
    end = time.monotonic() + 60
    while (told := terminal("enforcement")).code == 0 and time.monotonic() < end:
        time.sleep(0.5)
    assert told.code == 1
    assert told.out.startswith("No: 4 of 4 agents are ungoverned.")
    assert "its plugin sends no heartbeat" in told.out and "enforcement:lost" in told.out
    assert "ungoverned sample/support: its plugin sends no heartbeat" in terminal("status").out
