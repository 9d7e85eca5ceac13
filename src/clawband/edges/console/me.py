"""You: what you sign in with, and where you are signed in."""

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import RedirectResponse, Response

from clawband.edges.console import commands, devices, passkeys, qr, security
from clawband.edges.console.visit import Visit
from clawband.flows.credentials import Held
from clawband.flows.sessions import Own
from clawband.flows.sign_in import MAX_PASSWORD, MIN_PASSWORD
from clawband.identity.one_time import CODES
from clawband.model.errors import AuthenticationError, Error
from clawband.model.notice import ABOUT


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A sign-in as a row."""

    id: str
    device: str
    address: str
    method: str
    opened: datetime
    used: datetime
    current: bool
    odd: str
    """What is new about it; empty for nothing."""


async def show(visit: Visit) -> Response:
    held = visit.service.people.credentials(visit.me)
    sessions = [_shown(each) for each in visit.service.people.sessions(visit.me)]
    account = visit.service.running.store.operator(visit.me.name)
    roles = account[0].roles if account else frozenset()
    return await visit.show(
        "me.html",
        sentence=_sentence(held),
        held=held,
        made=CODES,
        has_password=bool(account and account[1]),
        shortest=MIN_PASSWORD,
        longest=MAX_PASSWORD,
        kept_back=sorted(roles - visit.me.operator.roles),
        sessions=sessions,
        provider=visit.service.federation.provider,
        connected=visit.service.federation.connected(visit.me),
        chats=visit.service.chats.listed(visit.me),
        mails=visit.service.mailboxes.on,
        mailbox=visit.service.mailboxes.own(visit.me),
        about=ABOUT,
        called=devices.called(visit.request.headers.get("user-agent", "")),
        sessions_line=commands.line("sessions", "list"),
        notices_line=commands.line("notices", "show"),
    )


async def begin_passkey(visit: Visit) -> Response:
    return passkeys.told(visit.service.people.begin_passkey(visit.me))


async def add_passkey(visit: Visit) -> Response:
    fields = visit.fields
    label = fields.get("label", "").strip() or devices.called(
        visit.request.headers.get("user-agent", "")
    )
    secret = await visit.service.people.finish_passkey(
        visit.me, fields.get("challenge", ""), fields.get("credential", ""), label
    )
    return renewed(visit, "/me", secret)


async def codes(visit: Visit) -> Response:
    """What an authenticator app needs; the same again until its first code was right."""
    return await _codes(visit)


async def add_codes(visit: Visit) -> Response:
    try:
        secret = await visit.service.people.finish_totp(visit.me, visit.fields.get("code", ""))
    except AuthenticationError as error:
        return await _codes(visit, error)
    return renewed(visit, "/me", secret)


async def password(visit: Visit) -> Response:
    """A new password; who has no second factor shows the current one."""
    fields = visit.fields
    secret = await visit.service.people.set_password(
        visit.me, fields.get("current", ""), fields.get("password", "")
    )
    return renewed(visit, "/me", secret)


async def recovery(visit: Visit) -> Response:
    """New recovery codes. They are shown in this answer and nowhere else, so it is no redirect."""
    made = await visit.service.people.recovery_codes(visit.me)
    return await visit.show("codes.html", codes=made)


async def remove(visit: Visit) -> Response:
    await visit.service.people.remove_credential(visit.me, visit.fields.get("id", ""))
    return visit.done("/me", "It is removed, and signs nobody in any more.")


async def end(visit: Visit) -> Response:
    """End one other sign-in, or all others."""
    ended = visit.fields.get("id", "")
    await visit.service.people.revoke(visit.me, ended)
    return visit.done("/me", "It is signed out." if ended else "All others are signed out.")


def renewed(visit: Visit, path: str, secret: str) -> Response:
    """Go on under a new secret, because what it may do has changed."""
    response = RedirectResponse(path, status_code=303)
    security.keep_secret(response, secret, secure=visit.console.secure)
    return response


async def _codes(visit: Visit, error: Error | None = None) -> Response:
    uri, secret = visit.service.people.begin_totp(visit.me)
    return await visit.show(
        "totp.html",
        status=403 if error else 200,
        error=error,
        uri=uri,
        secret=secret,
        qr=qr.path(uri),
    )


def _sentence(held: Held) -> str:
    count, app = len(held.passkeys), held.one_time is not None
    keys = "a passkey" if count == 1 else f"{count} passkeys"
    if count and app:
        return f"You sign in with {keys}, or a password and a code"
    if count:
        return f"You sign in with {keys}"
    if app:
        return "You sign in with a password and a code"
    return "Only a password protects your account"


def _shown(own: Own) -> Shown:
    kept = own.sign_in
    return Shown(
        id=own.id,
        device=devices.called(kept.agent, terminal=kept.terminal),
        address=kept.address,
        method=str(kept.method),
        opened=kept.opened,
        used=kept.used,
        current=own.current,
        odd=kept.odd,
    )
