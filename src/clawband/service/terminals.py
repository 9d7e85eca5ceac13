"""Terminals that wait for their person to let them in from a browser (RFC 8628)."""

import asyncio
from dataclasses import dataclass, replace
from ipaddress import IPv6Network, ip_address

from clawband.flows import sessions, sign_in
from clawband.flows.sessions import MAX_SEEN
from clawband.identity import terminal
from clawband.identity.assurance import Method
from clawband.identity.session import SECRET_BYTES, Seen, stored
from clawband.identity.terminal import Waiting
from clawband.identity.throttle import Count, Throttle, TooManyError
from clawband.model.errors import AuthenticationError, NotFoundError
from clawband.model.person import SignedIn
from clawband.service.entrance import refuse_stale
from clawband.service.running import Running

MAX_NAME = 64
MOST_EACH = 10
"""Terminals that may wait at one address, of IPv6 at one /64: that is one house."""
MOST = 1_000
CODE_BYTES = 16


@dataclass(frozen=True, slots=True)
class Begun:
    """What a terminal keeps (`device`) and what it shows (`code`)."""

    device: str
    code: str
    address: str
    """Where the person types the code."""


class Terminals:
    """What waits is in memory, under the digest of the terminal's own secret. Nobody who is not
    signed in can make anything durable."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._throttle = Throttle()
        self._waiting: dict[str, Waiting] = {}

    def begin(self, name: str, seen: Seen) -> Begun:
        """A terminal asks. It is told the same for a `name` that nobody has.

        Raises `TooManyError` when too many wait already.
        """
        now = self._running.now()
        seen = replace(seen, address=seen.address[:MAX_SEEN], agent=seen.agent[:MAX_SEEN])
        self._waiting = {key: each for key, each in self._waiting.items() if not each.over(now)}
        here = sum(near(each.seen.address) == near(seen.address) for each in self._waiting.values())
        if here >= MOST_EACH or len(self._waiting) >= MOST:
            raise TooManyError("too many terminals wait already", remedy="try again in ten minutes")
        device = self._running.randomness.bytes(SECRET_BYTES).hex()
        made = terminal.code(self._running.randomness.bytes(CODE_BYTES))
        self._waiting[stored(device)] = Waiting(
            code=made, name=name[:MAX_NAME], seen=seen, asked=now
        )
        return Begun(device, terminal.shown(made), f"{self._running.people.origin}/me/terminal")

    async def asked(self, code: str, signed: SignedIn) -> Waiting:
        """What waits under a code. Raises `NotFoundError`, also for somebody else's, and
        `TooManyError` after too many wrong ones."""
        clock = asyncio.get_running_loop().time
        under = (Count(("terminal", signed.name)),)
        await asyncio.sleep(self._throttle.turn(under, clock()))
        now, wanted = self._running.now(), terminal.typed(code)
        for each in self._waiting.values():
            mine = each.name in ("", signed.name)
            if each.code == wanted and mine and each.open and not each.over(now):
                self._throttle.passed(under)
                return each
        self._throttle.failed(under, clock())
        raise NotFoundError(
            "no terminal waits for you with this code",
            remedy="compare it, or run `clawband login` again",
        )

    async def approve(self, code: str, signed: SignedIn) -> None:
        """Let it in as `signed`. Raises what `asked` does, `StepUpNeededError`, and
        `AuthenticationError` for a terminal: or one would let in the next, without end."""
        waiting = await self.asked(code, signed)
        if not sessions.in_browser(signed, self._running.store):
            raise AuthenticationError(
                "a terminal lets no other terminal in",
                remedy="sign in to the console in a browser, and type the code there",
            )
        refuse_stale(signed)
        waiting.by = signed

    async def refuse(self, code: str, signed: SignedIn) -> None:
        """Raises what `asked` does."""
        waiting = await self.asked(code, signed)
        waiting.refused = True
        await self._running.commit(
            sign_in.refused(
                signed.name, "a terminal", now=self._running.now(), entropy=self._running.entropy()
            )
        )

    async def enter(self, device: str) -> str:
        """A bearer secret for a terminal that was let in, once.

        It is as strong as the sign-in that let it in, which must be good still, and ends no later
        than that one would have. Raises `OverError` and what `Waiting.poll` says.
        """
        now, key = self._running.now(), stored(device)
        waiting = self._waiting.get(key)
        if waiting is None or waiting.over(now):
            self._waiting.pop(key, None)
            raise terminal.OverError("the code is over", remedy="run `clawband login` again")
        by = waiting.poll(now)
        del self._waiting[key]
        store = self._running.store
        session = store.session(by.session)
        if session is None or now >= session.expires:
            raise terminal.OverError(
                "whoever approved it has signed out", remedy="run `clawband login` again"
            )
        secret, unit = sessions.enter(
            by.name, Method.TERMINAL, waiting.seen, known=store,
            now=now, entropy=self._running.entropy(),
            vouched=sessions.Vouched(by.assurance, by.proved, session.expires),
        )  # fmt: skip
        await self._running.commit(unit)
        return secret

    def left(self, secret: str) -> int:
        """Seconds for which a bearer secret is good."""
        session = self._running.store.session(stored(secret))
        return int((session.expires - self._running.now()).total_seconds()) if session else 0


def near(address: str) -> str:
    """What is counted as one address: for IPv6 its /64, whose owner has all of them."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if known.version == 4:
        return address
    return str(known.ipv4_mapped or IPv6Network((int(known), 64), strict=False))
