"""The whole service: its parts by name, its start and its end."""

import asyncio
from collections.abc import Callable, Sequence

from clawband.model.errors import Error
from clawband.model.event import Leaf, Tag
from clawband.model.person import SignedIn
from clawband.service.access import Access
from clawband.service.accounts import Accounts
from clawband.service.actions import Actions
from clawband.service.acts import Acts
from clawband.service.approvals import Approvals
from clawband.service.budgets import Budgets
from clawband.service.catalogue import Catalogue
from clawband.service.certificates import Certificates
from clawband.service.chats import Chats
from clawband.service.copies import Copies
from clawband.service.decisions import Decisions
from clawband.service.delegations import Delegations
from clawband.service.doors import Doors
from clawband.service.edits import Edits
from clawband.service.egress import Egress
from clawband.service.elevations import Elevations
from clawband.service.endorsements import Endorsements
from clawband.service.enforcement import Enforcement
from clawband.service.federation import Federation
from clawband.service.gateways import Gateways
from clawband.service.glass import Glasses
from clawband.service.honeytokens import Honeytokens
from clawband.service.known import KnownValues
from clawband.service.launches import Launches
from clawband.service.leak_steps import Steps
from clawband.service.leaks import Leaks
from clawband.service.lending import Lending
from clawband.service.log import Log
from clawband.service.lures import Lures
from clawband.service.mailboxes import Mailboxes
from clawband.service.models import Models
from clawband.service.notices import Notices
from clawband.service.operators import Operators
from clawband.service.places import Places
from clawband.service.policies import Policies
from clawband.service.policy_work import PolicyWork
from clawband.service.proposals import Proposals
from clawband.service.reviews import Reviews
from clawband.service.rotations import Rotations
from clawband.service.running import Running
from clawband.service.secret_flow import SecretFlow
from clawband.service.secrets import Secrets
from clawband.service.seen import Seen
from clawband.service.sightings import Sightings
from clawband.service.sign_ins import SignIns
from clawband.service.stale import Staleness
from clawband.service.stops import Stops
from clawband.service.terminals import Terminals
from clawband.service.truth import Truths
from clawband.service.turns import Turns
from clawband.service.vaults import Vaults
from clawband.service.watch import Watch
from clawband.service.workloads import Workloads


class Service:
    """Everything an edge may call."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.policies = Policies(running)
        self.turns = Turns()
        key = running.boundary or running.randomness.bytes(32)
        self.secrets = Secrets(running)
        self.lending = Lending(running, self.secrets)
        self.egress = Egress(running, self.policies, key, self.lending)
        self.actions = Actions(running, self.egress.callers.mint)
        self.launches = Launches(running, self.policies, self.egress)
        self.approvals = Approvals(running, self.policies)
        acts = Acts(self.egress, self.launches)
        self.decisions = Decisions(running, self.policies, acts, self.approvals)
        self.budgets = Budgets(running, self.policies)
        self.edits = Edits(running, self.policies, self.decisions)
        self.models = Models(running, self.policies, self.turns, key)
        self.endorsements = Endorsements(running, self.policies)
        self.catalogue = Catalogue(running, self.policies)
        self.gateways = Gateways(running, key)
        self.enforcement = Enforcement(running, self.policies, self.gateways)
        self.truths = Truths(running, self.policies, self.gateways, self.enforcement)
        self.reconciler = self.truths.reconciler
        self.decisions.canary = self.enforcement.answer
        self.egress.governed = self.models.governed = self.enforcement.standings.governed
        self.stops = Stops(running, self.policies, self.turns)
        self.log = Log(running)
        self._secrets(running)
        self._people(running)
        self.places = Places(running)
        self.policy_work = PolicyWork(running, self.policies, self.decisions)
        self._unsubscribe: Callable[[], None] = lambda: None

    def _secrets(self, running: Running) -> None:
        lures = Lures(running, self.policies, self.stops)
        self.honeytokens = Honeytokens(running, lures)
        self.known = KnownValues(running, self.secrets, self.egress.callers)
        self.secret_flow = SecretFlow(running, self.secrets, self.enforcement.standings)
        self.certificates = Certificates(running)
        self.rotations = Rotations(running, self.secrets)
        self.vaults = Vaults(running, self.secrets)
        copies = Copies(running, self.secrets)
        self.sightings = Sightings(running, self.secrets, copies)
        self.leaks = Leaks(running, self.secrets, self.rotations, Steps(running, copies))
        watch = Watch(running, lures, self.sightings)
        self.egress.watch = self.models.watch = self.decisions.watch = watch
        self.lending.watch = watch

    def _people(self, running: Running) -> None:
        self.operators = Operators(running)
        self.doors = Doors(running, self.operators)
        self.people = SignIns(running)
        self.delegations = Delegations(running)
        self.elevations = Elevations(running)
        self.glass = Glasses(running)
        self.proposals = Proposals(
            running, self.policies, self.operators, self.people, self.gateways
        )
        self.accounts = Accounts(running)
        self.federation = Federation(running)
        self.mailboxes = Mailboxes(running)
        self.notices = Notices(running, self.approvals)
        self.workloads = Workloads(running)
        self.terminals = Terminals(running)
        self.access = Access(running, self.policies)
        self.stale = Staleness(running, self.access)
        self.reviews = Reviews(running, self.access, self.log)
        self.chats = Chats(running, self.policies, self.approvals, self.log)

    def seen(self, by: SignedIn) -> Seen:
        """What this person may look at."""
        return Seen(self.running, self.log, self.policies.active, by)

    async def start(self) -> None:
        """Refuse a log that was cut, load the policy in force, begin to listen.

        A start that fails lets go of the store.
        """
        try:
            await self._start()
        except BaseException:
            self._let_go()
            raise

    async def _start(self) -> None:
        self.log.check()
        self.policies.load()
        self.enforcement.load()
        await self.elevations.settle()
        await self.glass.settle()
        self.access.load()
        await self.certificates.renewals.load()
        self.honeytokens.lures.load()
        await self.known.load()
        loop = asyncio.get_running_loop()

        def durable(leaves: Sequence[Leaf]) -> None:
            loop.call_soon_threadsafe(self._durable, leaves)

        self._unsubscribe = self.running.store.subscribe(durable)
        self.notices.load()
        active = self.policies.active
        await self.log.record(
            Tag.SERVER_START, outcome="started", policy=active.digest if active else ""
        )

    async def stop(self) -> None:
        """Record the stop, seal what is there, let go; let go also of a store that fails."""
        await self.enforcement.close()
        await self.doors.close()
        await self.rotations.stop()
        try:
            await self.log.record(Tag.SERVER_STOP, outcome="stopped")
            await self.log.seal()
        except Error as error:
            self.log.problem = str(error)
        finally:
            self._let_go()

    def _let_go(self) -> None:
        self._unsubscribe()
        self.running.store.close()
        for vault in self.running.vaults.values():
            vault.close()

    def _durable(self, leaves: Sequence[Leaf]) -> None:
        self.approvals.wake(leaves)
        self.turns.follow(leaves)
        self.egress.follow(leaves)
        self.models.follow(leaves)
        self.enforcement.follow(leaves)
        self.access.follow(leaves)
        self.doors.follow(leaves)
        self.notices.follow(leaves)
        self.known.follow(leaves)
        self.log.spread(leaves)
