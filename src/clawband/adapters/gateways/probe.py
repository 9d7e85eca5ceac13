"""Calls through OpenClaw's own call path, and its audit ledger, over its operator protocol.

`tools.invoke` asks about a call as for a model's, and leaves neither a session nor a ledger line
behind; `agent` with internal effects begins a turn that leaves no session (`docs/openclaw.md`).
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any, Final

from clawband.adapters.gateways.openclaw import SECONDS, Link
from clawband.enforcement.canary import Came
from clawband.model.errors import UnavailableError
from clawband.ports.gateway import Call, Outcome, Row
from clawband.ports.own import Own

PAGE: Final = 500
WORDS: Final = 200
AT_ONCE: Final = 2
"""Turns begun together: each costs the gateway work that others wait for."""
TURN_SECONDS: Final = 25.0
"""The first turn of an agent after a start took up to 18 s on two busy cores."""
_CAME: Final = {"forbidden": Came.REFUSED, "not_found": Came.ABSENT}


class OpenClawProbe:
    """Implements `ports.gateway.GatewayProbe`. A connection per method, for all its calls."""

    def __init__(self, url: str, token: Own, *, seconds: float = SECONDS) -> None:
        self._url, self._token, self._seconds = url, token, seconds

    def agents(self) -> Sequence[str]:
        with self._link() as link:
            listed = link.call("agents.list", {}).get("agents")
        found = [each.get("id") for each in _objects(listed)]
        return [each for each in found if isinstance(each, str) and each]

    def invoke(self, calls: Sequence[Call]) -> Sequence[Outcome]:
        with self._link() as link:
            return [_invoked(link, each) for each in calls]

    def turns(self, messages: Sequence[tuple[str, str]]) -> Sequence[Outcome]:
        found: list[Outcome] = []
        with self._link(TURN_SECONDS) as link:
            for start in range(0, len(messages), AT_ONCE):
                begun = [_begun(link, *each) for each in messages[start : start + AT_ONCE]]
                found += [_ended(link, each) if isinstance(each, str) else each for each in begun]
        return found

    def ledger(self, since: datetime, most: int) -> Sequence[Row]:
        after = int(since.timestamp() * 1000)
        found: list[Row] = []
        with self._link() as link:
            cursor = ""
            while len(found) < most:
                page = {"limit": min(PAGE, most), "after": after}
                told = link.call(
                    "audit.activity.list", {**page, **({"cursor": cursor} if cursor else {})}
                )
                found += [row for each in _objects(told.get("events")) if (row := _row(each))]
                cursor = str(told.get("nextCursor") or "")
                if not cursor:
                    break
        return found[:most]

    def _link(self, seconds: float = 0.0) -> Link:
        return Link(self._url, self._token(), seconds=seconds or self._seconds)


def _invoked(link: Link, call: Call) -> Outcome:
    asked = {"name": call.tool, "args": call.arguments, "sessionKey": call.session}
    try:
        told = link.call("tools.invoke", asked)
    except UnavailableError as error:
        return Outcome(Came.SILENT, error.message[:WORDS])
    if told.get("ok") is True:
        return Outcome(Came.RAN)
    failed = told.get("error")
    failed = failed if isinstance(failed, dict) else {}
    words = str(failed.get("message", ""))[:WORDS]
    # An error of another kind may come from the tool itself, so it does not say that nothing ran.
    return Outcome(_CAME.get(str(failed.get("code")), Came.SILENT), words)


def _begun(link: Link, agent: str, text: str) -> str | Outcome:
    """The id of the run, or why there is none."""
    asked = {
        "message": text, "agentId": agent, "sessionKey": f"agent:{agent}:clawband-canary",
        "deliver": False, "disableMessageTool": True, "sessionEffects": "internal",
        "suppressPromptPersistence": True, "idempotencyKey": token_hex(16),
    }  # fmt: skip
    try:
        run = link.call("agent", asked).get("runId")
    except UnavailableError as error:
        return Outcome(Came.SILENT, error.message[:WORDS])
    return run if isinstance(run, str) else Outcome(Came.SILENT, "the turn has no id")


def _ended(link: Link, run: str) -> Outcome:
    wait = int((TURN_SECONDS - 5) * 1000)
    try:
        told = link.call("agent.wait", {"runId": run, "timeoutMs": wait})
    except UnavailableError as error:
        return Outcome(Came.SILENT, error.message[:WORDS], run)
    words = str(told.get("error") or "")[:WORDS]
    if told.get("livenessState") == "blocked":
        return Outcome(Came.REFUSED, words, run)
    # A turn that failed in another way may have come as far as the model, or not to our gate.
    came = Came.RAN if told.get("status") == "ok" else Came.SILENT
    return Outcome(came, words if came is Came.SILENT else "", run)


def _row(said: Mapping[str, Any]) -> Row | None:
    """None for a line about a message: those name neither session nor call."""
    kind, at, number = said.get("kind"), said.get("occurredAt"), said.get("sequence")
    if kind not in ("agent_run", "tool_action") or type(at) is not int or type(number) is not int:
        return None
    return Row(
        sequence=number,
        at=datetime.fromtimestamp(at / 1000, UTC),
        agent=_text(said, "agentId"),
        session=_text(said, "sessionKey"),
        run=_text(said, "runId"),
        call=_text(said, "toolCallId"),
        tool=_text(said, "toolName"),
        status=_text(said, "status"),
    )


def _objects(listed: object) -> list[dict[str, Any]]:
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _text(said: Mapping[str, Any], key: str) -> str:
    value = said.get(key)
    return value[:300] if isinstance(value, str) else ""
