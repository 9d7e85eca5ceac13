"""Durable appends to the log: leaves per second when 1, 10 or 100 units wait at a time.

Every append is a whole unit: leaf, tree and encrypted payload, on disk before it counts. The floor
is what the disk itself takes for one flush.

    python -m benchmarks.audit_appends [--leaves 4000] [--json]
"""

import argparse
import json
import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from clawband.adapters.stores.sqlite import open_store
from clawband.model import ids
from clawband.model.digest import sha256
from clawband.model.event import Event, Tag
from clawband.ports.store import Store
from clawband.ports.unit import KeepPayload, Unit

FLUSHES = 300


def unit(number: int) -> Unit:
    """What a permitted call writes: a leaf of about 600 bytes and a payload of 200."""
    now = datetime.now(UTC)
    body = os.urandom(200)
    event = Event(
        id=ids.new("dec", now, os.urandom(10)),
        at=now,
        tag=Tag.DECISION_PERMIT,
        who="telegram:4242",
        gateway="sample",
        agent="sample/support",
        action="tool:read",
        resource="Tool::crm_read",
        outcome="permit",
        session="agent:support:telegram:support:direct:4242",
        run=f"run-{number // 5}",
        call=f"call-{number}",
        policy=sha256(b"policy"),
        detail={
            "reasons": ["support/read-crm_read"],
            "because": ["`support` may read `crm_read`: the manifest says so"],
            "integrity": 2,
            "sources": ["telegram:4242"],
            "payload": sha256(body),
        },
    )
    return Unit([event], [KeepPayload(sha256(body), body)])


def measure(store: Store, batch: int, leaves: int) -> dict[str, Any]:
    waits: list[float] = []
    units = [unit(number) for number in range(leaves)]
    started = time.perf_counter()
    for first in range(0, leaves, batch):
        asked = time.perf_counter()
        waiting = [store.commit(each) for each in units[first : first + batch]]
        for future in waiting:
            future.result()
        waits.append(time.perf_counter() - asked)
    elapsed = time.perf_counter() - started
    waits.sort()
    return {
        "waiting at a time": batch,
        "leaves/s": round(leaves / elapsed),
        "p50 ms": round(waits[len(waits) // 2] * 1e3, 2),
        "p99 ms": round(waits[int(len(waits) * 0.99)] * 1e3, 2),
    }


def flush(folder: Path) -> float:
    """Milliseconds of one write and flush of 4 KiB, median."""
    seen: list[float] = []
    with (folder / "flush").open("wb", buffering=0) as file:
        for _ in range(FLUSHES):
            started = time.perf_counter()
            file.write(b"x" * 4096)
            os.fdatasync(file.fileno())
            seen.append(time.perf_counter() - started)
    return sorted(seen)[FLUSHES // 2] * 1e3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--leaves", type=int, default=4_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        floor = flush(folder)
        store = open_store(folder / "store.db", os.urandom(32))
        measure(store, 10, 500)  # warm
        rows = [measure(store, batch, options.leaves) for batch in (1, 10, 100)]
        store.close()
    if options.json:
        print(json.dumps({"cores": os.cpu_count(), "flush ms": floor, "rows": rows}))
        return
    print(f"{os.cpu_count()} cores; one flush of this disk takes {floor:.2f} ms")
    for row in rows:
        print("  ".join(f"{key}: {value}" for key, value in row.items()))


if __name__ == "__main__":
    main()
