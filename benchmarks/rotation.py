"""Rotation of many secrets: `python -m benchmarks.rotation [--secrets 1000] [--json]`.

Every secret has a key of a service over HTTPS on this machine, made, tried and ended by the driver
`http`; the record and the vault wait for the disk. Meanwhile consumers take the current value of
one secret after the other and use it at once: each use of a dead key is counted, and for how long
the longest one was dead.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from time import perf_counter

from clawband.bootstrap import build
from clawband.flows.rotate import ROTATION
from clawband.flows.secrets import SECRET, printed
from clawband.model.person import Role
from clawband.model.rotors import RotorSettings
from clawband.model.secret import Plan, Secret, State, Version
from clawband.ports.unit import Unit
from clawband.service.service import Service
from clawband.settings import Settings
from tests.simulators.key_service import ADMIN, KeyService
from tests.simulators.signing import Signing

CONSUMERS = 2
PAUSE = 0.005
"""Seconds between two uses of a consumer, which share the processor with the rotations."""
NAME = "keys/{:04d}"


@dataclass
class Measured:
    secrets: int = 0
    seconds: float = 0.0
    """From the first begin to the last end."""
    longest: float = 0.0
    """Of one rotation, from its begin to its end, in seconds."""
    rotated: int = 0
    uses: int = 0
    dead_uses: int = 0
    longest_dead: float = 0.0
    """Milliseconds."""


def plan(service: KeyService, number: int) -> Plan:
    return Plan(
        driver="http",
        options={
            "create": f"POST {service.url}/v1/keys", "value": "/data/0/secret", "id": "/data/0/id",
            "check": f"GET {service.url}/v1/me", "check-header": "authorization: Bearer {value}",
            "revoke": f"DELETE {service.url}/v1/keys/{{id}}", "first-id": f"first-{number}",
            "header": "authorization: Bearer {secret:keys/admin}",
        },
    )  # fmt: skip


async def kept(house: Service, service: KeyService, count: int) -> None:
    """The secrets with their first values, in one unit."""
    now = datetime.now(UTC)
    unit = Unit()
    names = ["keys/admin", *(NAME.format(each) for each in range(count))]
    for number, name in enumerate(names):
        value = ADMIN if name == "keys/admin" else f"sk_first_{number - 1}"
        if name != "keys/admin":
            service.keys[f"first-{number - 1}"] = value
        secret = Secret(
            name=name, environment="dev", kind="api key", owner="bench", purpose="bench",
            added=now, place=name, plan=plan(service, number - 1),
        )  # fmt: skip
        written = await house.secrets.write(secret, value.encode())
        mark = printed(value.encode(), house.running.prints)
        version = Version(
            number=written, state=State.CURRENT, print=mark, by="bench", made=now
        )  # fmt: skip
        unit.changes.append(SECRET.new(name, replace(secret, versions=(version,))))
    await house.running.commit(unit)


async def using(house: Service, service: KeyService, count: int, told: Measured) -> None:
    """Takes what is current and asks the service whether it opens, for ever."""
    dead: dict[str, float] = {}
    for number in cycle(range(count)):
        secret = SECRET.get(NAME.format(number), house.running.store).value
        value = (await house.secrets.value(secret)).decode()
        status, _ = service.does("GET", "/v1/me", {"authorization": f"Bearer {value}"}, b"")
        told.uses += 1
        if status == 200:
            dead.pop(secret.name, None)
        else:
            told.dead_uses += 1
            since = dead.setdefault(secret.name, perf_counter())
            told.longest_dead = max(told.longest_dead, (perf_counter() - since) * 1000)
        await asyncio.sleep(PAUSE)


async def measured(folder: Path, count: int) -> Measured:
    signing = Signing(folder)
    told = Measured(secrets=count)
    with KeyService(signing.context(["localhost"])) as service:
        reach = RotorSettings(hosts=frozenset({"localhost"}))
        settings = Settings(state=folder / "s", authorities=str(signing.path), rotation=reach)
        house, _ = build(settings)
        await house.start()
        try:
            await house.operators.add_as("bo", [Role.BUILDER], [], "correct horse battery", "bench")
            by = house.operators.who(await house.people.sign_in("bo", "correct horse battery"))
            await kept(house, service, count)
            consumers = [
                asyncio.create_task(using(house, service, count, told)) for _ in range(CONSUMERS)
            ]
            begun = perf_counter()
            ids = [(await house.rotations.begin(NAME.format(e), by)).id for e in range(count)]
            for each in ids:
                await house.rotations.settled(each)
            told.seconds = perf_counter() - begun
            for consumer in consumers:
                consumer.cancel()
            ends = [ROTATION.get(each, house.running.store).value for each in ids]
            told.rotated = sum(each.outcome == "rotated" for each in ends)
            told.longest = max(
                sum((one.ended - one.began).total_seconds() for one in each.took) for each in ends
            )
        finally:
            await house.stop()
    return told


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--secrets", type=int, default=1000)
    reader.add_argument("--json", action="store_true")
    asked = reader.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        told = asyncio.run(measured(Path(folder), asked.secrets))
    if asked.json:
        json.dump(asdict(told), sys.stdout, indent=2)
        return
    each = told.seconds / told.secrets * 1000
    print(f"{told.rotated} of {told.secrets} rotated in {told.seconds:.1f} s, {each:.0f} ms each")
    print(f"the longest took {told.longest:.1f} s, waiting for its turn among the others")
    print(f"{told.uses} uses meanwhile, {told.dead_uses} with a dead key, "
          f"longest {told.longest_dead:.1f} ms")  # fmt: skip


if __name__ == "__main__":
    main()
