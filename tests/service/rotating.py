"""A secret with an issuer in memory and a gateway that takes it, in a small Clawband."""

from clawband.model.rotation import Rotation
from clawband.model.secret import Plan, Secret, State
from tests.simulators.clocks import START
from tests.simulators.rotor import MemoryRotor, TakingGateway, issued_by
from tests.simulators.small import House

PLAN = Plan(driver="memory", every_days=30, overlap_minutes=60)
CRM = Secret(
    name="crm/key", environment="dev", kind="api key", owner="ana", purpose="orders", added=START,
    gateways=("sample",), plan=PLAN,
)  # fmt: skip


async def kept(house: House, rotor: MemoryRotor, secret: Secret = CRM) -> TakingGateway:
    """The secret with its first value, its issuer, and the gateway that takes it."""
    service = house.service
    by = house.signed("builder")
    await service.secrets.add(secret, by)
    await service.secrets.put(secret.name, b"the first value", by)
    rotor.alive.add(b"the first value")
    vault = service.running.vaults["own"]

    def current() -> bytes:
        found = service.secrets.get(secret.name, by).current
        return vault.read(secret.name, found.number)

    gateway = TakingGateway(current)
    issued_by(service, rotor, gateway)
    return gateway


async def settled(house: House, id: str) -> Rotation:
    """As far as it goes, with the time it asks for."""
    rotations = house.service.rotations
    for _ in range(40):
        now_is = await rotations.settled(id)
        if now_is.ended:
            return now_is
        if now_is.until:
            house.clock.forward(seconds=max(0, (now_is.until - house.clock.now()).total_seconds()))
        await rotations.tick()
    return now_is


def states(house: House, name: str = "crm/key") -> list[State]:
    found = house.service.secrets.get(name, house.signed("builder"))
    return [each.state for each in found.versions]
