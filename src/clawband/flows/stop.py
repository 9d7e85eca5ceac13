"""Pause and resume: effective on the next question, whatever is running."""

from collections.abc import Sequence
from datetime import datetime

from clawband.model import ids
from clawband.model.control import Control, ControlKind
from clawband.model.errors import InputError, NotFoundError
from clawband.model.event import Event, Tag
from clawband.model.person import SignedIn
from clawband.openclaw import validation
from clawband.ports.store import State
from clawband.ports.unit import ClearControl, SetControl, Unit


def pause(
    kind: str, name: str, by: SignedIn, reason: str, *, now: datetime, entropy: bytes
) -> tuple[Control, Unit]:
    """The pause, and the unit that makes it hold. Pausing twice is one pause."""
    try:
        what = ControlKind(kind)
    except ValueError as error:
        raise InputError(
            f"expected one of {', '.join(ControlKind)}, got `{kind[:40]}`",
            remedy="name what to pause, as in `clawband pause tool exec`",
        ) from error
    validation.name(name, "the name", required=True)
    control = Control(what, name, by.name, now, validation.visible(reason[:500]))
    event = _event(Tag.CONTROL_PAUSE, control, by, now, entropy)
    return control, Unit([event], [SetControl(control)])


def resume(
    kind: str, name: str, by: SignedIn, *, state: State, now: datetime, entropy: bytes
) -> tuple[Control, Unit]:
    """End a pause. Raises `NotFoundError` when nothing of that name is paused."""
    wanted = f"{kind}:{name}"
    for control in state.controls():
        if control.id == wanted:
            event = _event(Tag.CONTROL_RESUME, control, by, now, entropy)
            return control, Unit([event], [ClearControl(control.id)])
    raise NotFoundError(
        f"`{wanted[:80]}` is not paused", remedy="see what is paused with `clawband status`"
    )


def touched(control: Control, running: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Sessions whose running turn a pause should end, out of (principal id, session) pairs."""
    return tuple(
        session
        for agent, session in running
        if (control.kind is ControlKind.GATEWAY and agent.split("/")[0] == control.name)
        or (control.kind is ControlKind.AGENT and control.name in (agent, agent.split("/")[-1]))
        or (control.kind is ControlKind.CHANNEL and f":{control.name}:" in session)
    )


def _event(tag: Tag, control: Control, by: SignedIn, now: datetime, entropy: bytes) -> Event:
    return Event(
        id=ids.new("evt", now, entropy),
        at=now,
        tag=tag,
        who=by.name,
        resource=control.id,
        outcome="paused" if tag is Tag.CONTROL_PAUSE else "running",
        detail={"reason": control.reason} if control.reason else {},
    )
