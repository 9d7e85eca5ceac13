"""Operators and their sign-ins. Hashing a password takes a third of a second, so in a thread."""

import asyncio
from collections.abc import Sequence

from clawband.flows import sign_in
from clawband.flows.authority import require
from clawband.identity.roles import Act
from clawband.model.errors import AuthenticationError, InputError
from clawband.model.person import Operator, Role, SignedIn
from clawband.service.running import Running


class Operators:
    """Local accounts: add, remove, sign in, know again."""

    def __init__(self, running: Running) -> None:
        self._running = running

    def list(self) -> Sequence[Operator]:
        return self._running.store.operators()

    async def add(
        self, name: str, roles: Sequence[str], aliases: Sequence[str], password: str, by: SignedIn
    ) -> Operator:
        require(by, Act.ADMINISTER)
        return await self.add_as(name, roles, aliases, password, by.name)

    async def add_as(
        self, name: str, roles: Sequence[str], aliases: Sequence[str], password: str, by: str
    ) -> Operator:
        """Add for a person whose right was checked, or for the machine's own set-up."""
        try:
            wanted = frozenset(Role(role) for role in roles)
        except ValueError as error:
            raise InputError(
                f"expected roles out of {', '.join(Role)}, got {', '.join(roles)[:80]}",
                remedy="name one or more of these roles",
            ) from error
        sign_in.refuse_clash(name, wanted, frozenset(aliases), self._running.store)
        operator, unit = await asyncio.to_thread(
            sign_in.add, name, wanted, frozenset(aliases), password,
            by=by, passwords=self._running.passwords,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)
        return operator

    async def remove(self, name: str, by: SignedIn) -> None:
        """Remove an account. The last administrator stays."""
        require(by, Act.ADMINISTER)
        unit = sign_in.remove(
            name, by=by.name, people=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)

    async def sign_in(self, name: str, password: str) -> str:
        """A bearer secret. Raises `AuthenticationError`, the same for every cause."""
        secret, unit = await asyncio.to_thread(
            sign_in.sign_in, name[:64], password[: sign_in.MAX_PASSWORD],
            people=self._running.store, passwords=self._running.passwords,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)
        if secret is None:
            raise AuthenticationError(
                "the name or the password is wrong", remedy="check both and try again"
            )
        return secret

    def who(self, secret: str) -> SignedIn:
        return sign_in.who(secret, people=self._running.store, now=self._running.now())

    async def sign_out(self, signed: SignedIn) -> None:
        unit = sign_in.sign_out(signed, now=self._running.now(), entropy=self._running.entropy())
        await self._running.commit(unit)
