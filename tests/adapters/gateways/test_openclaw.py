"""The WebSocket control client against a gateway that answers, refuses, babbles and is silent."""

import time

import pytest

from clawband.adapters.gateways.openclaw import Link, OpenClawControl
from clawband.model.errors import AuthenticationError, InputError, UnavailableError
from tests.simulators.gateway_socket import Answer, accepts, gateway_socket, refuses

TOKEN = "shared-gateway-token"


def token() -> str:
    return TOKEN


def test_it_signs_in_as_a_backend_and_aborts_by_key() -> None:
    with gateway_socket(accepts) as (url, asked):
        aborted = OpenClawControl(url, token).abort(["agent:a:main", "agent:b:main"])
    assert aborted.sessions == ("agent:a:main", "agent:b:main")
    connect, *aborts = asked
    assert connect["method"] == "connect"
    params = connect["params"]
    assert (params["minProtocol"], params["maxProtocol"]) == (4, 4)
    assert (params["client"]["id"], params["client"]["mode"]) == ("gateway-client", "backend")
    assert params["auth"] == {"token": TOKEN, "password": TOKEN}
    assert params["scopes"] == ["operator.admin"]
    assert [each["method"] for each in aborts] == ["sessions.abort"] * 2
    assert [each["params"] for each in aborts] == [{"key": "agent:a:main"}, {"key": "agent:b:main"}]


def test_a_skill_is_switched_by_its_key() -> None:
    with gateway_socket(accepts) as (url, asked):
        assert OpenClawControl(url, token).switch_skill("poems", enabled=False) == ""
    assert asked[1]["params"] == {"skillKey": "poems", "enabled": False}


def test_one_failure_does_not_keep_the_others_running() -> None:
    def answer(frame: dict) -> list:
        odd = frame["params"].get("key") == "odd"
        return refuses("INVALID_REQUEST", "no such session")(frame) if odd else accepts(frame)

    with gateway_socket(answer) as (url, _):
        aborted = OpenClawControl(url, token).abort(["one", "odd", "two"])
    assert aborted.sessions == ("one", "two")
    assert aborted.failed == (
        "`odd`: the gateway refused `sessions.abort`: INVALID_REQUEST, no such session",
    )


NOISE: dict[str, Answer] = {
    "silence": lambda _: [],
    "no json": lambda _: ["{"],
    "another answer": lambda _: [{"type": "res", "id": "99", "ok": True}],
    "events only": lambda _: [{"type": "event", "event": "tick"}],
    "a list": lambda _: ["[]"],
    "deep": lambda _: ["[" * 100_000],
}


@pytest.mark.parametrize("answer", NOISE.values(), ids=NOISE)
def test_noise_is_a_failure_in_words_and_in_time(
    answer: Answer,
) -> None:
    with gateway_socket(answer) as (url, _):
        begun = time.monotonic()
        aborted = OpenClawControl(url, token, seconds=0.3).abort(["one"])
        assert OpenClawControl(url, token, seconds=0.3).switch_skill("x", enabled=True)
    assert aborted.sessions == ()
    assert aborted.failed[0].startswith("`one`: the gateway gave no answer")
    assert time.monotonic() - begun < 4


def test_a_gateway_that_never_challenges() -> None:
    with gateway_socket(accepts, challenge=False) as (url, _):
        aborted = OpenClawControl(url, token, seconds=0.3).abort(["one"])
    assert "no answer" in aborted.failed[0]


def test_nobody_listens() -> None:
    aborted = OpenClawControl("ws://127.0.0.1:9", token, seconds=1).abort(["one"])
    assert "does not answer at `ws://127.0.0.1:9`" in aborted.failed[0]


@pytest.mark.parametrize("code", ["AUTH_TOKEN_MISMATCH", "MISSING_SCOPE", "PAIRING_REQUIRED"])
def test_a_refused_sign_in_is_an_authentication_error(code: str) -> None:
    refusing = gateway_socket(refuses(code, "no", "connect"))
    with refusing as (url, _), pytest.raises(AuthenticationError, match=code):
        Link(url, TOKEN)


@pytest.mark.parametrize(
    "url",
    [
        "ws://192.0.2.1:18789",
        "wss://127.0.0.1:1",
        "http://127.0.0.1:1",
        "ws://shop.example",
        "",
        "x",
    ],
)
def test_the_token_never_leaves_the_machine(url: str) -> None:
    with pytest.raises(InputError, match="loopback"):
        Link(url, TOKEN)


def test_a_token_that_cannot_be_read_is_said() -> None:
    def none() -> str:
        raise UnavailableError("the token cannot be read")

    aborted = OpenClawControl("ws://127.0.0.1:9", none).abort(["one"])
    assert "the token cannot be read" in aborted.failed[0]
