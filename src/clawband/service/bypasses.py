"""Records what tried to leave a contained gateway beside the proxy."""

from collections.abc import Sequence

from clawband.flows.bypass import bypasses
from clawband.model.deployment import Gateway
from clawband.service.running import Running


async def record(running: Running, gateway: Gateway, told: Sequence[object]) -> None:
    """Durable when it returns. Raises `InputError` and `UnavailableError`."""
    unit = bypasses(told, gateway, now=running.now(), entropy=running.entropy())
    if unit.events:
        await running.commit(unit)
