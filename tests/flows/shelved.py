"""A real store for flows that read decisions, payloads and endorsements."""

from datetime import timedelta
from typing import Any

from clawband.adapters.stores.sqlite import open_store
from clawband.flows.record import payload_of, told
from clawband.model.event import Event, Tag
from clawband.model.label import Confidentiality, Integrity, Label
from clawband.model.person import Operator, Role, SignedIn
from clawband.model.provenance import (
    Argument,
    Explanation,
    Meaning,
    Origin,
    Reading,
    ReadingKind,
)
from clawband.ports.unit import AddReading, OpenApproval, Unit
from tests.contracts.writing import approval, event
from tests.simulators.clocks import START

ASKER = "telegram:4242"
KEY = b"k" * 32
TAGS = {"permit": Tag.DECISION_PERMIT, "deny": Tag.DECISION_DENY, "hold": Tag.DECISION_HOLD}


class Shelf:
    """Decisions as `decide` writes them, without deciding."""

    def __init__(self, folder: Any) -> None:
        self.store = open_store(folder / "clawband.db", KEY)

    def put(self, unit: Unit) -> None:
        self.store.commit(unit).result(10)

    def decided(
        self, id: str, *explained: Explanation, verdict: str = "hold", changes: Any = (),
        **fields: Any
    ) -> Event:  # fmt: skip
        """A decision with the explanations sealed beside it."""
        payload = payload_of(
            {"to": "x"}, b"n" * 16, explanations=[told(each) for each in explained]
        )
        detail = {
            "payload": payload.digest, "origins": sorted({each.fact for each in explained}),
            "reasons": ["provenance/send"], "because": ["only outside content says it"],
            **fields.pop("detail", {}),
        }  # fmt: skip
        values = {
            "id": id, "at": START, "who": ASKER, "gateway": "sample", "agent": "sample/desk",
            "action": "tool:send", "resource": "Tool::mail", "session": "s", "run": "r",
            "outcome": verdict, **fields,
        }  # fmt: skip
        made = event(TAGS[verdict], detail=detail, **values)
        self.put(Unit([made], [payload, *changes]))
        return made

    def held(self, number: int, *explained: Explanation, **fields: Any) -> str:
        """A pending approval, and the decision that opened it; the approval's id."""
        decision = f"dec_{number}"
        card = approval(
            f"apr_{number}", f"sha256:{number}", decision=decision, resource="mail",
            action="tool:send", **fields,
        )  # fmt: skip
        keys = [each.argument.key for each in explained]
        detail = {"approval": card.id, "endorsable": keys}
        self.decided(decision, *explained, changes=[OpenApproval(card)], detail=detail)
        return str(card.id)


def said(
    value: str, origin: Origin = Origin.OUTSIDE, meaning: Meaning = Meaning.RECIPIENT,
    key: str = "to", **fields: Any,
) -> Explanation:  # fmt: skip
    return Explanation(argument=Argument(meaning, key, value), origin=origin, **fields)


def reading(id: str, minutes: int, kind: ReadingKind = ReadingKind.DATA, **fields: Any) -> Any:
    """A reading of the session `s` so many minutes before the decision."""
    label = Label(Integrity.OUTSIDE, Confidentiality.PUBLIC)
    values = {"source": "web_fetch:news.example", "label": label, **fields}
    at = START - timedelta(minutes=minutes)
    return AddReading("sample/s", Reading(id=id, at=at, kind=kind, **values))


def person(name: str = "olga", *roles: Role, aliases: Any = (), assurance: int = 1) -> SignedIn:
    held = frozenset(roles or (Role.APPROVER,))
    operator = Operator(name=name, roles=held, aliases=frozenset(aliases), added=START)
    return SignedIn(operator=operator, assurance=assurance, session="s")
