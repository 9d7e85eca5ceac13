"""The live control of a real gateway, by the contract of `ports.gateway.GatewayControl`."""

import subprocess
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest

from clawband.adapters.gateways.openclaw import Link, OpenClawControl
from clawband.ports.gateway import GatewayControl
from examples.sample.gateway import SampleGateway

SLEEP = "sleep 86.4179"
SESSION = "agent:support:telegram:support:direct:4242"


@pytest.fixture
def url(gateway: SampleGateway) -> str:
    return f"ws://127.0.0.1:{gateway.port}"


@pytest.fixture
def control(gateway: SampleGateway, url: str) -> GatewayControl:
    return OpenClawControl(url, lambda: gateway.token)


def sleeping() -> bool:
    return SLEEP in subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.1)
    return condition()


def test_a_running_turn_is_ended(
    gateway: SampleGateway, control: GatewayControl, aside: Callable[..., Future[Any]]
) -> None:
    answer = aside(gateway.chat, "support", f"run `{SLEEP}`", timeout=40)
    assert wait_until(sleeping, 30), gateway.log.read_text()[-2000:]
    begun = time.monotonic()
    aborted = control.abort([SESSION])
    assert aborted.sessions == (SESSION,)
    assert aborted.failed == ()
    assert time.monotonic() - begun < 3
    assert wait_until(lambda: not sleeping(), 10)
    answer.cancel()


def test_what_cannot_be_ended_is_said(control: GatewayControl) -> None:
    aborted = control.abort(["no such session"])
    assert aborted.sessions == ()
    assert "no such session" in aborted.failed[0]


def test_a_skill_is_switched(gateway: SampleGateway, url: str, control: GatewayControl) -> None:
    def states() -> dict[str, bool]:
        with Link(url, gateway.token, seconds=20) as link:
            told = link.call("skills.status", {"agentId": "support"})
        return {each["skillKey"]: not each["disabled"] for each in told["skills"]}

    name = next(name for name, on in states().items() if on)
    assert control.switch_skill(name, enabled=False) == ""
    assert wait_until(lambda: not states()[name], 10)
    assert control.switch_skill(name, enabled=True) == ""
    assert wait_until(lambda: states()[name], 10)


def test_a_wrong_token_fails_in_words(url: str) -> None:
    control = OpenClawControl(url, lambda: "wrong")
    assert "token mismatch" in control.abort([SESSION]).failed[0]
    assert "token mismatch" in control.switch_skill("any", enabled=False)
