"""Links that make an account, or give its owner a way in, once."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clawband.flows import alone, invite, outbox
from clawband.flows.authority import require
from clawband.flows.invite import Invitation
from clawband.identity.assurance import Method
from clawband.identity.roles import Act
from clawband.identity.session import Seen, stored
from clawband.model.mail import address
from clawband.model.notice import Line
from clawband.model.person import SignedIn
from clawband.ports.unit import Change, Unit, joined
from clawband.service.entrance import Begun, Entrance
from clawband.service.mailboxes import refuse_mailless
from clawband.service.operators import roles_of


@dataclass(frozen=True, slots=True)
class Invited:
    """A link to be handed to exactly one person."""

    token: str
    link: str
    expires: datetime


class Invitations(Entrance):
    """Making them is an administrator's work; following one is anybody's who has the link."""

    async def invite(
        self, name: str, roles: Sequence[str], aliases: Sequence[str], by: SignedIn, mail: str = ""
    ) -> Invited:
        """With `mail` the link goes to that address, too."""
        require(by, Act.ADMINISTER)
        running = self._running
        alone.refuse(
            "administer", "invite NAME --role ROLE", by,
            controlled=running.people.dual_control, documents=running.store, now=running.now(),
        )  # fmt: skip
        return await self.invite_as(name, roles, aliases, by.name, mail=mail)

    async def invite_as(
        self,
        name: str,
        roles: Sequence[str],
        aliases: Sequence[str],
        by: str,
        also: Unit | None = None,
        *,
        mail: str = "",
        link: str = "",
    ) -> Invited:
        """Invite for a person whose right was checked, or for the machine's own set-up.

        In one unit with `also`. `link` is the digest of a token that they have already.
        """
        token, unit = invite.invite(
            name, roles_of(roles), frozenset(aliases), by=by, known=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(), link=link,
        )  # fmt: skip
        if mail:
            unit.changes += self._mailed(name, address(mail), by, token)
        return await self._linked(token, joined(also, unit))

    async def recover(self, name: str, by: SignedIn) -> Invited:
        """A link for somebody who lost every way in. They are told wherever they are signed in.

        Raises `NotFoundError`, and `ConflictError` where it takes two people.
        """
        require(by, Act.ADMINISTER)
        store, now = self._running.store, self._running.now()
        invite.account(name, store)
        alone.refuse(
            "administer", f"recover {name}", by,
            controlled=self._running.people.dual_control, documents=store, now=now,
        )  # fmt: skip
        alone.refuse_takeover(name, by, people=store, documents=store, now=now)
        return await self.recover_as(name, by.name)

    async def recover_as(
        self, name: str, by: str, also: Unit | None = None, *, link: str = ""
    ) -> Invited:
        """Recover for a person whose right was checked, or for the machine's own set-up."""
        token, unit = invite.recover(
            name, by=by, known=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(), link=link,
        )  # fmt: skip
        return await self._linked(token, joined(also, unit))

    def recovering(self, signed: SignedIn) -> Invitation | None:
        """The link by which somebody could take their account over now."""
        return invite.recovering(signed.name, self._running.store, self._running.now())

    def invitations(self, by: SignedIn) -> Sequence[Invitation]:
        """The links that wait to be followed."""
        require(by, Act.LOOK)
        return invite.open_ones(self._running.store, self._running.now())

    async def withdraw(self, name: str, by: SignedIn) -> None:
        """End a link; everybody may end one into their own account. Raises `NotFoundError`."""
        if name != by.name:
            require(by, Act.ADMINISTER)
        unit = invite.withdraw(
            name, by=by.name, known=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)

    def invitation(self, token: str) -> Invitation:
        """What a link is for. Raises `NotFoundError`."""
        return invite.open_(token, self._running.store, self._running.now()).value

    def address(self, token: str) -> str:
        """The link with this token."""
        return f"{self._running.people.origin}/welcome/{token}"

    def begin_accept(self, token: str) -> Begun:
        """A passkey for who was invited."""
        return self._offered(f"accept {token}", self.invitation(token).name)

    def _mailed(self, name: str, to: str, by: str, token: str) -> list[Change]:
        refuse_mailless(self._running)
        what = f"{by} invites you to Clawband as {name}. This link is good once, for 24 hours:"
        line = Line(what, f"/welcome/{token}", f"invitation {stored(token)}")
        return outbox.straight(
            name, to, line, self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip

    async def _linked(self, token: str, unit: Unit) -> Invited:
        await self._running.commit(unit)
        return Invited(token, self.address(token), self._running.now() + invite.LIFE)

    async def accept(self, token: str, password: str, seen: Seen) -> str:
        """Follow a link with a password: a bearer secret, whose privileged roles wait for a second
        factor. Raises `NotFoundError` and `InputError`."""
        name = self.invitation(token).name
        unit = await asyncio.to_thread(
            invite.by_password, token, password,
            known=self._running.store, passwords=self._running.passwords,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)
        return await self._entered(name, Method.PASSWORD, seen)

    async def accept_passkey(
        self, token: str, id: str, credential: str, label: str, seen: Seen
    ) -> str:
        """Follow a link with a passkey: a bearer secret."""
        name = self.invitation(token).name
        fresh = self._registered(f"accept {token}", id, credential)
        unit = invite.by_passkey(
            token, fresh, label, known=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)
        return await self._entered(name, Method.PASSKEY, seen)
