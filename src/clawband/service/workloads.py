"""Workload identity: what a platform signed for a program, traded for a credential of minutes."""

from collections.abc import Sequence
from dataclasses import dataclass

from clawband.flows import federate, once, trade
from clawband.flows.authority import require
from clawband.flows.kept import Kept
from clawband.flows.trade import Traded
from clawband.identity import oidc_workload
from clawband.identity.roles import Act
from clawband.model.errors import AuthenticationError, ConflictError, Error, InputError
from clawband.model.person import SignedIn
from clawband.ports.unit import Change, Unit
from clawband.service.running import Running


@dataclass(frozen=True, slots=True)
class Lent:
    """A credential, shown once."""

    secret: str
    seconds: int
    acts: tuple[str, ...]


class Workloads:
    """Only issuers that a rule names are asked for their keys."""

    def __init__(self, running: Running) -> None:
        self._running = running

    async def trade(self, token: str, scope: str) -> Lent:
        """Raises `AuthenticationError` for a token that nothing here trusts, `InputError` for
        more than its rule gives, `UnavailableError` when its issuer cannot be asked."""
        trusted = self._running.trusted
        issuer = trusted.issuers.unverified(token) if trusted.issuers else ""
        if trusted.issuers is None or issuer not in {each.issuer for each in trusted.workloads}:
            raise AuthenticationError(
                "no rule names the issuer of this token", remedy="see `[[workload]]` in the docs"
            )
        try:
            proved = await trusted.issuers.verify(issuer, token)
            if proved.claims.get("iss") != issuer:
                raise AuthenticationError("the token names two issuers", remedy="get another one")
            fitting = oidc_workload.fit(
                proved.claims, trusted.workloads, scope, now=self._running.now()
            )
            secret, made, unit = trade.trade(
                fitting, proved.digest, documents=self._running.store,
                now=self._running.now(), entropy=self._running.entropy(),
            )  # fmt: skip
            await self._commit(unit)
        except (AuthenticationError, InputError) as error:
            await self._refused(issuer, error)
            raise
        seconds = int((made.expires - made.made).total_seconds())
        return Lent(secret, seconds, tuple(sorted(made.acts)))

    def who(self, secret: str) -> SignedIn:
        """The workload behind a credential. Raises `AuthenticationError`."""
        return trade.known(
            secret, documents=self._running.store,
            rules=self._running.trusted.workloads, now=self._running.now(),
        )  # fmt: skip

    def lent(self, by: SignedIn) -> Sequence[Kept[Traded]]:
        """The credentials that open something now, oldest first."""
        require(by, Act.LOOK)
        return trade.lent(self._running.store, self._running.now())

    async def revoke(self, which: str, by: SignedIn) -> None:
        """End a credential by its id, or all of a workload by its name. Raises `NotFoundError`."""
        require(by, Act.ADMINISTER)
        unit = trade.revoke(
            which, by=by.name, documents=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)

    async def sweep(self) -> None:
        """Forget what is over. What somebody touches in this instant is left for the next time."""
        store, now = self._running.store, self._running.now()
        over: list[Change] = [
            *once.swept(store, now), *trade.swept(store, now), *federate.swept(store, now)
        ]  # fmt: skip
        if over:
            await self._running.commit(Unit([], over))

    async def _commit(self, unit: Unit) -> None:
        try:
            await self._running.commit(unit)
        except ConflictError as error:
            raise AuthenticationError(
                "the token is refused: it was used before", remedy="get a fresh one for each use"
            ) from error

    async def _refused(self, issuer: str, error: Error) -> None:
        unit = trade.refused(
            issuer, error.message, now=self._running.now(), entropy=self._running.entropy()
        )
        await self._running.commit(unit)
