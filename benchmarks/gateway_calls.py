"""What Clawband adds to a tool call in a real OpenClaw gateway.

Two sample gateways run side by side: one guarded by a real server, one without the plugin. The same
call goes to each in turn, so that both see the same machine. The server counts its decisions, so
that no row can be measured without being guarded.

    python -m benchmarks.gateway_calls [--calls 400] [--json]
"""

import argparse
import http.client
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.socket_decisions import server
from examples.sample.gateway import SampleGateway
from examples.sample.modules import ensure_modules

ROOT = Path(__file__).resolve().parents[1]
WARM = 40


class Caller:
    """A keep-alive connection to a gateway's `/tools/invoke`."""

    def __init__(self, gateway: SampleGateway) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=30)
        self._headers = {
            "authorization": f"Bearer {gateway.token}",
            "content-type": "application/json",
        }
        self.seconds: list[float] = []

    def call(self) -> None:
        """One call of a small company tool, timed."""
        body = json.dumps({"tool": "ticket_summary", "args": {"ticket": "3"}, "agentId": "support"})
        started = time.perf_counter()
        self._connection.request("POST", "/tools/invoke", body, self._headers)
        answer = self._connection.getresponse()
        data = answer.read()
        self.seconds.append(time.perf_counter() - started)
        if answer.status != 200:
            raise SystemExit(f"the gateway answered {answer.status}: {data[:300]!r}")


def row(name: str, caller: Caller) -> dict[str, Any]:
    seen = sorted(caller.seconds[WARM:])
    return {
        "gateway": name,
        "calls": len(seen),
        "p50 ms": round(seen[len(seen) // 2] * 1e3, 2),
        "p99 ms": round(seen[int(len(seen) * 0.99)] * 1e3, 2),
    }


def measure(folder: Path, calls: int) -> list[dict[str, Any]]:
    node = Path(sys.executable).with_name("node")
    modules = ensure_modules(ROOT / ".clawband" / "openclaw", node, print)
    with server(folder) as (socket, secret):
        credential = folder / "credential"
        credential.touch(0o600)
        credential.write_text(secret)
        config = {"socket": str(socket), "credentialFile": str(credential)}
        guarded = SampleGateway(folder / "guarded", config, node=node, modules=modules)
        free = SampleGateway(folder / "free", None, node=node, modules=modules)
        try:
            callers = [Caller(guarded.start()), Caller(free.start())]
            for _ in range(calls + WARM):
                for caller in callers:
                    caller.call()
            effects = len(guarded.effects("ticket_summary"))
        finally:
            guarded.stop()
            free.stop()
    rows = [row("plugin on", callers[0]), row("plugin off", callers[1])]
    rows[0]["ran"] = effects
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=400)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="cb"))
    try:
        rows = measure(folder, options.calls)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if options.json:
        print(json.dumps({"cores": os.cpu_count(), "rows": rows}))
        return
    print(f"{os.cpu_count()} cores, both gateways, server and caller on one machine, interleaved")
    for each in rows:
        print("  ".join(f"{name}: {value}" for name, value in each.items()))
    on, off = rows
    print(
        f"added p50 {on['p50 ms'] - off['p50 ms']:.2f} ms, ratio {on['p50 ms'] / off['p50 ms']:.2f}"
    )


if __name__ == "__main__":
    main()
