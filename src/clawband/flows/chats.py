"""Make a chat one's own, and know its owner again. Each change is a unit to be committed.

Its id becomes an alias of the account for good: who unlinks a chat to approve what they asked for
in it is still who asked.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from clawband.flows import credentials, links, sessions, sign_in
from clawband.flows.in_turn import in_turn
from clawband.flows.kept import Kept, Kind
from clawband.identity import chats, second
from clawband.identity.assurance import Method
from clawband.identity.chats import Chat, Linking
from clawband.identity.session import same
from clawband.model.errors import AuthenticationError, ConflictError, NotFoundError
from clawband.model.event import Tag
from clawband.model.people import Rules
from clawband.model.person import Operator, SignedIn
from clawband.openclaw.commands import Command
from clawband.ports.registry import Registry
from clawband.ports.store import Documents
from clawband.ports.unit import Change, PutOperator, Unit

LINKING = Kind("chat-link", Linking)
"""By the name of who asked for the code."""
CHAT = Kind("chat", Chat)
"""By `GATEWAY:CHANNEL:SENDER`."""
REMEDY = "list them with `clawband chat list`"


def of(name: str, documents: Documents) -> Sequence[Kept[Chat]]:
    """Somebody's chats, those that wait for a confirmation too."""
    return [each for each in CHAT.all(documents) if each.value.operator == name]


def begin(by: SignedIn, *, documents: Documents, now: datetime, entropy: bytes) -> tuple[str, Unit]:
    """A code to type in the chat; an earlier one ends. Raises `ConflictError` for too many, and
    `AuthenticationError` for an account that its provider alone lets in."""
    second.refuse_program(by, "have a chat")
    _refuse_brought(by.operator, documents)
    if len(of(by.name, documents)) >= chats.MOST:
        raise ConflictError(f"nobody has more than {chats.MOST} chats", remedy="unlink one first")
    code = chats.code(entropy)
    fresh = Linking(code=chats.digest(code), made=now, until=now + chats.LIFE)
    was = LINKING.find(by.name, documents)
    put = LINKING.replace(was, fresh) if was else LINKING.new(by.name, fresh)
    return code, Unit([], [put])


def claim(
    code: str, said: Command, *, known: Registry, now: datetime, entropy: bytes
) -> tuple[str, Unit]:
    """Somebody typed a code: whose it is. It counts once they confirm it.

    Raises `NotFoundError`, the same for every bad code, and `ConflictError` for a chat or an alias
    that is somebody else's.
    """
    found = next(
        (each for each in LINKING.all(known) if _good(each, chats.digest(code), known, now)), None
    )
    operator = _account(found.id, known) if found else None
    if found is None or operator is None:
        raise NotFoundError(
            "this code is not good, or no longer", remedy="take a new one on your page, You"
        )
    was = CHAT.find(said.chat, known)
    if was and was.value.linked and _stands(was.value, _account(was.value.operator, known)):
        raise ConflictError("this chat is linked already", remedy="unlink it on your page, You")
    sign_in.refuse_clash(operator.name, operator.roles, operator.aliases | {said.who}, known)
    fresh = Chat(operator=operator.name, claimed=now)
    put = CHAT.replace(was, fresh) if was else CHAT.new(said.chat, fresh)
    event = sessions.happened(
        Tag.CHAT_CLAIM, said.who, operator.name, "claimed",
        now=now, entropy=entropy, detail={"chat": said.chat},
    )  # fmt: skip
    return operator.name, Unit([event], [LINKING.drop(found), put])


def confirm(
    id: str, by: SignedIn, *, known: Registry, now: datetime, entropy: bytes
) -> tuple[str, Unit]:
    """The owner says that it was them. The secret that takes the place of the one of this sign-in:
    the account has an alias more, which ends all that it had without.

    Raises `NotFoundError`, `ConflictError` and what `begin` does.
    """
    turn = in_turn(known)
    _refuse_brought(by.operator, known)
    kept, account = _own(id, by, known), known.operator(by.name)
    if account is None:
        raise NotFoundError("this account is gone")
    if kept.value.linked:
        raise ConflictError(f"`{id}` is linked already", remedy=REMEDY)
    if now >= kept.value.claimed + chats.LIFE:
        raise ConflictError(f"`{id}` was not confirmed in time", remedy="link it anew")
    operator, hashed = account
    more = replace(operator, aliases=operator.aliases | {id.partition(":")[2]})
    sign_in.refuse_clash(more.name, more.roles, more.aliases, known)
    secret, unit = sessions.renew(by, Method.PASSWORD, known=known, now=now, entropy=entropy)
    event = sessions.happened(
        Tag.CHAT_LINK, by.name, by.name, "linked",
        now=now, entropy=entropy[-16:], detail={"chat": id, "aliases": sorted(more.aliases)},
    )  # fmt: skip
    linked = CHAT.replace(kept, replace(kept.value, linked=now))
    return secret, Unit([event], [PutOperator(more, hashed), linked, *unit.changes, turn])


