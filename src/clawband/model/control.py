"""Control: something an operator stopped, until somebody starts it again."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ControlKind(StrEnum):
    AGENT = "agent"
    TOOL = "tool"
    CHANNEL = "channel"
    SKILL = "skill"
    WORKFLOW = "workflow"
    GATEWAY = "gateway"


@dataclass(frozen=True, slots=True)
class Control:
    """A pause. `name` is the id used in requests: `sample/lead`, `exec`, `telegram`, `support`."""

    kind: ControlKind
    name: str
    by: str
    at: datetime
    reason: str = ""

    @property
    def id(self) -> str:
        return f"{self.kind}:{self.name}"
