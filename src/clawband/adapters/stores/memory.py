"""The state in memory that decisions read.

Everything here can be rebuilt: the tables give labels, open approvals, controls and gateways; the
newest leaves give counts, permitted calls and requesters, through the same `apply` that runs
after every commit. Bounded: the oldest runs are forgotten first.
"""

from bisect import bisect_left, insort
from collections import OrderedDict, deque
from collections.abc import Sequence
from datetime import datetime
from itertools import islice, takewhile
from threading import Lock
from typing import TypeVar

from clawband.adapters.stores.lineage import Cold, LineageMemory
from clawband.adapters.stores.present import Present
from clawband.labels.lattice import join
from clawband.model.access import Action, Authority, Requester, scoped
from clawband.model.approval import Approval, ApprovalState
from clawband.model.control import Control
from clawband.model.document import Document
from clawband.model.event import Event, Tag
from clawband.model.label import Label
from clawband.ports import store as port
from clawband.ports import unit as writes

REMEMBERED = 20_000
"""Runs, calls and replies kept; also how many leaves are read back at start."""
OPEN = frozenset({ApprovalState.PENDING, ApprovalState.GRANTED})
_K = TypeVar("_K")
_V = TypeVar("_V")


class Memory(LineageMemory, Present):
    """Implements `ports.store.State`. Written by one thread at a time, read by any."""

    def __init__(self, cold: Cold) -> None:
        LineageMemory.__init__(self, cold)
        Present.__init__(self)
        self._lock = Lock()
        self.labels: dict[str, Label] = {}
        self.open: dict[str, Approval] = {}
        self.paused: dict[str, Control] = {}
        self._documents: dict[str, dict[str, Document]] = {}
        self._ids: dict[str, list[str]] = {}
        """Of all documents of a kind, in order."""
        self._ahead: dict[tuple[str, str], tuple[Document, ...]] = {}
        """Versions on their way, each made from the one before it, the first from a durable one."""
        self._run_calls: OrderedDict[str, int] = OrderedDict()
        self._agent_calls: dict[str, deque[datetime]] = {}
        self._requesters: OrderedDict[str, Requester] = OrderedDict()
        self._permitted: OrderedDict[tuple[str, str], port.PermittedCall] = OrderedDict()
        self._refused: OrderedDict[str, str] = OrderedDict()
        self._replies: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._acted: OrderedDict[str, frozenset[str]] = OrderedDict()

    # What decisions read.

    def document(self, kind: str, id: str) -> Document | None:
        ahead = self._ahead.get((kind, id))
        return ahead[-1] if ahead else self._documents.get(kind, {}).get(id)

    def documents(self, kind: str, under: str = "") -> Sequence[Document]:
        with self._lock:
            ids, found = self._ids.get(kind, []), self._documents.get(kind, {})
            first = bisect_left(ids, under)
            wanted = takewhile(lambda each: each.startswith(under), islice(ids, first, None))
            return [found[each] for each in wanted]

    def label(self, session: str) -> Label | None:
        return self.labels.get(session)

    def approval_for(self, request: str) -> Approval | None:
        return self.open.get(request)

    def open_in(self, states: frozenset[ApprovalState]) -> Sequence[Approval]:
        """Newest first."""
        found = (each for each in tuple(self.open.values()) if each.state in states)
        return sorted(found, key=lambda each: (each.opened, each.id), reverse=True)

    def controls(self) -> Sequence[Control]:
        return tuple(self.paused.values())

    def calls(self, run: str, agent: str, since: datetime) -> tuple[int, int]:
        with self._lock:
            recent = self._agent_calls.get(agent)
            while recent and recent[0] < since:
                recent.popleft()
            return self._run_calls.get(run, 0), len(recent or ())

    def requester(self, origin: str) -> Requester | None:
        return self._requesters.get(origin) if origin else None

    def permitted(self, call: str, run: str) -> port.PermittedCall | None:
        return self._permitted.get((run, call)) if call else None

    def acted(self, trace: str) -> frozenset[str]:
        return self._acted.get(trace, frozenset())

    def refused(self, session: str) -> str:
        return self._refused.get(session, "")

    def reply(self, session: str, text: str) -> str:
        return self._replies.get((session, text), "")

    # What the store writes.

    def foresee(self, unit: writes.Unit) -> None:
        """Before a unit is durable: what may only make later answers stricter."""
        with self._lock:
            for change in unit.changes:
                if isinstance(change, writes.JoinLabel):
                    was = self.labels.get(change.session)
                    self.labels[change.session] = join(was, change.label) if was else change.label
                elif isinstance(change, writes.PutDocument) and change.ahead:
                    self._go_ahead(change.document)
            for event in unit.events:
                self._count(event)
        for change in unit.changes:
            self.foresee_lineage(change)

    def give_up(self, unit: writes.Unit) -> None:
        super().give_up(unit)
        with self._lock:
            for change in unit.changes:
                if isinstance(change, writes.PutDocument) and change.ahead:
                    self._keep_ahead(change.document, lost=True)

    def apply(self, event: Event) -> None:
        """After an event is durable."""
        session, run = scoped(event.gateway, event.session), scoped(event.gateway, event.run)
        if event.action == Action.RECEIVE and session:
            with self._lock:
                if event.tag is Tag.DECISION_DENY:
                    _remember(self._refused, session, event.id)
                else:
                    self._refused.pop(session, None)
        if event.tag is not Tag.DECISION_PERMIT:
            return
        call, trace = _permitted(event), scoped(event.gateway, event.trace)
        with self._lock:
            if trace and session:
                _remember(self._acted, trace, self.acted(trace) | {session})
            if event.action.startswith("tool:") and event.call:
                _remember(self._permitted, (run, scoped(event.gateway, event.call)), call)
            elif event.action == Action.RECEIVE and run:
                authority = Authority(str(event.detail.get("authority", Authority.UNKNOWN)))
                channel = event.who.partition(":")[0]
                who = Requester(event.who, channel, authority)
                _remember(self._requesters, run, who)
                _remember(self._requesters, session, who)
            elif event.action == Action.SEND_REPLY and session:
                key = (session, str(event.detail.get("content", "")))
                if "clawband/delivery" in _reasons(event):
                    self._replies.pop(key, None)
                else:
                    _remember(self._replies, key, event.id)

    def change(self, change: writes.Change) -> None:
        """After a change is durable."""
        with self._lock:
            match change:
                case writes.OpenApproval(approval):
                    self._stands(approval)
                case writes.MoveApproval(approval, _, _, before):
                    self.open.pop(before, None)
                    self._stands(approval)
                case writes.SetControl(control):
                    self.paused[control.id] = control
                case writes.ClearControl(id):
                    self.paused.pop(id, None)
                case writes.PutDocument() | writes.DropDocument():
                    self._change_documents(change)
                case _:
                    self.change_people(change)
        self.change_lineage(change)

    def replay(self, event: Event) -> None:
        """An event read back at start: both halves of what happens to a live one."""
        with self._lock:
            self._count(event)
        self.apply(event)

    def _stands(self, approval: Approval) -> None:
        if approval.state in OPEN:
            self.open[approval.request] = approval
        else:
            self.open.pop(approval.request, None)

    def _change_documents(self, change: writes.PutDocument | writes.DropDocument) -> None:
        match change:
            case writes.PutDocument(document, ahead):
                there = self._documents.setdefault(document.kind, {})
                if document.id not in there:
                    insort(self._ids.setdefault(document.kind, []), document.id)
                there[document.id] = document
                if ahead:
                    self._keep_ahead(document, lost=False)
            case writes.DropDocument(kind, id):
                if self._documents.get(kind, {}).pop(id, None):
                    ids = self._ids[kind]
                    del ids[bisect_left(ids, id)]

    def _go_ahead(self, document: Document) -> None:
        # One that does not follow the newest conflicts anyway; nothing may be made from it.
        newest = self.document(document.kind, document.id)
        if document.version == (newest.version if newest else 0) + 1:
            key = _key(document)
            self._ahead[key] = (*self._ahead.get(key, ()), document)

    def _keep_ahead(self, document: Document, *, lost: bool) -> None:
        """What is still on its way when this one is durable; or lost, with all made from it."""
        ahead = self._ahead.pop(_key(document), ())
        place = next((n for n, each in enumerate(ahead) if each is document), None)
        if place is not None:
            ahead = ahead[:place] if lost else ahead[place + 1 :]
        if ahead:
            self._ahead[_key(document)] = ahead

    def _count(self, event: Event) -> None:
        if event.tag is not Tag.DECISION_PERMIT or not event.action.startswith("tool:"):
            return
        if event.detail.get("preview"):
            return
        if run := scoped(event.gateway, event.run):
            _remember(self._run_calls, run, self._run_calls.get(run, 0) + 1)
        self._agent_calls.setdefault(event.agent, deque(maxlen=REMEMBERED)).append(event.at)


def _key(document: Document) -> tuple[str, str]:
    return document.kind, document.id


def _permitted(event: Event) -> port.PermittedCall:
    named = event.detail.get("named")
    return port.PermittedCall(
        event.id,
        event.resource.partition("::")[2],
        frozenset(map(str, named)) if isinstance(named, list | tuple) else frozenset(),
        event.detail.get("referred") is True,
    )


def _reasons(event: Event) -> list[object]:
    reasons = event.detail.get("reasons")
    return list(reasons) if isinstance(reasons, list | tuple) else []


def _remember(kept: OrderedDict[_K, _V], key: _K, value: _V) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > REMEMBERED:
        kept.popitem(last=False)
