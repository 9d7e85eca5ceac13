"""The operator token of an OpenClaw gateway: `gateway.auth.token`, of which it accepts one.

Where its configuration refers to our secret, the gateway fetches the current value when it is told
to (`secrets.reload`). Where the token itself stands there, it is replaced by `config.patch`.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from secrets import token_hex
from typing import Any

from clawband.adapters.gateways.openclaw import RELOAD_SECONDS, Link
from clawband.model.errors import AuthenticationError, InputError, UnavailableError
from clawband.model.rotation import Shape
from clawband.openclaw.credentials import Held, Source, credentials
from clawband.ports.rotor import Job, Made, Seen

TOKEN_BYTES = 32
WAY = ("gateway", "auth", "token")
ANSWER_SECONDS = 4.0
"""Until nothing more is expected from a gateway that takes another token."""
GATEWAY = "gateway"
MISMATCH = "AUTH_TOKEN_MISMATCH"
"""What OpenClaw says to a token that is not its own."""


class GatewayToken:
    """Implements `ports.rotor.Rotor`. `urls` are the gateways' addresses by environment and name:
    a token is shown to no gateway of another one."""

    def __init__(
        self, urls: Mapping[tuple[str, str], str], *, seconds: float = RELOAD_SECONDS,
        answer: float = ANSWER_SECONDS,
    ) -> None:  # fmt: skip
        self._urls, self._seconds, self._answer = urls, seconds, answer

    def shape(self, job: Job) -> Shape:
        self._url(job)
        held = self._with(job, lambda link: _held(_config(link)))
        if held.source is Source.VALUE:
            return Shape.ONE
        if held.source is Source.EXEC and held.id in ("", job.secret):
            return Shape.TAKES
        raise InputError(
            f"the gateway has its token from `{held.source}`, not from `secret:{job.secret}`",
            remedy="have its configuration refer to ours with `clawband secret import`",
        )

    def create(self, job: Job) -> Made:
        return Made(value=token_hex(TOKEN_BYTES).encode())

    def place(self, job: Job, made: Made) -> None:
        """Whoever is connected with the other token has to come again."""
        if self.check(job, made).alive:
            return
        config = self._with(job, _config)
        self._with(job, lambda link: _placed(link, config, made), self._answer)

    def check(self, job: Job, made: Made) -> Seen:
        try:
            with Link(self._url(job), made.value.decode(), seconds=self._seconds) as link:
                version = link.hello.get("server", {})
                told = version.get("version", "") if isinstance(version, dict) else ""
                return Seen(True, f"OpenClaw {told!s:.20} let it in")
        except AuthenticationError as error:
            # Who asked too often is refused as well, and that is about no token.
            if MISMATCH not in error.message:
                raise UnavailableError(error.message, remedy="wait, and try again") from error
            return Seen(False, error.message)

    def revoke(self, job: Job, made: Made) -> None:
        """Placing another one did."""

    def _with(self, job: Job, act: Callable[[Link], Any], seconds: float = 0.0) -> Any:
        """With whichever token the gateway accepts now: after a crash that may be any of them."""
        refused = AuthenticationError("the gateway refused every token that is known here")
        for token in _known(job):
            try:
                link = Link(self._url(job), token, seconds=seconds or self._seconds)
            except AuthenticationError as error:
                refused = error
                continue
            with link:
                return act(link)
        raise refused

    def _url(self, job: Job) -> str:
        name = job.options.get(GATEWAY, "")
        found = self._urls.get((job.environment, name), "")
        if set(job.options) != {GATEWAY} or not found:
            ours = (each for where, each in self._urls if where == job.environment)
            known = ", ".join(sorted(ours)) or "none"
            raise InputError(
                f"expected `gateway` of the plan of `{job.secret}` to be one of {known}, got "
                f"`{name[:40]}`",
                remedy="say `--option gateway=NAME`; it needs its `url` in `clawband.toml`",
            )
        return found


def _known(job: Job) -> Iterator[str]:
    for each in dict.fromkeys((job.current, *reversed(job.alive))):
        yield each.decode()


def _config(link: Link) -> tuple[Mapping[str, Any], str]:
    told = link.call("config.get", {})
    parsed = told.get("parsed")
    if not isinstance(parsed, dict) or not isinstance(told.get("hash"), str):
        raise UnavailableError("the gateway does not show its configuration")
    return parsed, told["hash"]


def _held(config: tuple[Mapping[str, Any], str]) -> Held:
    for each in credentials(config[0]):
        if each.way == WAY:
            return each
    raise InputError(
        "the gateway's configuration has no `gateway.auth.token`",
        remedy="give it one, or rotate what it signs people in with",
    )


def _placed(link: Link, config: tuple[Mapping[str, Any], str], made: Made) -> None:
    if _held(config).source is Source.VALUE:
        patch = {"gateway": {"auth": {"token": made.value.decode()}}}
        asked = {"raw": json.dumps(patch), "baseHash": config[1], "note": "clawband: rotation"}
        _until_it_hangs_up(link, "config.patch", asked)
    else:
        _until_it_hangs_up(link, "secrets.reload", {})


def _until_it_hangs_up(link: Link, method: str, asked: Mapping[str, Any]) -> None:
    """It may end our sign-in with the other token before it answers, and then says nothing: whether
    it took that one is proved by the next step."""
    try:
        link.call(method, asked)
    except UnavailableError as error:
        if "gave no answer" not in error.message:
            raise
