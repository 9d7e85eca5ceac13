"""The second witness: tool calls that a model made, beside those that the guard was asked about.

A model gateway hears every call a model makes and every result it is shown. A call that nobody
asked about was not carried out, or it was without asking; a result that a model is shown says
which.
"""

import json
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

WAIT: Final = timedelta(seconds=20)
"""What a gateway may take from the end of the model's answer until it asks about its calls."""
KEPT: Final = timedelta(minutes=30)
MOST: Final = 20_000
INVALID: Final = "Validation failed for tool "
"""How OpenClaw 2026.9.6 begins the result of a call whose arguments do not fit: it asks nobody."""


class Doubt(StrEnum):
    """What one witness saw and the other did not."""

    UNASKED = "made by the model, never asked about"
    INVALID = "made by the model, said to be invalid, never asked about"
    UNSEEN = "asked about, never made by the model"
    ACTED = "has a result, never asked about"
    DISOBEYED = "refused, and its result does not say so"

    @property
    def acted(self) -> bool:
        """Whether something happened that the guard should have been asked about."""
        return self in (Doubt.ACTED, Doubt.DISOBEYED)


@dataclass(slots=True, kw_only=True)
class Call:
    """A tool call as the two witnesses saw it. Names are the gateway's own."""

    gateway: str
    agent: str
    session: str
    run: str
    trace: str
    id: str
    tool: str
    at: datetime
    who: str = ""
    cause: str = ""
    """The decision about the model call that made it, or about the call nobody made."""
    runnable: bool = True
    """The tool was offered and has what it requires; else the gateway runs nothing, unasked."""
    verdict: str = ""
    """Of the guard; empty while it was not asked."""
    decision: str = ""
    told: bool = False


class Watch:
    """Calls of the newest runs. Used in one thread."""

    def __init__(self) -> None:
        self._calls: OrderedDict[tuple[str, str, str], Call] = OrderedDict()
        self._runs: OrderedDict[tuple[str, str], None] = OrderedDict()

    def calls(self, gateway: str = "") -> tuple[Call, ...]:
        """What models called through here, oldest first."""
        return tuple(each for each in self._calls.values() if gateway in ("", each.gateway))

    def model_asked(self, gateway: str, run: str) -> None:
        """A model was asked in this run through here, so its calls are heard here."""
        if run:
            self._runs[gateway, run] = None
            self._runs.move_to_end((gateway, run))
            _shorten(self._runs)

    def made(self, call: Call) -> None:
        """A model made this call."""
        self._calls[call.gateway, _turn(call.run, call.trace), plain(call.id)] = call
        _shorten(self._calls)

    def asked(self, call: Call, outer: str) -> Doubt | None:
        """The guard was asked about this call; `outer` is the wrapper that it was reached by."""
        known = self._find(call, outer) or self._find(call, call.id)
        if known:
            # The wrapper passes first; what counts is the answer to the call that would really run.
            known.verdict, known.decision = call.verdict, call.decision
            return None
        heard = (call.gateway, call.run) in self._runs
        return Doubt.UNSEEN if heard and call.run else None

    def shown(
        self, gateway: str, run: str, trace: str, results: Iterable[tuple[str, str]]
    ) -> Iterator[tuple[Call, Doubt]]:
        """A model is shown these results: call id and text."""
        for name, text in results:
            call = self._calls.get((gateway, _turn(run, trace), plain(name)))
            doubt = _doubt(call, text) if call and not call.told else None
            if call and doubt:
                call.told = True
                yield call, doubt

    def due(self, now: datetime) -> Iterator[tuple[Call, Doubt]]:
        """Calls that nobody asked about in time. Forgets what is old."""
        for key, call in list(self._calls.items()):
            if not call.told and call.runnable and not call.verdict and now - call.at > WAIT:
                call.told = True
                yield call, Doubt.UNASKED
            if now - call.at > KEPT:
                del self._calls[key]

    def _find(self, call: Call, name: str) -> Call | None:
        by_run = self._calls.get((call.gateway, _turn(call.run, ""), plain(name)))
        by_trace = self._calls.get((call.gateway, _turn("", call.trace), plain(name)))
        return by_run or by_trace


def _doubt(call: Call, text: str) -> Doubt | None:
    if not call.verdict:
        said = Doubt.INVALID if text.startswith(INVALID) else Doubt.ACTED
        return said if call.runnable else None
    obeyed = call.decision in text or "clawband" in text.lower()
    return Doubt.DISOBEYED if call.verdict == "deny" and not obeyed else None


def plain(name: str) -> str:
    """A call id without what OpenClaw leaves out when it tells the model its history."""
    return "".join(filter(str.isalnum, name)) or name


def runnable(tool: str, arguments: str, offered: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether a gateway would run it: an offered tool with an object that has what is required."""
    if tool not in offered:
        return False
    try:
        given = json.loads(arguments or "{}")
    except (ValueError, RecursionError):
        return False
    required = offered[tool].get("required")
    wanted = required if isinstance(required, list) else []
    return isinstance(given, dict) and all(each in given for each in wanted)


def _turn(run: str, trace: str) -> str:
    return f"run {run}" if run else f"trace {trace}"


def _shorten(kept: OrderedDict[Any, Any]) -> None:
    if len(kept) > MOST:
        kept.popitem(last=False)
