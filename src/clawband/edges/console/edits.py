"""Change what is held, and see what was changed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from starlette.responses import Response

from clawband.approvals.edit import Changed, Piece
from clawband.edges.console import seen
from clawband.edges.console.visit import Visit
from clawband.flows.edit import Version
from clawband.model.approval import Approval, ApprovalState
from clawband.model.errors import InputError

NAMED = "to."
"""Before the name of an argument, in the form."""
MOST = 12_000
"""Characters of all texts that a form can carry; longer ones from the command line."""
AROUND = 160
"""Characters of what stayed that are shown beside a change."""


@dataclass(frozen=True, slots=True)
class Field:
    """An argument to be changed."""

    name: str
    value: str
    number: bool
    lines: int


async def fields(visit: Visit, approval: Approval) -> Sequence[Field]:
    """What this person can change of it; nothing where they may not decide.

    A text with characters that cannot be seen is left out: in a field it would look like another.
    """
    if visit.service.approvals.objection(approval, visit.me):
        return ()
    draft = await visit.service.edits.draft(approval.id, visit.me)
    if sum(len(str(value)) for value in draft.values()) > MOST:
        return ()
    return [
        Field(key, str(value), isinstance(value, int), min(12, 2 + str(value).count("\n")))
        for key, value in draft.items()
        if not any(map(seen.hidden, str(value)))
    ]


async def versions(visit: Visit, approval: Approval) -> Sequence[Version]:
    """What people changed, oldest first, with what stayed cut to what stands around it."""
    found = await visit.service.edits.versions(approval, visit.me)
    return [replace(each, changes=[_cut(change) for change in each.changes]) for each in found]


async def edit(visit: Visit) -> Response:
    draft = await visit.service.edits.draft(visit.part("id"), visit.me)
    changes = dict(_changes(visit.fields, draft))
    approval = await visit.service.edits.edit(visit.part("id"), changes, visit.me)
    said = f"You changed `{approval.resource}` and allowed that, once."
    if approval.state is not ApprovalState.GRANTED:
        said = f"You changed `{approval.resource}`. Somebody else must agree to your words too."
    return visit.done(f"/approvals/{approval.id}", said)


def _changes(
    given: Mapping[str, str], draft: Mapping[str, str | int]
) -> Iterator[tuple[str, str | int]]:
    """Only what differs: a form sends everything, and every line end in its own way."""
    for key, was in draft.items():
        text = given.get(f"{NAMED}{key}")
        if text is None:
            continue
        if isinstance(was, int):
            if text.strip() != str(was):
                yield key, _number(key, text.strip())
        elif _plain(text) != _plain(was):
            yield key, _plain(text)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n")


def _number(key: str, text: str) -> int:
    if not text.removeprefix("-").isdecimal() or len(text) > 18:
        raise InputError(
            f"expected a whole number for `{key}`, got `{text[:40]}`", remedy="write digits only"
        )
    return int(text)


def _cut(change: Changed) -> Changed:
    last = len(change.pieces) - 1
    return Changed(
        change.key,
        tuple(
            _short(piece, first=number == 0, last=number == last)
            for number, piece in enumerate(change.pieces)
        ),
    )


def _short(piece: Piece, *, first: bool, last: bool) -> Piece:
    text = piece.text
    if piece.kind != "same" or len(text) <= 2 * AROUND:
        return piece
    head = "" if first else text[:AROUND]
    tail = "" if last else text[-AROUND:]
    return Piece("same", f"{head} … {tail}")
