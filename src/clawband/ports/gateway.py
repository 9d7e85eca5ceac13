"""What we may ask of a guarded gateway over its own operator protocol."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from clawband.enforcement.canary import Came


@dataclass(frozen=True, slots=True)
class Aborted:
    """What a stop achieved: sessions whose running turn was ended, and what failed, in words."""

    sessions: tuple[str, ...]
    failed: tuple[str, ...] = ()


class GatewayControl(Protocol):
    """Live control of one gateway. Every method may take seconds; none is on the decision path."""

    def abort(self, sessions: Sequence[str]) -> Aborted:
        """End the running turns of these sessions. Never raises: failures are in the result."""
        ...

    def switch_skill(self, name: str, enabled: bool) -> str:
        """Switch a skill on or off at the gateway. What failed, in words; empty when it worked."""
        ...

    def reload_secrets(self) -> str:
        """Have it ask again for every secret that its configuration refers to. What failed, in
        words; empty when it goes on with none of the old values."""
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call that we make ourselves, with `arguments` as the tool gets them."""

    agent: str
    session: str
    tool: str
    arguments: dict[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    came: Came
    words: str = ""
    """What the gateway said of a call that did not run."""
    run: str = ""
    """The gateway's own name of a turn that began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the gateway's own audit ledger. `call` is `sha256:` and the hex SHA-256 of the
    tool call's id; `sequence` grows with every line."""

    sequence: int
    at: datetime
    agent: str
    session: str
    run: str
    call: str
    tool: str
    """Empty for a line about a run."""
    status: str
    """`started`, `succeeded`, `failed`, `cancelled`, `timed_out`, `blocked` or `unknown`."""


class GatewayProbe(Protocol):
    """A gateway's own call path and its own record. Every method may take seconds.

    Raises `UnavailableError` or `AuthenticationError` when the gateway cannot be asked.
    """

    def agents(self) -> Sequence[str]:
        """The agents that the gateway has, by their bare names."""
        ...

    def invoke(self, calls: Sequence[Call]) -> Sequence[Outcome]:
        """Make the calls, one after the other; an outcome for each."""
        ...

    def turns(self, messages: Sequence[tuple[str, str]]) -> Sequence[Outcome]:
        """Begin a turn of each agent with the text; an outcome for each. `REFUSED` is a turn that
        was stopped before a model was asked. What a turn says is sent to nobody and not kept."""
        ...

    def ledger(self, since: datetime, most: int) -> Sequence[Row]:
        """The newest lines since the instant, newest first, at most `most`."""
        ...


class GatewayFiles(Protocol):
    """The workspace files of a gateway's agents. Every method may take seconds.

    Paths are relative to the agent's workspace. Raises `InputError` for any other path and
    `UnavailableError` for what cannot be reached; then nothing was changed.
    """

    def read(self, agent: str, path: str) -> str | None:
        """The text of a file; None when there is none."""
        ...

    def write(self, agent: str, path: str, content: str, *, was: str | None) -> None:
        """Replace a file that still is `was`, or create one where none was.

        Raises `ConflictError` when it is another one by now.
        """
        ...

    def remove(self, agent: str, path: str, *, was: str) -> bool:
        """Remove a file that still is `was`; False when it could only be emptied."""
        ...
