"""Changes that take two people: what one proposes happens when another agrees, once."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clawband.audit.entry import stamp
from clawband.flows import differ, invite, propose, publish, sign_in, unguard
from clawband.flows.authority import require
from clawband.identity.proposal import Proposal, Stage, What
from clawband.identity.roles import Act
from clawband.identity.session import stored
from clawband.model.errors import ConflictError, Error
from clawband.model.person import SignedIn
from clawband.policy.compare import Change, compare
from clawband.ports.unit import Unit
from clawband.service.gateways import Gateways
from clawband.service.operators import Operators, roles_of
from clawband.service.policies import Policies
from clawband.service.running import Running
from clawband.service.sign_ins import SignIns


@dataclass(frozen=True, slots=True)
class Shown:
    """A proposal with what it would change in words; `problem` says why that cannot be told."""

    proposal: Proposal
    changes: tuple[Change, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Linked:
    """A proposal and its link, told once to who proposed it and good when somebody agreed."""

    proposal: Proposal
    link: str


class Proposals:
    """They wait for three days; closed ones can be looked at for a while."""

    def __init__(
        self,
        running: Running,
        policies: Policies,
        operators: Operators,
        people: SignIns,
        gateways: Gateways,
    ) -> None:
        self._running, self._policies = running, policies
        self._operators, self._people, self._gateways = operators, people, gateways

    def listed(self, by: SignedIn) -> Sequence[Proposal]:
        """Those that wait first, then the newest."""
        require(by, Act.LOOK)
        found = [each.value for each in propose.KIND.all(self._running.store)]
        return sorted(found, key=lambda each: (each.stage is Stage.OPEN, each.opened), reverse=True)

    async def shown(self, id: str, by: SignedIn) -> Shown:
        """Raises `NotFoundError`."""
        require(by, Act.LOOK)
        found = propose.KIND.get(id, self._running.store, "list them with `clawband changes list`")
        return await asyncio.to_thread(self._shown, found.value)

    async def publish(self, files: Mapping[str, str], note: str, by: SignedIn) -> Proposal:
        """A policy set. Raises `InputError` with every problem of it."""
        require(by, Act.PUBLISH)
        kept = await self._policies.keep(files)
        return await self._activation(kept.digest, note, by)

    async def roll_back(self, note: str, by: SignedIn) -> Proposal:
        require(by, Act.PUBLISH)
        digest = await asyncio.to_thread(publish.earlier, self._running.store)
        return await self._activation(digest, note, by)

    async def invite(
        self, name: str, roles: Sequence[str], aliases: Sequence[str], note: str, by: SignedIn
    ) -> Linked:
        """An account. Raises what inviting would raise."""
        require(by, Act.ADMINISTER)
        invite.refuse_known(name, self._running.store)
        wanted, known_as = roles_of(roles), frozenset(aliases)
        sign_in.account(name, wanted, known_as, self._running.now())
        sign_in.refuse_clash(name, wanted, known_as, self._running.store)
        names = [str(role) for role in sorted(wanted)]
        content = {"name": name, "roles": names, "aliases": sorted(known_as)}
        return await self._linked(What.INVITE, content, note, by)

    async def remove(self, name: str, note: str, by: SignedIn) -> Proposal:
        """An account. Raises `NotFoundError`."""
        require(by, Act.ADMINISTER)
        invite.account(name, self._running.store)
        return await self._open(What.REMOVE, {"name": name}, note, by)

    async def recover(self, name: str, note: str, by: SignedIn) -> Linked:
        """A new way into an account. Raises `NotFoundError`."""
        require(by, Act.ADMINISTER)
        found = invite.account(name, self._running.store)
        content = {"name": name, "added": stamp(found.added)}
        return await self._linked(What.RECOVER, content, note, by)

    async def unguard(self, name: str, note: str, by: SignedIn) -> Proposal:
        """Taking a gateway out of guard. Raises `NotFoundError`."""
        require(by, Act.ADMINISTER)
        found = unguard.known(name, self._running.store)
        content = {"name": name, "enrolled": stamp(found.enrolled)}
        return await self._open(What.UNGUARD, content, note, by)

    async def agree(self, id: str, digest: str, by: SignedIn) -> Proposal:
        """It happens in the unit of the agreement. `digest` is of what `by` was shown."""
        agreed, unit = propose.agree(
            id, digest, by, store=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        says = agreed.says
        match agreed.what:
            case What.ACTIVATE:
                await self._policies.activate(
                    says["set"], says["base"], agreed.by, agreed.note, unit
                )
            case What.REMOVE:
                await self._operators.remove_as(says["name"], agreed.by, unit)
            case What.UNGUARD:
                await self._unguard(says["name"], says["enrolled"], agreed, unit)
            case What.INVITE:
                await self._people.invite_as(
                    says["name"], says["roles"], says["aliases"], agreed.by, unit,
                    link=_link(agreed),
                )  # fmt: skip
            case What.RECOVER:
                await self._recover(says["name"], says["added"], agreed, unit)
        return agreed

    async def refuse(self, id: str, by: SignedIn, reason: str = "") -> Proposal:
        """Say no; for who proposed it, withdraw it."""
        closed, unit = propose.refuse(
            id, by, reason, documents=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)
        return closed

    async def expire(self) -> None:
        unit = propose.over(
            self._running.store, now=self._running.now(), entropy=self._running.entropy()
        )
        if unit.events:
            await self._running.commit(unit)

    async def _recover(self, name: str, added: str, agreed: Proposal, also: Unit) -> None:
        if stamp(invite.account(name, self._running.store).added) != added:
            raise ConflictError(
                f"`{name}` is another account than the one this was proposed for",
                remedy="propose it again; nothing was changed",
            )
        await self._people.recover_as(name, agreed.by, also, link=_link(agreed))

    async def _unguard(self, name: str, enrolled: str, agreed: Proposal, also: Unit) -> None:
        gateway = unguard.known(name, self._running.store)
        if stamp(gateway.enrolled) != enrolled:
            raise ConflictError(
                f"the gateway `{name}` was enrolled anew since this was proposed",
                remedy="propose it again; nothing was changed",
            )
        await self._gateways.remove_as(gateway, agreed.note, agreed.by, also)

    async def _activation(self, digest: str, note: str, by: SignedIn) -> Proposal:
        active = self._policies.active
        content = {"set": digest, "base": active.digest if active else ""}
        return await self._open(What.ACTIVATE, content, note, by)

    async def _linked(
        self, what: What, content: Mapping[str, object], note: str, by: SignedIn
    ) -> Linked:
        token = invite.new_token(self._running.entropy())
        made = await self._open(what, content, note, by, stored(token))
        return Linked(made, self._people.address(token))

    async def _open(
        self, what: What, content: Mapping[str, object], note: str, by: SignedIn, link: str = ""
    ) -> Proposal:
        made, unit = propose.propose(
            what, content, note, by, documents=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(), link=link,
        )  # fmt: skip
        await self._running.commit(unit)
        return made

    def _shown(self, found: Proposal) -> Shown:
        if found.what is not What.ACTIVATE:
            return Shown(found)
        try:
            says, running = found.says, self._running
            base, wanted = (
                differ.kept(says[each], running.shelf, running.catalogue) if says[each] else None
                for each in ("base", "set")
            )
        except Error as error:
            return Shown(found, problem=error.message)
        return Shown(found, compare(base, wanted))


def _link(agreed: Proposal) -> str:
    """Raises `ConflictError` for one that was proposed when who agreed was given the link."""
    if not agreed.link:
        raise ConflictError(
            f"`{agreed.id}` was proposed before an update, and has no link",
            remedy="propose it again; nothing was changed",
        )
    return agreed.link
