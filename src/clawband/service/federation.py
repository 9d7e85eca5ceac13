"""Single sign-on: to the provider and back, connecting accounts, being told of a sign-out."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from clawband.flows import federate
from clawband.flows.authority import require
from clawband.flows.federate import Refused
from clawband.flows.links import LINK, Link
from clawband.identity import oidc, oidc_claims
from clawband.identity.oidc import Leaving
from clawband.identity.oidc_claims import Known
from clawband.identity.roles import Act
from clawband.identity.session import SECRET_BYTES, Seen, same
from clawband.model.errors import AuthenticationError, ConflictError, NotFoundError
from clawband.model.openid import OpenId
from clawband.model.person import SignedIn
from clawband.ports.openid import Issuers
from clawband.service.entrance import refuse_stale
from clawband.service.running import Running

REMEMBERED = 10_000
"""Answers of the last minutes, each good once. The provider takes a code only once, too."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """`secret` is empty for somebody who was signed in and has connected their account."""

    secret: str
    wanted: str


class Federation:
    """Keeps nothing of a sign-in while somebody is at the provider (`identity.oidc`)."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._key = running.randomness.bytes(32)
        self._answered: OrderedDict[str, None] = OrderedDict()

    @property
    def provider(self) -> str:
        """What the sign-in page calls it; empty where there is none."""
        openid = self._running.trusted.openid
        return openid.name if openid and self._running.trusted.issuers else ""

    @property
    def origin(self) -> str:
        """Where browsers reach the console: the provider sends them back there."""
        return self._running.people.origin

    async def begin(
        self, wanted: str, signed: SignedIn | None = None, *, again: bool = False
    ) -> tuple[str, str]:
        """The provider's address for a browser, and the cookie to give it.

        `wanted`: a path of the console. With `signed` the account of that person is connected, or
        with `again` proved to be theirs: the provider asks them now, whoever is signed in there.
        Raises `NotFoundError` without a provider, `StepUpNeededError`, `UnavailableError`.
        """
        openid, issuers = self._provider()
        if signed and not again:
            refuse_stale(signed)
        leaving = Leaving(
            secret=self._running.randomness.bytes(SECRET_BYTES).hex(),
            started=int(self._running.now().timestamp()),
            wanted=wanted,
            link=signed.session if signed else "",
            again=again,
        )
        described = await issuers.describe(openid.issuer)
        derived = oidc.derive(self._key, leaving)
        url = oidc.authorization(described.authorization, openid, self._back, derived, again=again)
        return url, oidc.cookie(leaving)

    async def finish(
        self, cookie: str, query: Mapping[str, str], seen: Seen, signed: SignedIn | None = None
    ) -> Arrived:
        """Sign in whom the provider sent back, or connect the account of `signed`.

        Raises `AuthenticationError`, `ConflictError` and `UnavailableError`.
        """
        openid, issuers = self._provider()
        described = await issuers.describe(openid.issuer)
        leaving, derived = oidc.returned(
            self._key, cookie, oidc.answer_of(query), issuer=openid.issuer,
            says_issuer=described.says_issuer, now=self._running.now(),
        )  # fmt: skip
        self._once(derived.state)
        code = query.get("code", "")
        token = await issuers.redeem(openid, code, derived.verifier, self._back)
        proved = await issuers.verify(openid.issuer, token)
        known = oidc_claims.id_token(proved.claims, openid, derived.nonce, now=self._running.now())
        if leaving.again:
            return Arrived(await self._prove(known, leaving, signed), leaving.wanted)
        if leaving.link:
            await self._connect(known, leaving, signed)
            return Arrived("", leaving.wanted)
        return Arrived(await self._arrive(known, openid, seen), leaving.wanted)

    async def ended(self, token: str) -> None:
        """The provider says that a session is over. Raises `AuthenticationError`."""
        openid, issuers = self._provider()
        proved = await issuers.verify(openid.issuer, token)
        over = oidc_claims.logout_token(proved.claims, openid, now=self._running.now())
        unit = federate.ended(
            over, registry=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        try:
            await self._running.commit(unit)
        except ConflictError:
            # Somebody signed in or out in this instant, or the same token came twice.
            unit = federate.ended(
                over, registry=self._running.store,
                now=self._running.now(), entropy=self._running.entropy(),
            )  # fmt: skip
            await self._running.commit(unit)

    def links(self, by: SignedIn) -> Sequence[Link]:
        """Who signs in with the provider."""
        require(by, Act.LOOK)
        return [each.value for each in LINK.all(self._running.store)]

    def connected(self, signed: SignedIn) -> bool:
        """Whether they can sign in with the provider."""
        return any(each.value.name == signed.name for each in LINK.all(self._running.store))

    async def forget(self, name: str, by: SignedIn) -> None:
        """Disconnect an account. Raises `NotFoundError`."""
        require(by, Act.ADMINISTER)
        unit = federate.forget(
            name, by=by.name, documents=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)

    @property
    def _back(self) -> str:
        return self.origin + oidc.BACK

    def _provider(self) -> tuple[OpenId, Issuers]:
        trusted = self._running.trusted
        if trusted.openid is None or trusted.issuers is None:
            raise NotFoundError(
                "there is no single sign-on here",
                remedy="sign in with a passkey or a password, or set up `[openid]`",
            )
        return trusted.openid, trusted.issuers

    def _once(self, state: str) -> None:
        if state in self._answered:
            raise AuthenticationError("this answer was used before", remedy=oidc.AGAIN)
        self._answered[state] = None
        if len(self._answered) > REMEMBERED:
            self._answered.popitem(last=False)

    async def _arrive(self, known: Known, openid: OpenId, seen: Seen) -> str:
        came = federate.arrive(
            known, openid.roles_of(known.groups), seen, registry=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        if isinstance(came, Refused):
            await self._running.commit(came.unit)
            raise came.error
        secret, unit = came
        await self._running.commit(unit)
        return secret

    async def _prove(self, known: Known, leaving: Leaving, signed: SignedIn | None) -> str:
        secret, unit = federate.prove(
            known, _still(signed, leaving), datetime.fromtimestamp(leaving.started, UTC),
            registry=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)
        return secret

    async def _connect(self, known: Known, leaving: Leaving, signed: SignedIn | None) -> None:
        unit = federate.connect(
            known, _still(signed, leaving), registry=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)


def _still(signed: SignedIn | None, leaving: Leaving) -> SignedIn:
    """Raises `AuthenticationError` when who began this is not signed in any more."""
    if signed is None or not same(signed.session, leaving.link):
        raise AuthenticationError(
            "whoever began this is not signed in any more", remedy="sign in and begin again"
        )
    return signed
