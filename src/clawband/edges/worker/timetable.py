"""What happens by the clock: sealing, expiry, silence, a clock that stepped back."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from clawband.model.errors import Error
from clawband.model.event import Tag
from clawband.service.service import Service

SEAL_SECONDS = 2.0
EXPIRE_SECONDS = 5.0
ESCALATE_SECONDS = 15.0
LISTEN_SECONDS = 3.0
CANARY_SECONDS = 1.0
"""Between two looks at which gateways are due."""
RECONCILE_SECONDS = 60.0
USES_SECONDS = 60.0
LEAK_SECONDS = 5.0
SWEEP_SECONDS = 300.0
REVIEW_SECONDS = 600.0
CLOCK_SECONDS = 10.0
DOOR_SECONDS = 0.5
CERTIFICATE_SECONDS = 60.0
TOKEN_SECONDS = 60.0
WITNESS_SECONDS = 2.0
ROTATION_SECONDS = 2.0
CALENDAR_SECONDS = 60.0
KNOWN_SECONDS = 10.0
VAULT_SECONDS = 15.0
NOTICE_SECONDS = 2.0
WARN_SECONDS = 30.0

_log = logging.getLogger("clawband.worker")


def jobs(
    service: Service, clock_step: Callable[[], float], pace: float = 1.0
) -> list[Awaitable[None]]:
    """One endless job per line of the timetable. `clock_step`: seconds stepped back, once.

    `pace` stretches or shortens every interval.
    """

    async def clock() -> None:
        seconds = clock_step()
        if seconds:
            await service.log.record(Tag.CLOCK_STEP, outcome=f"back {seconds:.3f} s")

    return [
        _every(SEAL_SECONDS * pace, "seal", service.log.seal),
        _every(EXPIRE_SECONDS * pace, "expire", service.approvals.expire),
        _every(ESCALATE_SECONDS * pace, "escalate", service.approvals.escalate),
        _every(EXPIRE_SECONDS * pace, "edits", service.edits.tidy),
        _every(LEAK_SECONDS * pace, "leaks", service.leaks.tick),
        _every(SWEEP_SECONDS * pace, "budgets", service.budgets.tidy),
        _every(EXPIRE_SECONDS * pace, "delegations", service.delegations.expire),
        _every(EXPIRE_SECONDS * pace, "elevations", service.elevations.expire),
        _every(EXPIRE_SECONDS * pace, "glass", service.glass.expire),
        _every(EXPIRE_SECONDS * pace, "proposals", service.proposals.expire),
        _every(SWEEP_SECONDS * pace, "sign-ins", service.people.sweep),
        _every(SWEEP_SECONDS * pace, "chats", service.chats.sweep),
        _every(LISTEN_SECONDS * pace, "listen", service.gateways.notice_silence),
        _every(CANARY_SECONDS * pace, "canaries", service.enforcement.tick),
        _every(RECONCILE_SECONDS * pace, "reconcile", service.reconciler.run),
        _every(USES_SECONDS * pace, "uses", service.access.tick),
        _every(TOKEN_SECONDS * pace, "tokens", service.workloads.sweep),
        _every(REVIEW_SECONDS * pace, "reviews", service.reviews.tick),
        _every(ROTATION_SECONDS * pace, "rotations", service.rotations.tick),
        _every(CALENDAR_SECONDS * pace, "calendar", service.rotations.turn),
        _every(KNOWN_SECONDS * pace, "known values", service.known.settle),
        _every(VAULT_SECONDS * pace, "vaults", service.vaults.tick),
        _every(NOTICE_SECONDS * pace, "notices", service.notices.tick),
        _every(WARN_SECONDS * pace, "warnings", service.notices.warn),
        _every(CERTIFICATE_SECONDS * pace, "certificates", service.certificates.tick),
        _every(CLOCK_SECONDS * pace, "clock", clock),
        _every(DOOR_SECONDS * pace, "doors", service.doors.tick),
        _every(WITNESS_SECONDS * pace, "witness", service.models.witness.check),
    ]


async def _every(seconds: float, name: str, job: Callable[[], Awaitable[object]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await job()
        except Error as error:
            # The next round tries again; until then what needs the store is refused anyway.
            _log.warning("the job `%s` failed: %s", name, error)
        except Exception as error:  # noqa: BLE001 - a job that ends is never missed: go on
            _log.error("the job `%s` has a defect: %s", name, type(error).__name__)
