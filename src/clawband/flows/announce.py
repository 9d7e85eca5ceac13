"""Who is told of an event, and in which words: who and what, never a content.

Whether somebody may do what is asked for is asked of policy here, as on the page that the link
leads to: nobody is told what they cannot act on.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from clawband.flows import approve, break_glass, elevate, mailbox
from clawband.flows.authority import may
from clawband.flows.kept import Kind
from clawband.identity.assurance import LEVEL
from clawband.identity.roles import Act
from clawband.model.approval import Approval, ApprovalState
from clawband.model.errors import Error
from clawband.model.event import Event, Tag
from clawband.model.ids import ApprovalId
from clawband.model.notice import Line, Mailbox, Topic
from clawband.model.person import SignedIn, anywhere
from clawband.ports.registry import Registry
from clawband.ports.store import Ledger
from clawband.ports.unit import Change

AT_ONCE = 200
"""Events, or approvals, in one round: each is a question about everybody with a mailbox."""
SOON = timedelta(minutes=30)
"""Before the end of an approval, or a quarter of its life."""
STRONG = max(LEVEL.values())
"""How strongly they can sign in to act on it."""


@dataclass(frozen=True, slots=True)
class Warned:
    """When it was said that an approval ends soon."""

    at: datetime


WARNED = Kind("approval-warning", Warned)
"""By the id of the approval."""


class Desk(Ledger, Registry, Protocol):
    """Approvals, people, and what is kept about them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What an announcement is made from."""

    desk: Desk
    objection: Callable[[Approval, SignedIn], Error | None]
    """Why somebody may not approve it; None when they may."""
    now: datetime


@dataclass(frozen=True, slots=True)
class News:
    """A line for everybody who wants the topic and whom it concerns."""

    topic: Topic
    line: Line
    concerns: Callable[[SignedIn], bool]


def told(news: Sequence[News], scene: Scene) -> Mapping[str, Sequence[Line]]:
    """The lines by name, for who has a mailbox, in the order of `news`."""
    found: dict[str, list[Line]] = {}
    for signed, box in _readers(scene) if news else ():
        lines = [each.line for each in news if each.topic in box.topics and each.concerns(signed)]
        if lines:
            found[signed.name] = lines
    return found


def news_of(event: Event, scene: Scene) -> News | None:
    """What an event is worth; most are worth nothing."""
    says = _SAYS.get(event.tag)
    return says(event, scene) if says else None


def ending(scene: Scene) -> tuple[Sequence[News], list[Change]]:
    """Approvals that nobody can give any more soon, each said once; with what remembers that."""
    pending = scene.desk.approvals(frozenset({ApprovalState.PENDING}), approve.AT_ONCE)
    known = WARNED.all(scene.desk)
    said, open_ = {each.id for each in known}, {each.id for each in pending}
    changes: list[Change] = [WARNED.drop(each) for each in known if each.id not in open_]
    news: list[News] = []
    for each in pending:
        soon = each.expires - min(SOON, (each.expires - each.opened) / 4)
        if len(news) < AT_ONCE and each.id not in said and soon <= scene.now < each.expires:
            line = _about_approval(each, f"Ends at {each.expires:%H:%M} UTC without an answer")
            news.append(News(Topic.APPROVALS, line, _approves(each, scene)))
            changes.append(WARNED.new(each.id, Warned(scene.now)))
    return news, changes


def _readers(scene: Scene) -> Iterator[tuple[SignedIn, Mailbox]]:
    for each in scene.desk.operators():
        box = mailbox.of(each, scene.desk)
        if box and box.value.address:
            signed = SignedIn(operator=each, assurance=STRONG, session="", at=scene.now)
            yield break_glass.lifted(signed, scene.desk, scene.now), box.value


def _waits(event: Event, scene: Scene) -> News | None:
    approval = _pending(event, scene)
    if approval is None:
        return None
    line = _about_approval(approval, "Waits for an approval")
    return News(Topic.APPROVALS, line, _approves(approval, scene))


def _escalated(event: Event, scene: Scene) -> News | None:
    approval, to = _pending(event, scene), _said(event, "to")
    if approval is None:
        return None
    line = _about_approval(approval, "Waits too long, so you are asked too")
    approves = _approves(approval, scene)
    return News(
        Topic.APPROVALS, line, lambda who: to in anywhere(who.operator.roles) and approves(who)
    )


def _asked(event: Event, scene: Scene) -> News:
    person, role = _said(event, "person"), _said(event, "role")
    line = Line(
        f"{person} asks for the role {role} for {_said(event, 'minutes')} minutes.",
        "/people/elevations",
        f"elevation {_id(event)}",
    )
    return News(Topic.REQUESTS, line, _seconds(person, elevate.needs(role), scene))


def _answered(event: Event, scene: Scene) -> News:
    person, role = _said(event, "person"), _said(event, "role")
    verb = "granted" if event.tag is Tag.ELEVATION_GRANT else "refused"
    link = f"/people/elevations/{_id(event)}"
    line = Line(f"{event.who} {verb} you the role {role}.", link)
    return News(Topic.REQUESTS, line, lambda who: who.name == person)


def _proposed(event: Event, scene: Scene) -> News:
    by = _said(event, "proposer")
    what = f"{by} proposes a change that takes a second person: {_said(event, 'what')}."
    line = Line(what, f"/people/changes/{_id(event)}", f"proposal {_id(event)}")
    return News(Topic.REQUESTS, line, _seconds(by, Act.AGREE, scene))


def _signed_in(event: Event, scene: Scene) -> News | None:
    if event.detail.get("new_device") is not True or event.detail.get("terminal") is True:
        return None
    how = _said(event, "method")
    line = Line(f"Somebody signed in as you at a new device, with {how}. Was it you?", "/me")
    return News(Topic.SIGN_INS, line, _is(_id(event)))


def _let_in(event: Event, scene: Scene) -> News | None:
    if event.outcome != "recovers":
        return None
    what = f"{event.who} made a link that is a new way into your account. Did you ask for it?"
    line = Line(what, "/me")
    return News(Topic.SIGN_INS, line, _is(_id(event)))


def _broken(event: Event, scene: Scene) -> News | None:
    person, link = _said(event, "person"), f"/people/glass/{_id(event)}"
    if not event.who:
        return None  # what time has ended
    if event.outcome == "half":
        what = f"{person} begins to break the glass; a second person is missing."
    elif event.outcome == "broken":
        what = f"The glass is broken: {person} is administrator for an hour, with {event.who}."
    else:
        return None
    return News(Topic.EMERGENCIES, Line(what, link), lambda who: may(who, Act.ADMINISTER))


def _review(event: Event, scene: Scene) -> News:
    glass = event.resource.startswith("Glass::")
    what = "review of the broken glass" if glass else "access review"
    how = _REVIEWED[event.tag]
    link = f"/people/{'glass' if glass else 'reviews'}/{_id(event)}"
    return News(Topic.REVIEWS, Line(f"The {what} {how}.", link), lambda who: may(who, Act.REVIEW))


def _lured(event: Event, scene: Scene) -> News:
    who = event.agent or event.gateway or "somebody unknown"
    where = str(event.detail.get("environment", ""))
    what = f"A honeytoken ({_said(event, 'kind')}) was {event.outcome} by {who}: {event.action}."
    line = Line(what, f"/events/{event.id}")
    return News(Topic.EMERGENCIES, line, lambda who: may(who, Act.ROTATE, where))


def _leaked(event: Event, scene: Scene) -> News:
    where, owner = _said(event, "environment"), _said(event, "owner")
    link = f"/secrets/leaks/{_said(event, 'leak')}"
    line = Line(f"The secret {_id(event)} has leaked. Its owner is {owner}.", link)
    concerns = (Act.ADMINISTER, Act.ROTATE)
    return News(
        Topic.EMERGENCIES,
        line,
        lambda who: who.name == owner or any(may(who, act, where) for act in concerns),
    )


def _overdue(event: Event, scene: Scene) -> News:
    where, owner, name = _said(event, "environment"), _said(event, "owner"), _id(event)
    line = Line(f"The rotation of {name} is overdue.", f"/secrets/of/{name}")
    return News(Topic.REVIEWS, line, lambda who: who.name == owner or may(who, Act.ROTATE, where))


def _ends(event: Event, scene: Scene) -> News:
    line = Line(f"The certificate of {_id(event)} {event.outcome}.", "/secrets/certificates")
    return News(Topic.REVIEWS, line, lambda who: may(who, Act.ROTATE))


def _lost(event: Event, scene: Scene) -> News:
    enrolled = {each.name: each.environment for each in scene.desk.enrolled()}
    where = enrolled.get(event.gateway, "")
    line = Line(f"{event.agent} is no longer governed.", "/enforcement")
    return News(Topic.ENFORCEMENT, line, lambda who: may(who, Act.STOP, where))


_REVIEWED = {
    Tag.REVIEW_OPEN: "is open",
    Tag.REVIEW_REMIND: "is due soon",
    Tag.REVIEW_OVERDUE: "is overdue",
}
_SAYS: Mapping[Tag, Callable[[Event, Scene], News | None]] = {
    Tag.APPROVAL_OPEN: _waits,
    Tag.APPROVAL_ESCALATE: _escalated,
    Tag.ELEVATION_ASK: _asked,
    Tag.ELEVATION_GRANT: _answered,
    Tag.ELEVATION_REFUSE: _answered,
    Tag.PROPOSAL_OPEN: _proposed,
    Tag.SESSION_OPEN: _signed_in,
    Tag.OPERATOR_INVITE: _let_in,
    Tag.GLASS_BREAK: _broken,
    Tag.REVIEW_OPEN: _review,
    Tag.REVIEW_REMIND: _review,
    Tag.REVIEW_OVERDUE: _review,
    Tag.ENFORCEMENT_LOST: _lost,
    Tag.HONEYTOKEN_USE: _lured,
    Tag.ROTATION_DUE: _overdue,
    Tag.CERTIFICATE_DUE: _ends,
    Tag.LEAK_OPEN: _leaked,
}
TAGS = frozenset(_SAYS)
"""What is worth a look."""


def _about_approval(approval: Approval, how: str) -> Line:
    what = f"{approval.agent}: {approval.action} {approval.resource}"
    return Line(f"{how}: {what}.", f"/approvals/{approval.id}", f"approval {approval.id}")


def _pending(event: Event, scene: Scene) -> Approval | None:
    approval = scene.desk.approval(ApprovalId(str(event.detail.get("approval"))))
    return approval if approval and approval.state is ApprovalState.PENDING else None


def _approves(approval: Approval, scene: Scene) -> Callable[[SignedIn], bool]:
    return lambda who: scene.objection(approval, who) is None


def _seconds(asker: str, needed: Act, scene: Scene) -> Callable[[SignedIn], bool]:
    return lambda who: elevate.seconds(frozenset({asker}), needed, who, scene.desk)


def _is(name: str) -> Callable[[SignedIn], bool]:
    return lambda who: who.name == name


def _said(event: Event, key: str) -> str:
    return str(event.detail.get(key, ""))


def _id(event: Event) -> str:
    return event.resource.partition("::")[2]
