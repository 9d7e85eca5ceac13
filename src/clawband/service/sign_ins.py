"""Coming in, showing a second factor again, and one's own sign-ins."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from clawband.flows import credentials, invite, sessions, sign_in
from clawband.flows.sessions import Own
from clawband.identity import throttle
from clawband.identity.session import Seen
from clawband.identity.throttle import Count, Throttle
from clawband.model.errors import AuthenticationError, ConflictError
from clawband.model.person import SignedIn
from clawband.ports.unit import Unit
from clawband.service.entrance import Begun
from clawband.service.factors import Factors
from clawband.service.invitations import Invitations
from clawband.service.running import Running

MAX_NAME = 64
DEVICE_BYTES = 32
TERMINAL = Seen(terminal=True)


class SignIns(Factors, Invitations):
    """Sign-ins by password, code and passkey, and what leads to them."""

    def __init__(self, running: Running) -> None:
        super().__init__(running)
        self._throttle = Throttle()

    def device(self) -> str:
        """A secret for a browser to keep, by which it is known again."""
        return self._running.randomness.bytes(DEVICE_BYTES).hex()

    # Coming in

    async def sign_in(self, name: str, password: str, code: str = "", seen: Seen = TERMINAL) -> str:
        """A bearer secret.

        Raises `AuthenticationError`, the same for every cause; `SecondFactorNeededError` when all
        that is missing is a `code`; `TooManyError` after too many wrong attempts; `ConflictError`
        when the password was replaced meanwhile.
        """
        name, now = name[:MAX_NAME], self._running.now()
        known = sessions.remembered(name, seen, self._running.store, now)

        async def attempt() -> str | None:
            secret, unit = await asyncio.to_thread(
                sign_in.checked, name, password[: sign_in.MAX_PASSWORD], code, seen,
                known=self._running.store, passwords=self._running.passwords,
                now=self._running.now(), entropy=self._running.entropy(),
            )  # fmt: skip
            await self._running.commit(unit)
            return secret

        return await self._in_turn(throttle.counts(name, seen, known=known), attempt)

    def begin_passkey_sign_in(self) -> Begun:
        return self._asked("sign-in")

    async def finish_passkey_sign_in(self, id: str, credential: str, seen: Seen) -> str:
        """A bearer secret for the browser's answer. Raises `AuthenticationError`.

        Never slowed: a passkey cannot be guessed.
        """
        try:
            name, proof = self._recognised("sign-in", id, credential)
        except AuthenticationError:
            now, entropy = self._running.now(), self._running.entropy()
            await self._running.commit(sign_in.refused("", "passkey", now=now, entropy=entropy))
            raise
        secret, unit = sign_in.proved(
            name, proof, seen, known=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)
        return secret

    # Showing a second factor again; each returns the secret that takes the place of the old one

    async def step_up(self, signed: SignedIn, code: str) -> str:
        """By a one-time password or a recovery code. Raises `AuthenticationError`."""
        held = self.credentials(signed)
        if held.one_time is None and held.recovery is None:
            raise AuthenticationError(
                "you have no codes that could be shown here",
                remedy="run `clawband login` again, and let the terminal in from a browser",
            )

        async def attempt() -> str | None:
            now = self._running.now()
            proof = credentials.prove(
                signed.name, code[: sign_in.MAX_CODE], self._running.store, now
            )
            if proof is None:
                return None
            return await self._renewed(signed, proof.method, proof.changes)

        return await self._in_turn((Count(("step-up", signed.name)),), attempt)

    def begin_step_up(self, signed: SignedIn) -> Begun:
        return self._asked(f"step-up {signed.session}", signed.name)

    async def finish_step_up(self, signed: SignedIn, id: str, credential: str) -> str:
        """By a passkey. Raises `AuthenticationError`, also for somebody else's."""
        name, proof = self._recognised(f"step-up {signed.session}", id, credential)
        if name != signed.name:
            raise AuthenticationError("this passkey is not yours", remedy="use your own")
        return await self._renewed(signed, proof.method, proof.changes)

    # One's own sign-ins

    def sessions(self, signed: SignedIn) -> Sequence[Own]:
        """One's own, newest first."""
        return sessions.own(signed, known=self._running.store, now=self._running.now())

    async def revoke(self, signed: SignedIn, id: str = "") -> None:
        """End one of one's own sign-ins, or all but this one. Raises `NotFoundError`."""
        unit = sessions.revoke(
            signed, id, known=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)

    async def sweep(self) -> None:
        """Forget what is over. What somebody else changed meanwhile waits for the next time."""
        store, now = self._running.store, self._running.now()
        for change in [*sessions.swept(store, now), *invite.lapsed(store, now)]:
            try:
                await self._running.commit(Unit([], [change]))
            except ConflictError:
                continue

    async def _in_turn(
        self, under: Sequence[Count], attempt: Callable[[], Awaitable[str | None]]
    ) -> str:
        """What `attempt` makes, when it is its turn. Raises what it raises, `TooManyError`, and
        `AuthenticationError` when it makes nothing."""
        clock = asyncio.get_running_loop().time
        await asyncio.sleep(self._throttle.turn(under, clock()))
        made = await attempt()
        if made is None:
            self._throttle.failed(under, clock())
            raise AuthenticationError(
                "the name, the password or the code is wrong", remedy="check them and try again"
            )
        self._throttle.passed(under)
        return made
