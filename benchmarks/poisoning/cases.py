"""What a case is: moves of an agent, as data.

`("hear", session, text)` is a message of a person, `("page", session, text)` and `("mail", session,
text)` are content that anybody may have written, `("child", session, parent)` begins a sub-agent,
and every other move is a call: `("write", session, {"path": ..., "content": ...})`.
"""

from dataclasses import dataclass, field
from typing import Any

from benchmarks.poisoning.agent import Agent
from clawband.flows.decide import Decided

Move = tuple[str, str, Any]
CHANGING = ("write", "edit", "apply_patch", "exec")


@dataclass(frozen=True)
class Attack:
    """`recall` is how the victim comes to read it: a path, `search:words`, or its prompt alone.

    The victim decodes and obeys everything, so what it is told counts in whatever form.
    """

    name: str
    target: str
    """instructions, identity, skill or memory."""
    way: str
    moves: tuple[Move, ...]
    recall: str = ""
    files: dict[str, str] = field(default_factory=dict)
    mark: str = "eve@evil.example"
    """What of the payload stands in the file that was meant."""
    links: dict[str, str] = field(default_factory=dict)
    """Symbolic links in the workspace."""


@dataclass(frozen=True)
class Honest:
    """The last move is the write that a person expects to happen."""

    name: str
    kind: str
    moves: tuple[Move, ...]
    files: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Made:
    """A changing call, what was answered, and what its session carried before."""

    decided: Decided
    integrity: int


def play(agent: Agent, moves: tuple[Move, ...]) -> list[Made]:
    """Do everything; the changing calls, in order."""
    made = []
    for verb, session, said in moves:
        if verb == "hear":
            agent.hear(session, said)
        elif verb == "child":
            origin = {"kind": "inter_session", "sourceSessionKey": f"agent:desk:{said}"}
            agent.ask("run", {"prompt": "your task"}, session,
                      messageProvider="telegram", inputProvenance=origin)  # fmt: skip
        elif verb in ("page", "mail"):
            agent.read_outside(session, said, "web_fetch" if verb == "page" else "mail_read")
        else:
            before = agent.integrity(session)
            decided = agent.call(session, verb, **said)
            if verb in CHANGING:
                made.append(Made(decided, before))
    return made
