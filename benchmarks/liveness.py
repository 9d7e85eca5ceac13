"""How soon a guard that is gone is noticed, what that costs, and how fast a stop stops.

A real OpenClaw gateway, the server in this process, its egress proxy on loopback.

    python -m benchmarks.liveness [--rounds 5] [--period 10] [--json]

`round` is one round of canaries: two calls and a turn for each of four agents. `notice` is from
the moment the plugin is disabled to the record of the loss, by the clock with
`--period` seconds between rounds. `stop` is from the pause of the gateway to the first refused call
and to the end of an open tunnel.
"""

import argparse
import asyncio
import json
import os
import shutil
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from clawband.adapters.gateways.openclaw import Link
from clawband.bootstrap import running
from clawband.enforcement.canary import State
from clawband.model.gateways import GatewaySettings
from clawband.model.person import SignedIn
from clawband.service.service import Service
from clawband.settings import Settings
from examples.sample.gateway import SampleGateway, free_port
from examples.sample.modules import ensure_modules

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "correct horse battery staple"
TARGET = "model.sample.test:80"
PATIENCE = 300.0


async def until(look: Callable[[], bool], pause: float = 0.01) -> float:
    """Seconds until it is so."""
    begun = time.perf_counter()
    while not look():
        if time.perf_counter() - begun > PATIENCE:
            raise SystemExit("waited in vain: look at the gateway's log")
        await asyncio.sleep(pause)
    return time.perf_counter() - begun


def states(service: Service) -> set[State]:
    return {each.state for each in service.enforcement.standings.of("sample").values()}


async def rounds(service: Service, count: int) -> list[float]:
    """Seconds of each round, when every agent has had its first turn."""
    await service.enforcement.prove()
    seen = []
    for _ in range(count):
        begun = time.perf_counter()
        await service.enforcement.prove()
        seen.append(time.perf_counter() - begun)
    return sorted(seen)


async def notice(service: Service, gateway: SampleGateway, period: int) -> float:
    """Seconds until every agent is known to be ungoverned; the plugin is back afterwards."""

    def switch(enabled: bool) -> None:
        change = {"plugins": {"entries": {"clawband": {"enabled": enabled}}}}
        with Link(f"ws://127.0.0.1:{gateway.port}", gateway.token, seconds=60) as link:
            base = link.call("config.get", {})["hash"]
            link.call("config.patch", {"raw": json.dumps(change), "baseHash": base})

    await asyncio.sleep(period / 2)  # as likely at any moment between two rounds
    await asyncio.to_thread(switch, False)
    seconds = await until(lambda: states(service) == {State.UNGOVERNED})
    await asyncio.to_thread(switch, True)
    await asyncio.to_thread(gateway.restart, PATIENCE)
    await until(lambda: states(service) == {State.GOVERNED}, 0.2)
    return seconds


async def tunnel(service: Service, port: int) -> asyncio.StreamReader:
    """An open way out through the egress proxy, as the gateway itself has it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    password = service.egress.callers.password("sample")
    word = b64encode(f"gateway.sample:{password}".encode()).decode()
    writer.write(
        f"CONNECT {TARGET} HTTP/1.1\r\nHost: {TARGET}\r\n"
        f"Proxy-Authorization: Basic {word}\r\n\r\n".encode()
    )
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise SystemExit(f"the proxy answered {head[:200]!r}")
    return reader


async def stop(service: Service, gateway: SampleGateway, port: int, by: SignedIn) -> list[float]:
    """Milliseconds from the pause to the first refused call, and to the end of the tunnel."""
    reader = await tunnel(service, port)
    ended = asyncio.ensure_future(reader.read())
    begun = time.perf_counter()
    pausing = asyncio.ensure_future(service.stops.pause("gateway", "sample", by, "benchmark"))

    def refused() -> float:
        with Link(f"ws://127.0.0.1:{gateway.port}", gateway.token, seconds=60) as link:
            while True:
                asked = {"name": "ticket_summary", "args": {"ticket": "3"}, "agentId": "support"}
                if link.call("tools.invoke", asked).get("ok") is not True:
                    return time.perf_counter() - begun

    call = await asyncio.to_thread(refused)
    await asyncio.wait_for(ended, 10)
    cut = time.perf_counter() - begun
    await pausing
    await service.stops.resume("gateway", "sample", by)
    return [call * 1e3, cut * 1e3]


async def measure(folder: Path, count: int, period: int) -> list[dict[str, Any]]:
    node = Path(shutil.which("node", path=str(ROOT / ".venv/bin")) or "node")
    modules = ensure_modules(ROOT / ".clawband" / "openclaw", node, print)
    credential = folder / "credential"
    config = {"socket": str(folder / "s" / "gateway.sock"), "credentialFile": str(credential)}
    gateway = SampleGateway(folder / "gateway", config, node=node, modules=modules)
    gateway.prepare()
    gateway.model.start()
    settings = Settings(
        state=folder / "s", port=free_port(), canary_seconds=period,
        names={"model.sample.test": urlsplit(gateway.model.url).netloc},
        gateways=(GatewaySettings(name="sample", url=f"ws://127.0.0.1:{gateway.port}",
                                  token_file=str(gateway.layout.token)),),
    )  # fmt: skip
    files = {each.name: each.read_text() for each in (ROOT / "examples/workflows").glob("*.toml")}
    async with running(settings) as service:
        await service.policies.publish_as(files, "benchmark", "")
        await service.operators.add_as("ada", ["admin"], [], PASSWORD, "benchmark")
        by = service.operators.who(await service.people.sign_in("ada", PASSWORD))
        secret, _ = await service.gateways.enroll("sample", "dev", "benchmark")
        credential.touch(0o600)
        credential.write_text(secret)
        try:
            await asyncio.to_thread(gateway.start, PATIENCE)
            await until(lambda: states(service) == {State.GOVERNED}, 0.2)
            flown = await rounds(service, count)
            stops = [await stop(service, gateway, settings.egress, by) for _ in range(count)]
            noticed = await notice(service, gateway, period)
        finally:
            await asyncio.to_thread(gateway.stop)
    calls, cuts = ([pair[n] for pair in stops] for n in (0, 1))
    return [
        {"what": "a round of canaries, 4 agents", "median": f"{flown[count // 2]:.2f} s",
         "worst": f"{flown[-1]:.2f} s"},
        {"what": f"notice, {period} s between rounds", "median": f"{noticed:.1f} s", "worst": "-"},
        {"what": "stop: to the first refused call", "median": f"{sorted(calls)[count // 2]:.0f} ms",
         "worst": f"{max(calls):.0f} ms"},
        {"what": "stop: to the end of a tunnel", "median": f"{sorted(cuts)[count // 2]:.0f} ms",
         "worst": f"{max(cuts):.0f} ms"},
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--period", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="cb"))
    try:
        rows = asyncio.run(measure(folder, options.rounds, options.period))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if options.json:
        print(json.dumps({"cores": os.cpu_count(), "rows": rows}))
        return
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load {load:.0f}, gateway and server on the same machine")
    for row in rows:
        print(f"{row['what']:<36} median {row['median']:>8}   worst {row['worst']:>8}")


if __name__ == "__main__":
    main()
