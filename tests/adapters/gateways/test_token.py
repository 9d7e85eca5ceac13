"""The operator token of a gateway that has it as a value, that refers to ours, and that is odd."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from clawband.adapters.gateways.openclaw import OpenClawControl
from clawband.adapters.gateways.token import GatewayToken
from clawband.model.errors import AuthenticationError, InputError, UnavailableError
from clawband.model.rotation import Shape
from clawband.ports.rotor import Job, Made
from tests.simulators.gateway_socket import gateway_socket

OLD, NEW = Made(value=b"the old token"), Made(value=b"the new token")
REFERENCE = {"source": "exec", "provider": "clawband", "id": "shop/token"}


@dataclass
class TokenGateway:
    """Accepts one token. `current` is what our provider would tell it."""

    token: str = "the old token"
    standing: Any = "__OPENCLAW_REDACTED__"
    current: str = "the new token"
    code: str = "AUTH_TOKEN_MISMATCH"
    warnings: int = 0
    asked: list[str] = field(default_factory=list)

    def answer(self, frame: dict[str, Any]) -> list[Any]:
        method, params = frame["method"], frame["params"]
        self.asked.append(method)
        if method == "connect" and params["auth"]["token"] != self.token:
            error = {"code": "INVALID_REQUEST", "message": "no", "details": {"code": self.code}}
            return [{"type": "res", "id": frame["id"], "ok": False, "error": error}]
        told: dict[str, Any] = {"ok": True, "warningCount": self.warnings}
        if method == "config.get":
            token = {} if self.standing is None else {"token": self.standing}
            told = {"hash": "h", "parsed": {"gateway": {"auth": token}}}
        if method == "config.patch":
            self.token = "the new token" if "the new token" in params["raw"] else "the old token"
            return []  # it hangs up first
        if method == "secrets.reload" and not self.warnings:
            self.token = self.current
        return [{"type": "res", "id": frame["id"], "ok": True, "payload": told}]


@contextmanager
def rotor(gateway: TokenGateway) -> Iterator[GatewayToken]:
    with gateway_socket(gateway.answer) as (url, _):
        yield GatewayToken({("dev", "shop"): url}, seconds=0.5, answer=0.2)


def job(**changes: Any) -> Job:
    said = Job(
        rotation="rot_1", secret="shop/token", environment="dev", options={"gateway": "shop"},
        current=OLD.value, alive=(OLD.value, NEW.value),
    )  # fmt: skip
    return replace(said, **changes)


def test_a_token_that_stands_there_is_replaced() -> None:
    gateway = TokenGateway()
    with rotor(gateway) as token:
        assert token.shape(job()) is Shape.ONE
        token.place(job(), NEW)
        assert token.check(job(), NEW).alive and not token.check(job(), OLD).alive
        token.place(job(), OLD)
        assert token.check(job(), OLD).alive, "with the other one it finds its way back"
        gateway.asked.clear()
        token.place(job(), OLD)
        assert "config.patch" not in gateway.asked, "it is there already"
        token.revoke(job(), NEW)


def test_a_token_that_it_has_from_us_is_fetched() -> None:
    gateway = TokenGateway(standing=REFERENCE)
    with rotor(gateway) as token:
        assert token.shape(job()) is Shape.TAKES
        token.place(job(current=NEW.value), NEW)
        assert "config.patch" not in gateway.asked
        assert token.check(job(), NEW).alive
        seen = token.check(job(), OLD)
        assert not seen.alive and "AUTH_TOKEN_MISMATCH" in seen.words


@pytest.mark.parametrize(("standing", "says"), [
    ({**REFERENCE, "id": "shop/other"}, "not from `secret:shop/token`"),
    ({"source": "env", "provider": "default", "id": "TOKEN"}, "from `env`"),
    (None, "has no `gateway.auth.token`"),
])  # fmt: skip
def test_a_token_from_elsewhere_is_not_ours_to_rotate(standing: Any, says: str) -> None:
    with rotor(TokenGateway(standing=standing)) as token, pytest.raises(InputError, match=says):
        token.shape(job())


@pytest.mark.parametrize("changes", [
    {"options": {"gateway": "other"}}, {"options": {}}, {"environment": "production"},
    {"options": {"gateway": "shop", "more": "x"}},
])  # fmt: skip
def test_a_gateway_of_another_environment_is_shown_no_token(changes: dict[str, Any]) -> None:
    gateway = TokenGateway()
    with rotor(gateway) as token:
        for act in (token.shape, lambda job: token.check(job, OLD)):
            with pytest.raises(InputError, match="expected `gateway`"):
                act(job(**changes))
    assert gateway.asked == []


def test_who_asks_too_often_has_no_proof() -> None:
    with rotor(TokenGateway(code="AUTH_RATE_LIMITED")) as token:
        with pytest.raises(UnavailableError, match="AUTH_RATE_LIMITED"):
            token.check(job(), NEW)
        with pytest.raises(AuthenticationError):
            token.shape(job(current=b"x", alive=(b"x", b"y")))


def test_a_reload_with_warnings_is_no_reload() -> None:
    gateway = TokenGateway(warnings=1)
    with gateway_socket(gateway.answer) as (url, _):
        control = OpenClawControl(url, lambda: "the old token")
        assert "with 1 warnings" in control.reload_secrets()
        gateway.warnings = 0
        assert control.reload_secrets() == ""
        gateway.token = "another"
        assert "AUTH_TOKEN_MISMATCH" in control.reload_secrets()