def unlink(id: str, by: SignedIn, *, known: Registry, now: datetime, entropy: bytes) -> Unit:
    """Nothing said there counts from now on, and no yes from there that was not used yet."""
    kept = _own(id, by, known)
    event = sessions.happened(
        Tag.CHAT_UNLINK, by.name, by.name, "unlinked",
        now=now, entropy=entropy, detail={"chat": id},
    )  # fmt: skip
    return Unit([event], [CHAT.drop(kept)])


def speaker(said: Command, known: Registry, rules: Rules, now: datetime) -> SignedIn:
    """Who speaks in this chat, with the roles of their account; without the privileged ones while
    they lack the second factor that those need. Raises `AuthenticationError`."""
    found = CHAT.find(said.chat, known)
    account = _account(found.value.operator, known) if found else None
    if account:
        _refuse_brought(account, known)
    if account is None or not holds(said.chat, account, known):
        raise AuthenticationError(
            f"this chat, {said.who}, is linked to nobody here",
            remedy="link it on your page of the console, You",
        )
    signed = SignedIn(
        operator=account, assurance=chats.ASSURANCE, session="", at=now, chat=said.chat
    )
    wanted = credentials.needed(account.name, known, rules)
    lacks = wanted and not credentials.enrolled(account.name, known)
    return sessions.held_back(signed) if lacks else signed


def holds(id: str, account: Operator, documents: Documents) -> bool:
    """Whether this chat still speaks for this account."""
    found = CHAT.find(id, documents)
    mine = found is not None and found.value.operator == account.name
    stands = found and mine and found.value.linked and _stands(found.value, account)
    return bool(stands) and not links.brought(account, documents)


def refused(said: Command, why: str, *, now: datetime, entropy: bytes) -> Unit:
    """The record of a command that was not obeyed."""
    return Unit([sessions.happened(
        Tag.CHAT_REFUSE, said.who, "", "refused",
        now=now, entropy=entropy, detail={"why": why, "chat": said.chat},
    )])  # fmt: skip


def lapsed(known: Registry, now: datetime) -> list[Change]:
    """What forgets codes and claims whose time is over, and chats of accounts that are gone."""
    over: list[Change] = [
        LINKING.drop(each) for each in LINKING.all(known) if now >= each.value.until
    ]
    for each in CHAT.all(known):
        late = not each.value.linked and now >= each.value.claimed + chats.LIFE
        if late or not _stands(each.value, _account(each.value.operator, known)):
            over.append(CHAT.drop(each))
    return over


def _refuse_brought(account: Operator, documents: Documents) -> None:
    """Nobody asks the provider whether who types in a chat still belongs there."""
    if links.brought(account, documents):
        raise AuthenticationError(
            f"`{account.name}` comes in by single sign-on only, and decides from no chat",
            remedy="decide on the console",
        )


def _own(id: str, by: SignedIn, known: Registry) -> Kept[Chat]:
    found = CHAT.find(id, known)
    mine = found is not None and found.value.operator == by.name
    if found is None or not mine or not _stands(found.value, _account(by.name, known)):
        raise NotFoundError(f"there is no chat `{id[:60]}` of yours", remedy=REMEDY)
    return found


def _good(each: Kept[Linking], digest: str, known: Registry, now: datetime) -> bool:
    account = _account(each.id, known)
    lives = now < each.value.until and account is not None and account.added <= each.value.made
    return lives and same(each.value.code, digest)


def _account(name: str, known: Registry) -> Operator | None:
    found = known.operator(name)
    return found[0] if found else None


def _stands(chat: Chat, account: Operator | None) -> bool:
    """An account that was made anew owns nothing of the one before."""
    return account is not None and account.added <= chat.claimed
