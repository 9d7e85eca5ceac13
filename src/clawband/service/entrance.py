"""What coming in, enrolling and being invited share: challenges, and secrets that take effect."""

from collections.abc import Sequence
from dataclasses import dataclass

from clawband.flows import credentials, sessions
from clawband.flows.authority import FRESH
from clawband.identity import passkeys
from clawband.identity.assurance import Method
from clawband.identity.session import Seen
from clawband.model.errors import StepUpNeededError
from clawband.model.person import SignedIn
from clawband.ports.unit import Change
from clawband.service.challenges import Challenges
from clawband.service.running import Running

AT_TERMINAL = "at a terminal with `clawband prove`, or without codes by `clawband login` again"
"""Where a second factor is shown again that has no code, as a passkey or a provider: a browser."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What a page passes to the browser's passkeys, and the id to come back with."""

    id: str
    options: str
    """JSON."""


class Entrance:
    """A challenge is good once, wherever it is answered."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._challenges = Challenges(running)

    def _asked(self, purpose: str, name: str = "") -> Begun:
        """Ask for a passkey: of `name`, or any."""
        made = self._challenges.make(purpose)
        of = credentials.of(name, self._running.store) if name else ()
        known = [each.value.credential for each in of]
        options = passkeys.request(known, made, self._running.people)
        return Begun(passkeys.encoded(made), options)

    def _offered(self, purpose: str, name: str) -> Begun:
        """Offer to make a passkey for `name`, on a device that has none yet."""
        made = self._challenges.make(purpose)
        known = [each.value.credential for each in credentials.of(name, self._running.store)]
        options = passkeys.creation(name, known, made, self._running.people)
        return Begun(passkeys.encoded(made), options)

    def _registered(self, purpose: str, id: str, credential: str) -> passkeys.Registered:
        """The passkey that was made. Raises `AuthenticationError`."""
        made = self._challenges.open(purpose, id)
        fresh = passkeys.register(credential, made, self._running.people)
        self._challenges.spend(made)
        return fresh

    def _recognised(self, purpose: str, id: str, credential: str) -> tuple[str, credentials.Proof]:
        """Whose passkey answered. Raises `AuthenticationError`."""
        made = self._challenges.open(purpose, id)
        found = credentials.recognise(
            credential, made, documents=self._running.store,
            rules=self._running.people, now=self._running.now(),
        )  # fmt: skip
        self._challenges.spend(made)
        return found

    async def _entered(self, name: str, method: Method, seen: Seen) -> str:
        """A bearer secret for who was let in."""
        secret, unit = sessions.enter(
            name, method, seen, known=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)
        return secret

    async def _renewed(
        self, signed: SignedIn, method: Method, changes: Sequence[Change] = ()
    ) -> str:
        """The secret that takes the place of the one of this sign-in, with what a proof changes."""
        secret, unit = sessions.renew(
            signed, method, known=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        unit.changes += changes
        await self._running.commit(unit)
        return secret


def refuse_stale(signed: SignedIn, what: str = "what you sign in with") -> None:
    """Raises `StepUpNeededError` unless a second factor was shown a moment ago, by who has one."""
    lately = signed.at and signed.proved and signed.at - signed.proved <= FRESH
    if signed.second_factor and not lately:
        raise StepUpNeededError(
            f"{what} changes only after your second factor was shown again",
            remedy=f"show it on `/prove`, {AT_TERMINAL}; then repeat this",
        )
