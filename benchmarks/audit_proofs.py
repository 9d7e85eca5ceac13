"""What the record's mathematics costs: `python benchmarks/audit_proofs.py [leaves]`.

In memory and on one core: no disk, no store. Durable appends are another table.
"""

import os
import platform
import statistics
import sys
from collections.abc import Callable, Iterator
from time import perf_counter

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clawband.audit.bundle import verify, write
from clawband.audit.canonical import encode
from clawband.audit.checkpoint import seal
from clawband.audit.merkle import (
    Frontier,
    consistency_path,
    inclusion_path,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from clawband.audit.note import VerifierKey
from clawband.audit.proof import verify_proof, write_proof
from clawband.audit.tiles import WIDTH, TileReader, grow

ROUNDS = 200
EXPORTED = 50_000


def leaf(number: int) -> bytes:
    """A leaf of the size that a decision has."""
    return encode(
        {
            "v": 1,
            "n": number,
            "id": f"dec_{number:026d}",
            "at": f"2026-11-22T09:{number // 60_000_000 % 60:02d}:{number // 1_000_000 % 60:02d}."
            f"{number % 1_000_000:06d}Z",
            "tag": "decision:permit",
            "who": "slack:U02ABCDEF",
            "agent": "support",
            "action": "tool:call",
            "resource": "crm.update_contact",
            "outcome": "permit",
            "session": "agent:support:slack:channel:c02abcdef",
            "run": "run_01JD8X0000000000000000",
            "policy": "sha256:" + "0" * 64,
        }
    )


def row(what: str, value: str) -> None:
    print(f"| {what:<58} | {value:>24} |")


def spread(action: Callable[[int], object], places: list[int]) -> str:
    """Median and 99th percentile of one call, in microseconds."""
    times = []
    for place in places:
        start = perf_counter()
        action(place)
        times.append((perf_counter() - start) * 1e6)
    return f"{statistics.median(times):.0f} / {statistics.quantiles(times, n=100)[-1]:.0f} µs"


class Log:
    """A log of `size` leaves in memory: leaf hashes and tiles."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.hashes: list[bytes] = []
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.frontier = Frontier()
        private = Ed25519PrivateKey.from_private_bytes(b"\x01" * 32)
        self.sign = private.sign
        self.key = VerifierKey("clawband.example/log", private.public_key().public_bytes_raw())

    def fetch(self, level: int, index: int) -> bytes | None:
        return self.tiles.get((level, index))

    def append(self, bodies: list[bytes]) -> None:
        """One group commit: hash the leaves, move the frontier, write the tiles."""
        size = self.frontier.size
        fresh = [leaf_hash(body) for body in bodies]
        for tile in grow(self.fetch, size, self.hashes[size // WIDTH * WIDTH :], fresh):
            self.tiles[tile.level, tile.index] = tile.hashes
        self.frontier = self.frontier.extend(fresh)
        self.hashes += fresh

    def reader(self) -> TileReader:
        return TileReader(self.fetch, self.size, self.hashes[self.size // WIDTH * WIDTH :])

    def head(self, frontier: Frontier) -> str:
        return str(seal(frontier.size, frontier.root(), self.key, self.sign))


def measure_append(log: Log) -> None:
    for batch in (1, 10, 100):
        scratch = Log(0)
        bodies = [[leaf(n) for n in range(at, at + batch)] for at in range(0, 20_000, batch)]
        start = perf_counter()
        for part in bodies:
            scratch.append(part)
        rate = scratch.frontier.size / (perf_counter() - start)
        row(f"append, hashes and tiles, batches of {batch}", f"{rate:,.0f} leaves/s")
    spent = 0.0
    for at in range(0, log.size, 1000):
        part = [leaf(n) for n in range(at, min(at + 1000, log.size))]
        start = perf_counter()
        log.append(part)
        spent += perf_counter() - start
    row("append, hashes and tiles, batches of 1,000", f"{log.size / spent:,.0f} leaves/s")
    row("tiles of all these leaves", f"{sum(map(len, log.tiles.values())) / 1e6:.1f} MB")
    row("frontier (all that an append needs)", f"{len(log.frontier.to_bytes())} bytes")


def measure_proofs(log: Log) -> None:
    size, root, reader = log.size, log.frontier.root(), log.reader()
    places = [size * step // ROUNDS for step in range(ROUNDS)]
    paths = {place: inclusion_path(place, size, reader.node) for place in places}
    old = {place: Frontier.at(place, reader.node).root() for place in places}
    links = {place: consistency_path(place, size, reader.node) for place in places}
    head = log.head(log.frontier)
    longest = max(map(len, paths.values()))
    row("inclusion proof, longest", f"{longest} hashes = {longest * 32} bytes")
    row("consistency proof, longest", f"{max(map(len, links.values()))} hashes")

    def include(at: int) -> object:
        return inclusion_path(at, size, reader.node)

    def include_cold(at: int) -> object:
        return inclusion_path(at, size, log.reader().node)

    def link(at: int) -> object:
        return consistency_path(at, size, reader.node)

    row("make an inclusion proof, p50 / p99", spread(include, places))
    row("make an inclusion proof, a new reader each, p50 / p99", spread(include_cold, places))
    row("make a consistency proof, p50 / p99", spread(link, places))

    def check(at: int) -> object:
        return verify_inclusion(log.hashes[at], at, size, paths[at], root)

    def check_link(at: int) -> object:
        return verify_consistency(at, old[at], size, root, links[at])

    row("verify an inclusion proof, p50 / p99", spread(check, places))
    row("verify a consistency proof, p50 / p99", spread(check_link, places))
    file = write_proof(log.key, leaf(7), 7, inclusion_path(7, size, reader.node), head)
    row("proof file of one leaf, with leaf and checkpoint", f"{len(file):,} bytes")
    row(
        "verify a proof file, signature included, p50 / p99",
        spread(lambda _: verify_proof(file, key=str(log.key)), places),
    )
    row("sign a checkpoint, p50 / p99", spread(lambda _: log.head(log.frontier), places))


def export(log: Log, size: int) -> Iterator[bytes]:
    heads, frontier = [], Frontier()
    for at in range(0, size, 1000):
        frontier = frontier.extend(log.hashes[at : at + 1000])
        heads.append(log.head(frontier))
    return write(log.key, map(leaf, range(size)), heads)


def measure_export(log: Log) -> None:
    lines = list(export(log, min(EXPORTED, log.size)))
    size = sum(map(len, lines))
    start = perf_counter()
    report = verify(lines, key=str(log.key))
    spent = perf_counter() - start
    verdict = "ok" if report.ok else report.problems[0].what
    row(f"verify an export of {report.size:,} leaves, {report.checkpoints} checkpoints", verdict)
    row("verify an export", f"{size / spent / 1e6:.1f} MB/s")
    row("verify an export", f"{report.size / spent:,.0f} leaves/s")


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    cores = os.cpu_count()
    print(f"{platform.machine()}, {cores} cores, {platform.system()}, ", end="")
    print(f"Python {platform.python_version()}; {size:,} leaves of about {len(leaf(size))} bytes\n")
    row("figure", "value")
    print(f"|{'-' * 60}|{'-' * 25}:|")
    log = Log(size)
    measure_append(log)
    measure_proofs(log)
    measure_export(log)


if __name__ == "__main__":
    main()
