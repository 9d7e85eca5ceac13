"""Wherever the process is gone in a rotation: what is current opens, and it comes to its end."""

import asyncio
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from hypothesis import example, given, settings
from hypothesis import strategies as st

from clawband.flows.rotate import ROTATION
from clawband.flows.secrets import SECRET
from clawband.model.errors import ConflictError
from clawband.model.person import Role
from clawband.model.rotation import Shape
from clawband.model.secret import OWN, Plan, Secret, State
from clawband.ports.vault import Vault
from clawband.service.service import Service
from tests.simulators.clocks import START, FixedClock
from tests.simulators.rotor import (
    CrashError,
    Fuse,
    FusedVault,
    MemoryRotor,
    TakingGateway,
    issued_by,
)
from tests.simulators.small import PASSWORD, service_on

CRM = Secret(
    name="crm/key", environment="dev", kind="api key", owner="ana", purpose="orders", added=START,
    gateways=("sample",), plan=Plan(driver="memory"),
)  # fmt: skip


class Office:
    """Starts again after each crash, on the same folder, at the same issuer."""

    def __init__(self, folder: Path, shape: Shape) -> None:
        self.folder, self.clock, self.fuse = folder, FixedClock(), Fuse()
        self.rotor = MemoryRotor(shape, fuse=self.fuse)
        self.starts = 0

    async def start(self) -> Service:
        self.starts += 1
        service = service_on(self.folder, self.clock, seed=f"start {self.starts}")
        running = service.running
        self.vault = running.vaults[OWN]

        def current() -> bytes:
            secret = SECRET.get(CRM.name, running.store).value
            return self.vault.read(CRM.name, secret.current.number)

        issued_by(service, self.rotor, TakingGateway(current))
        cast(dict[str, Vault], running.vaults)[OWN] = FusedVault(self.vault, self.fuse)
        await service.start()
        return service

    async def first(self, service: Service) -> tuple:
        await service.operators.add_as("bo", [Role.BUILDER], [], PASSWORD, "setup")
        by = service.operators.who(await service.people.sign_in("bo", PASSWORD))
        await service.gateways.enroll("sample", "dev", "setup")
        await service.secrets.add(CRM, by)
        await service.secrets.put(CRM.name, b"the first value", by)
        self.rotor.alive = {b"the first value"}
        begun = await service.rotations.begin(CRM.name, by)
        return by, begun.id

    def lives(self, service: Service) -> bool:
        """What everybody is given opens; where one value lives at a time, the other may."""
        secret = SECRET.get(CRM.name, service.running.store).value
        numbers = {secret.current.number}
        if self.rotor.kind is not Shape.TWO:
            numbers = {each.number for each in secret.alive}
        values = {self.vault.read(CRM.name, each) for each in numbers}
        assert State.DEAD not in {each.state for each in secret.versions if each.number in numbers}
        return bool(values & self.rotor.alive)


async def played(folder: Path, shape: Shape, crashes: list[int], back: int) -> None:
    office = Office(folder, shape)
    service = await office.start()
    by, named = await office.first(service)
    for at, calls in enumerate([*crashes, -1]):
        office.fuse.left = calls
        if at == back:
            with suppress(ConflictError):
                await service.rotations.roll_back(named, by)
        await service.rotations.tick()
        with suppress(CrashError):
            await service.rotations.settled(named)
        assert office.lives(service)
        if calls >= 0:
            office.fuse.left = -1
            await service.stop()
            office.clock.forward(minutes=10)
            service = await office.start()
    for _ in range(5):
        office.clock.forward(minutes=10)
        await service.rotations.tick()
        await service.rotations.settled(named)
    done = ROTATION.get(named, service.running.store).value
    secret = SECRET.get(CRM.name, service.running.store).value
    assert done.outcome in {"rotated", "rolled back"}, done
    living = await service.secrets.value(secret)
    assert office.rotor.alive - {living} == set() or not done.new, "nothing else is left alive"
    assert office.lives(service)
    assert [each.state for each in secret.alive] == [State.CURRENT]
    await service.stop()


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(list(Shape)),
    st.lists(st.integers(0, 12), max_size=3),
    st.integers(-1, 3),
)
@example(Shape.TWO, [1], -1)
@example(Shape.TWO, [2], 1)
@example(Shape.ONE, [5], 1)
@example(Shape.TAKES, [6], 1)
def test_after_every_crash_what_is_current_opens(shape, crashes, back):
    with TemporaryDirectory() as folder:
        asyncio.run(played(Path(folder), shape, crashes, back))
