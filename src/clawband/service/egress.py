"""The egress boundary's answers: who connects, whether it may, and what became of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from clawband.enforcement.lease import Book, Target
from clawband.enforcement.token import Claims
from clawband.flows import connect
from clawband.flows.decide import Decided, Moment, decide
from clawband.flows.record import became
from clawband.model.access import Deny, Hold, Permit, Reason, Request
from clawband.model.event import Event, Leaf, Tag
from clawband.model.honeytoken import Place, Sighting
from clawband.service.callers import Caller, Callers
from clawband.service.ends import Ends
from clawband.service.lending import Lending
from clawband.service.passages import PER_AGENT, Passage, Traffic
from clawband.service.policies import Policies
from clawband.service.running import Running
from clawband.service.watch import Watch

_MISSING = "egress/missing"
_CLOSING = frozenset({Tag.CONTROL_PAUSE, Tag.ENFORCEMENT_LOST})


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """`category` is the policy that refused, or what else did, such as `limit`."""

    decision: str
    category: str
    reason: str


class Egress:
    """Knows every lease and every open connection. Used in one thread."""

    def __init__(self, running: Running, policies: Policies, key: bytes, lending: Lending) -> None:
        """`key`: 32 bytes from which the gateways' passwords are derived."""
        self._running, self._policies, self.lending = running, policies, lending
        self.callers, self.masking = Callers(running, key), running.masking
        self.book, self.traffic = Book(), Traffic()
        self.ends = Ends(running, self.traffic)
        self.governed: Callable[[str, str], bool] = lambda _gateway, _agent: True
        """Whether canaries are fine, by gateway name and principal id."""
        self.watch: Watch | None = None

    def odd(self, raw: bytes) -> bytes:
        """What a client sends, if something in it has to be told; else nothing."""
        return raw if self.watch and self.watch.found(raw) else b""

    async def stray(self, raw: bytes) -> None:
        """What somebody says whom nobody knows, or what cannot be read."""
        if self.watch and self.odd(raw):
            await self.watch.met(raw, Sighting(place=Place.EGRESS))

    async def decide(
        self,
        caller: Caller,
        target: Target,
        seen: connect.Seen,
        *,
        within: Passage | None = None,
        quiet: bool = False,
    ) -> Passage | Refused:
        """May it connect, or send this request? Recorded before it is answered.

        `within` is the open tunnel that the request comes through: what explains that one explains
        this one. With `quiet` a refusal is not recorded: the caller counts them. A refusal because
        nothing explains it is besides a finding, `enforcement:missing`. What it sends is watched
        first, and a pause that comes of that holds for it.
        """
        why = within.why if within else self._explained(caller, target)
        if self.watch and seen.odd:
            await self.watch.met(seen.odd, connect.sighting(caller.gateway, why, target))
        if within and within.standing:
            return self._part(within)
        if limit := None if within else self._limit(caller, why):
            return limit
        if why.lease and not within:
            why.lease.used += 1
        decided = self._decided(caller, why, target, seen)
        decision = decided.decision
        if not isinstance(decision, Permit):
            if not quiet:
                await self._refuse(decided, decision)
            return _refused(decided, decision)
        passage = self._passage(decided, why, target)
        # Before it is durable: what a pause ends in the same moment must be known to it.
        self.traffic.add(passage)
        try:
            await self._running.commit(decided.unit)
        except BaseException:
            self.traffic.open.discard(passage)
            raise
        return passage

    def opened(self, passage: Passage, address: str) -> None:
        """It is connected to this address."""
        passage.address = address

    def left(self, passage: Passage) -> int | None:
        """Bytes that the standing lease behind it has left now; None for no budget."""
        if not passage.standing:
            return None
        name = passage.request.principal.gateway
        return self.traffic.left(name, passage.standing, self._running.now())

    def lease(self, decided: Decided) -> None:
        """Open what a permitted call may use; called before the permit is answered."""
        lease = connect.lease_of(decided, self._policies.active)
        if lease:
            self.book.open(lease)

    def revoke(self, claims: Claims) -> None:
        """The call is over: its credential opens nothing any more, and what it opened is cut."""
        self.callers.revoke(claims)
        self.traffic.cut("the call is over", lambda each: each.claims == claims)

    def follow(self, leaves: Sequence[Leaf]) -> None:
        """Called after every durable batch: ends what a call's end, a pause or a loss ends."""
        for leaf in leaves:
            event = leaf.event
            if event.tag is Tag.CALL_FINISH or event.action == "result:read":
                lease = self.book.close(event.gateway, event.run, event.call)
                if lease:
                    self.traffic.cut("the call is over", lambda each, of=lease: each.lease is of)  # type: ignore[misc]
            elif event.tag in _CLOSING:
                self._cut(event)
            elif event.tag is Tag.GATEWAY_REMOVE:
                gone = event.gateway
                self.traffic.cut(
                    "its gateway was removed",
                    lambda each, of=gone: each.request.principal.gateway == of,  # type: ignore[misc]
                )

    def _cut(self, event: Event) -> None:
        """Ask again for everything that is open: what would be refused now ends now."""
        for passage in list(self.traffic.open):
            asked = replace(passage.request, governed=self.guarded(passage.request))
            moment = Moment(now=self._running.now(), entropy=self._running.entropy())
            again = self._answer(asked, moment)
            if not isinstance(again.decision, Permit):
                passage.end(f"{event.tag}: {event.resource or event.agent or event.gateway}")

    def _explained(self, caller: Caller, target: Target) -> connect.Explained:
        now, active = self._running.now(), self._policies.active
        return connect.explained(caller.gateway.name, caller.claims, target, self.book, active, now)

    def _limit(self, caller: Caller, why: connect.Explained) -> Refused | None:
        agent = why.claims.sub if why.claims else why.lease.agent if why.lease else ""
        if agent and self.traffic.count(agent) >= PER_AGENT:
            return Refused(decision="", category="limit", reason=f"`{agent}` has too many open")
        if why.standing:
            name, now = caller.gateway.name, self._running.now()
            if self.traffic.through(name, why.standing) >= why.standing.connections:
                reason = f"the standing lease `{why.standing.name}` has too many open"
                return Refused(decision="", category="limit", reason=reason)
            if not self.traffic.left(name, why.standing, now):
                reason = f"the standing lease `{why.standing.name}` used up its bytes of this hour"
                return Refused(decision="", category="budget", reason=reason)
        return None

    def _part(self, tunnel: Passage) -> Passage:
        """A standing lease is for whatever a gateway says to a host: a channel that polls says the
        same all day long, so its requests are counted with their tunnel, and not one by one."""
        inner = replace(tunnel, part=tunnel, cut=None, over=tunnel.over, sent=0, received=0)
        self.traffic.add(inner)
        return inner

    def _decided(
        self, caller: Caller, why: connect.Explained, target: Target, seen: connect.Seen
    ) -> Decided:
        request = connect.question(
            caller.gateway, why, target, seen, self._running.store, governed=True
        )
        request = replace(request, governed=self.guarded(request))
        moment = Moment(
            now=self._running.now(), entropy=self._running.entropy(), known=self.masking.known
        )
        return self._answer(request, moment)

    def _answer(self, request: Request, moment: Moment) -> Decided:
        return decide(
            request, state=self._running.store, active=self._policies.active, moment=moment,
            holding=self._running.holding,
        )  # fmt: skip

    async def _refuse(self, decided: Decided, decision: Deny | Hold) -> None:
        if isinstance(decision, Deny) and decision.reasons[0].policy == _MISSING:
            decided.unit.events.append(self._event(Tag.ENFORCEMENT_MISSING, decided, "refused"))
        await self._running.commit(decided.unit)

    def guarded(self, request: Request) -> bool:
        """Whether its agent is asked about, or the gateway's manifest goes on without."""
        return self.governed(request.principal.gateway, request.principal.id)

    def _passage(self, decided: Decided, why: connect.Explained, target: Target) -> Passage:
        principal, active = decided.request.principal, self._policies.active
        workflow = active.workflow_of(principal.gateway, principal.agent) if active else None
        tool = why.claims.tool if why.claims else why.lease.tool if why.lease else ""
        line = connect.destination(workflow, tool, target, decided.request.facts.net)
        standing = why.standing
        return Passage(
            id=decided.id, at=decided.at, request=decided.request, target=target,
            networks=(line.addresses if line else ()) + (standing.addresses if standing else ()),
            inspect=bool(line and line.inspect) or bool(standing and standing.credential),
            line=line,
            lease=why.lease, claims=why.claims, standing=standing,
            left=self.traffic.left(principal.gateway, standing, decided.at) if standing else None,
        )  # fmt: skip

    def _event(self, tag: Tag, decided: Decided, outcome: str) -> Event:
        entropy = self._running.entropy()
        return became(tag, decided.request, decided.id, decided.at, outcome, {}, entropy=entropy)


def _refused(decided: Decided, decision: Deny | Hold) -> Refused:
    first: Reason = decision.reasons[0]
    remedy = decision.remedy if isinstance(decision, Deny) else f"have {decision.approval} decided"
    reason = f"{first.because}. {remedy} ({decided.id})"
    return Refused(decision=decided.id, category=first.policy, reason=reason)
