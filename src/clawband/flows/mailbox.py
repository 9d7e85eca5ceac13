"""Where somebody gets mail: an address counts once its owner, signed in, has followed a link."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from clawband.flows import outbox
from clawband.flows.kept import Kept, Kind
from clawband.flows.sessions import happened
from clawband.identity.session import SECRET_BYTES, same, stored
from clawband.model import mail
from clawband.model.errors import ConflictError, InputError, NotFoundError
from clawband.model.event import Tag
from clawband.model.notice import Line, Mailbox, Proof, Topic
from clawband.model.person import Operator, SignedIn
from clawband.ports.store import Documents
from clawband.ports.unit import Change, Unit

MAILBOX = Kind("mailbox", Mailbox)
LIFE = timedelta(hours=24)
"""Of a link."""
AGAIN = timedelta(minutes=10)
"""Between two links for one person: nobody fills a stranger's mailbox by asking."""


def of(operator: Operator, documents: Documents) -> Kept[Mailbox] | None:
    """Theirs, with or without an address; one of an earlier account of this name is nobody's."""
    found = MAILBOX.find(operator.name, documents)
    return found if found and found.value.account == operator.added else None


def ask(
    address: str, by: SignedIn, *, documents: Documents, now: datetime, entropy: bytes
) -> tuple[str, Unit]:
    """A token, and the unit that sends it there. Until it comes back, everything stays as it was.

    Raises `InputError`, and `ConflictError` when one was sent a moment ago.
    """
    to = mail.address(address)
    was, box = _own(by, documents)
    asked = box.proof.asked if box.proof else box.asked
    if asked and now - asked < AGAIN:
        raise ConflictError(
            "a link was sent to you a moment ago", remedy="look for it, or wait ten minutes"
        )
    token = entropy[:SECRET_BYTES].hex()
    proof = Proof(address=to, token=stored(token), asked=now)
    what = f"`{by.name}` wants notices of Clawband at this address. Sign in and confirm it:"
    line = Line(what, f"/me/mail/{token}", about=f"proof {by.name} {proof.token}")
    more = entropy[SECRET_BYTES:]
    sent = outbox.straight(by.name, to, line, documents, now=now, entropy=more)
    unit = _unit(by, "asked", was, replace(box, proof=proof), now, more)
    unit.changes += sent
    return token, unit


def confirm(
    token: str, by: SignedIn, *, documents: Documents, now: datetime, entropy: bytes
) -> tuple[Mailbox, Unit]:
    """The address is theirs. The one before it is told. Raises `NotFoundError`, the same for
    every cause."""
    was, box = _own(by, documents)
    proof = box.proof
    if proof is None or now - proof.asked >= LIFE or not same(stored(token), proof.token):
        raise NotFoundError(
            "this link is not good for you, or no longer",
            remedy="sign in as who asked for it, or ask for a new one on `/me`",
        )
    proved = replace(box, address=proof.address, proof=None)
    unit = _unit(by, "confirmed", was, proved, now, entropy)
    if box.address and box.address != proved.address:
        unit.changes += _farewell(by, box, documents, now, entropy)
    return proved, unit


def choose(
    topics: Sequence[str], by: SignedIn, *, documents: Documents, now: datetime, entropy: bytes
) -> tuple[Mailbox, Unit]:
    """What they are told from now on. That it changed is told, too. Raises `InputError`."""
    try:
        wanted = frozenset(Topic(each) for each in topics)
    except ValueError as error:
        raise InputError(
            f"expected topics out of {', '.join(Topic)}, got `{', '.join(topics)[:80]}`",
            remedy="name those that you want; none for none",
        ) from error
    was, box = _own(by, documents)
    chosen = replace(box, topics=wanted)
    unit = _unit(by, "chosen", was, chosen, now, entropy)
    if box.address and wanted != box.topics:
        told = Line("Which notices you get was changed.", "/me")
        unit.changes += outbox.posted({by.name: [told]}, documents, now=now, entropy=entropy)
    return chosen, unit


def forget(by: SignedIn, *, documents: Documents, now: datetime, entropy: bytes) -> Unit:
    """No mail any more, and no address kept; when a link was sent is, for who asks again. Raises
    `NotFoundError`."""
    found = of(by.operator, documents)
    if found is None or not (found.value.address or found.value.proof):
        raise NotFoundError("no address of yours is known", remedy="see `clawband notices show`")
    sent = found.value.proof
    left = Mailbox(account=by.operator.added, asked=sent.asked) if sent else None
    unit = _unit(by, "removed", found, left, now, entropy)
    if found.value.address:
        unit.changes += _farewell(by, found.value, documents, now, entropy)
    return unit


def forgotten(name: str, documents: Documents) -> list[Change]:
    """What forgets the mailbox of an account that goes."""
    found = MAILBOX.find(name, documents)
    return [MAILBOX.drop(found)] if found else []


def _own(by: SignedIn, documents: Documents) -> tuple[Kept[Mailbox] | None, Mailbox]:
    """What is written down, if anything, and what holds."""
    found = of(by.operator, documents)
    fresh = Mailbox(account=by.operator.added)
    return MAILBOX.find(by.name, documents), found.value if found else fresh


def _farewell(
    by: SignedIn, box: Mailbox, documents: Documents, now: datetime, entropy: bytes
) -> list[Change]:
    line = Line(f"Notices for `{by.name}` do not come to this address any more.", "/me")
    return outbox.straight(by.name, box.address, line, documents, now=now, entropy=entropy)


def _unit(
    by: SignedIn,
    outcome: str,
    was: Kept[Mailbox] | None,
    value: Mailbox | None,
    now: datetime,
    entropy: bytes,
) -> Unit:
    event = happened(Tag.NOTICE_SET, by.name, by.name, outcome, now=now, entropy=entropy)
    change: Change
    if value is None:
        assert was, "only what there is goes"
        change = MAILBOX.drop(was)
    else:
        change = MAILBOX.replace(was, value) if was else MAILBOX.new(by.name, value)
    return Unit([event], [change])
