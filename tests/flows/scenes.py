"""A few people, one gateway and one workflow: who can do what there."""

import asyncio

from clawband.flows.use import Uses
from clawband.flows.who_can import Scene
from clawband.model.deployment import Gateway
from clawband.model.person import Operator
from clawband.openclaw import tools
from clawband.policy.sets import build
from tests.policy.asking import MANIFEST
from tests.simulators.clocks import START

SAMPLE = Gateway(name="sample", environment="dev", credential="", enrolled=START)


def person(name, *roles):
    return Operator(name=name, roles=frozenset(roles), added=START)


def scene(*people, files=None, **more):
    files = {"desk.toml": MANIFEST} if files is None else files
    given = {"uses": Uses(), "gateways": [SAMPLE], "active": build(files, tools.catalogue())}
    return Scene(people=people, **{**given, **more})


async def noticed(house, who, power):
    """Durable leaves are told a moment after the act returns."""
    for _ in range(200):
        if house.service.access.uses.of(who, power):
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{who} never did {power}")
