"""What resolving a secret costs: `python -m benchmarks.resolve [--rounds 300] [--json]`.

- One value from each kind of vault. Cold: the adapter was made a moment ago, so there is no
  connection and nothing is remembered. Warm: the same again. OpenBao is a real server on this
  machine, over TLS; `remembered` is what Clawband puts before it.
- A gateway asks for one name, and for fifty at once: the answer is decided and on disk before the
  values leave. Cold: the first question after a start.

Each value has 64 random bytes. Milliseconds.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from clawband.adapters.vaults.bao import Bao
from clawband.adapters.vaults.environment import EnvironmentVault
from clawband.adapters.vaults.files import FilesVault
from clawband.adapters.vaults.master import LocalMaster
from clawband.adapters.vaults.openbao import OpenBaoVault
from clawband.adapters.vaults.own import OwnVault
from clawband.adapters.vaults.remembered import RememberedVault
from clawband.adapters.vaults.transit import TransitMaster
from clawband.bootstrap import build
from clawband.flows.secrets import SECRET, printed
from clawband.model.deployment import Gateway
from clawband.model.secret import Secret, State, Version
from clawband.model.vaults import VaultSettings
from clawband.ports.unit import Unit
from clawband.ports.vault import Vault
from clawband.settings import Settings
from tests.servers.openbao import OpenBao
from tests.servers.signing_in import by_token

PLACE = "SECRET_CRM"
MANY = 50
STARTS = 10
GATEWAY = Gateway(
    name="bench", environment="dev", credential="x", enrolled=datetime(2026, 1, 1, tzinfo=UTC)
)
MASTER = LocalMaster(b"m" * 32)
Maker = Callable[[], Vault]


@dataclass(frozen=True)
class Row:
    what: str
    cold_p50: float
    cold_p99: float
    warm_p50: float
    warm_p99: float


def makers(folder: Path, signed: VaultSettings, kv: str, transit: str) -> dict[str, Maker]:
    """Each kind of vault, with the value in it."""
    value = os.urandom(48).hex().encode()[:64]
    os.environ[PLACE] = value.decode()
    path = folder / "files" / PLACE
    path.parent.mkdir()
    path.touch(0o600)
    path.write_bytes(value)

    def far() -> OpenBaoVault:
        return OpenBaoVault(Bao(signed), kv)

    def wrapped() -> OwnVault:
        return OwnVault(folder / "wrapped", TransitMaster(Bao(signed), "bao", f"{transit}/bench"))

    found: dict[str, Maker] = {
        "environment": lambda: EnvironmentVault(os.environb, "SECRET_"),
        "files": lambda: FilesVault(folder / "files"),
        "own": lambda: OwnVault(folder / "own", MASTER),
        "own, master key in transit": wrapped,
        "openbao": far,
        "openbao, remembered": lambda: RememberedVault(far(), 300),
    }
    for name in ("own", "own, master key in transit", "openbao"):
        found[name]().write(PLACE, value)
    return found


def vault(what: str, make: Maker, rounds: int) -> Row:
    cold, warm = [], []
    for _ in range(max(20, rounds // 10)):
        made = make()
        cold.append(timed(lambda: made.read(PLACE, 1)))  # noqa: B023 - called at once
        warm += [timed(lambda: made.read(PLACE, 1)) for _ in range(10)]  # noqa: B023
        made.close()
    return row(what, cold, warm)


async def lending(folder: Path, rounds: int, names: Sequence[str]) -> Row:
    """A service as the server has it, over a store on disk."""
    cold: list[float] = []
    warm: list[float] = []
    for start in range(STARTS):
        service, _ = build(Settings(state=folder))
        await service.start()
        if not SECRET.find(names[-1], service.running.store):
            await kept(service.running, names)
        for number in range(rounds // STARTS):
            begun = perf_counter()
            answers = await service.lending.resolve(GATEWAY, names)
            (warm if number else cold).append(perf_counter() - begun)
            assert all(each.value for each in answers.values()), start
        await service.stop()
    return row(f"lend {len(names)}", cold, warm)


async def kept(running, names: Sequence[str]) -> None:
    """Secrets with values, as if somebody had added them."""
    own, now = running.vaults["own"], datetime.now(UTC)
    changes = []
    for name in names:
        value = os.urandom(32).hex().encode()
        version = Version(
            number=own.write(name, value), state=State.CURRENT, by="bench", made=now,
            print=printed(value, running.prints),
        )  # fmt: skip
        secret = Secret(
            name=name, environment="dev", kind="k", owner="o", purpose="p", added=now, place=name,
            gateways=("bench",), versions=(version,),
        )  # fmt: skip
        changes.append(SECRET.new(name, secret))
    await running.commit(Unit([], changes))


def timed(what: Callable[[], object]) -> float:
    begun = perf_counter()
    what()
    return perf_counter() - begun


def row(what: str, cold: list[float], warm: list[float]) -> Row:
    return Row(what, *(share(times, part) for times in (cold, warm) for part in (0.5, 0.99)))


def share(times: list[float], part: float) -> float:
    return round(sorted(times)[min(len(times) - 1, int(len(times) * part))] * 1e3, 3)


@contextmanager
def openbao(folder: Path) -> Iterator[tuple[VaultSettings, str, str]]:
    server = OpenBao(folder)
    try:
        server.start()
        kv, transit = server.mount("kv", version="2"), server.mount("transit")
        server.call("POST", f"{transit}/keys/bench")
        yield by_token(server, folder, f"{kv}/*", f"{transit}/*"), kv, transit
    finally:
        server.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with openbao(folder) as (signed, kv, transit):
            found = makers(folder, replace(signed, seconds=10), kv, transit)
            rows = [vault(what, make, given.rounds) for what, make in found.items()]
        for number in (1, MANY):
            names = [f"bench/{each}" for each in range(number)]
            rows.append(asyncio.run(lending(folder / f"state-{number}", given.rounds, names)))
    if given.json:
        print(json.dumps([asdict(each) for each in rows]))
        return 0
    print(f"{'':<28}{'cold p50':>10}{'p99':>10}{'warm p50':>10}{'p99':>10}   ms")
    for each in rows:
        times = (each.cold_p50, each.cold_p99, each.warm_p50, each.warm_p99)
        print(f"{each.what:<28}" + "".join(f"{time:>10.2f}" for time in times))
    return 0


if __name__ == "__main__":
    sys.exit(main())
