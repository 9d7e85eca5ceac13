"""What all connections share: who may come in, what may go through, and what is told of it."""

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from clawband.edges.egress import reach
from clawband.edges.egress.account import Account
from clawband.edges.egress.answers import Problem
from clawband.edges.egress.limits import Limits
from clawband.edges.egress.refusals import Refusals
from clawband.edges.egress.wire import Wire
from clawband.enforcement.lease import Target
from clawband.flows.connect import Seen
from clawband.model.errors import AuthenticationError, Error, UnavailableError
from clawband.network.head import Request
from clawband.network.refusal import Refusal
from clawband.ports.names import Endpoint, Names
from clawband.service.callers import Caller
from clawband.service.egress import Egress, Refused
from clawband.service.passages import Passage

_BUSY = frozenset({"limit", "budget"})
_NOBODY = ""


class Gate:
    """One per proxy. Used in one thread."""

    def __init__(
        self, egress: Egress, names: Names, limits: Limits, own: frozenset[Endpoint]
    ) -> None:
        """`own`: our own doors, which nobody reaches through us."""
        self.egress, self.limits, self.own = egress, limits, own
        self.name = f"clawband-{secrets.token_hex(4)}"
        self._names = names
        self._busy: Counter[str] = Counter()
        self._asking: Counter[str] = Counter()
        self._rates: dict[str, tuple[float, float]] = {}
        self._refusals = Refusals(limits, self._flooded)
        self._tasks: set[asyncio.Task[None]] = set()
        self._now = asyncio.get_running_loop().time

    async def identify(self, message: Request) -> Caller:
        """Raises `Problem` for everybody whom we do not know."""
        given = [value for key, value in message.fields if key.lower() == b"proxy-authorization"]
        try:
            if len(given) != 1:
                raise AuthenticationError(
                    f"expected one `Proxy-Authorization` field, got {len(given)}",
                    remedy="use the proxy address that `clawband egress address` prints",
                )
            return self.egress.callers.identify(given[0].decode("latin-1"))
        except AuthenticationError as error:
            await self.egress.stray(b"\n".join(given))
            # A client that asks first what it needs is not worth a record.
            if given and self._refusals.add(_NOBODY, self._now()):
                await self.egress.ends.reject("", "identity", error.message)
            raise Problem(407, "identity", error.message, error.remedy) from error

    @contextmanager
    def admitted(self, caller: Caller) -> Iterator[None]:
        """For the time of one tunnel or request. Raises `Problem` for one too many."""
        name = _name(caller)
        if self._busy[name] >= self.limits.per_caller:
            raise Problem(429, "limit", f"`{name}` has too many connections open")
        if not self._within_rate(name):
            raise Problem(429, "rate", f"`{name}` connects too often", "wait a moment")
        self._busy[name] += 1
        try:
            yield
        finally:
            self._busy[name] -= 1
            if not self._busy[name]:
                del self._busy[name]

    async def permit(
        self, caller: Caller, target: Target, seen: Seen, within: Passage | None = None
    ) -> Passage:
        """The decision, durable. Raises `Problem` for a refusal, `UnavailableError` when nothing
        could be recorded."""
        name = _name(caller)
        quiet = self._refusals.flooding(name, self._now())
        answer = await self.egress.decide(caller, target, seen, within=within, quiet=quiet)
        if isinstance(answer, Passage):
            return answer
        recorded = self._refusals.add(name, self._now())
        await self._told(caller, answer, recorded)
        status = 429 if answer.category in _BUSY else 403
        raise Problem(status, answer.category, answer.reason, decision=answer.decision)

    @asynccontextmanager
    async def passing(self, passage: Passage, *wires: Wire) -> AsyncIterator[Account]:
        """The passage from its permit to its end, which is recorded whatever happens."""
        account = Account(passage, self.egress.left, self.limits)
        passage.cut = account.end
        account.holds(*wires)
        if passage.over:
            account.end(passage.over)
        refused = ("ended", "")
        try:
            yield account
        except Problem as told:
            refused = (told.category, told.reason)
            raise
        except Error as error:
            refused = ("unavailable", error.message)
            raise
        finally:
            passage.cut = None
            account.close()
            category, reason = refused
            why = account.why or account.told or reason or "the connection was lost"
            if passage.address:
                self.later(self.egress.ends.closed(passage, why))
            if reason or not passage.address:
                self.later(self.egress.ends.refused(passage, category, why))

    async def find(self, passage: Passage) -> Sequence[Endpoint]:
        """Where it may connect. Raises `Problem`."""
        agent = passage.request.principal.id
        if self._asking[agent] >= self.limits.lookups:
            reason = f"`{agent}` waits for too many names"
            raise Problem(429, "limit", reason, "wait a moment", passage.id)
        self._asking[agent] += 1
        try:
            found = await reach.find(self._names, passage, self.own)
        except UnavailableError as error:
            raise Problem(502, "name", error.message, error.remedy, passage.id) from error
        finally:
            self._asking[agent] -= 1
        if isinstance(found, Refusal):
            status = 508 if found.category == "loop" else 403
            raise Problem(status, found.category, found.reason, decision=passage.id)
        return found

    async def connect(self, account: Account, places: Sequence[Endpoint]) -> tuple[Wire, Endpoint]:
        """A connection that ends with the passage. Raises `Problem`."""
        try:
            wire, place = await reach.connect(places, self.limits.connect)
        except UnavailableError as error:
            passage = account.passage
            raise Problem(502, "unreachable", error.message, error.remedy, passage.id) from error
        account.owns(wire)
        self.egress.opened(account.passage, place.address)
        return wire, place

    def later(self, told: Coroutine[Any, Any, None]) -> None:
        """Record it while the connection goes on."""
        task = asyncio.ensure_future(_quietly(told))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def telling(self) -> int:
        """What is being recorded now."""
        return len(self._tasks)

    async def settle(self) -> None:
        """Wait until everything is recorded."""
        self._refusals.sweep(float("inf"))
        while self._tasks:
            await asyncio.gather(*self._tasks)

    def sweep(self) -> None:
        """Now and then: tell what was counted, forget who is gone."""
        now = self._now()
        self._refusals.sweep(now)
        full = self.limits.burst / self.limits.per_second
        self._rates = {name: rate for name, rate in self._rates.items() if now - rate[1] < full}

    def _within_rate(self, name: str) -> bool:
        now, limits = self._now(), self.limits
        tokens, last = self._rates.get(name, (float(limits.burst), now))
        tokens = min(float(limits.burst), tokens + (now - last) * limits.per_second)
        self._rates[name] = (max(0.0, tokens - 1), now)
        return tokens >= 1

    async def _told(self, caller: Caller, answer: Refused, recorded: bool) -> None:
        """Policy's refusals are recorded by the decision itself; ours here."""
        if recorded and not answer.decision:
            await self.egress.ends.reject(caller.gateway.name, answer.category, answer.reason)

    def _flooded(self, name: str, count: int) -> None:
        gateway, _, agent = name.partition("/")
        told = f"`{name}` was" if agent or gateway else "nobody known was"
        reason = f"{told} refused very often; these were only counted"
        self.later(self.egress.ends.reject(gateway, "flood", reason, count))


def _name(caller: Caller) -> str:
    return caller.claims.sub if caller.claims else caller.gateway.name


async def _quietly(told: Coroutine[Any, Any, None]) -> None:
    try:
        await told
    except Error:
        pass  # The store is down: nothing new goes out, and there is nobody to tell.
