"""What an action token and a lease cost: `python benchmarks/tokens.py [--json]`.

Microseconds of one call, beside HMAC-SHA256 over the same bytes, which only the server that made a
token could check.
"""

import argparse
import hmac
import json
import platform
import statistics
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import perf_counter

from clawband.enforcement.lease import LIFE, Book, Lease, Target
from clawband.enforcement.token import EGRESS, Claims, Mint, Spent

ROUNDS = 5_000
LEASES = 1_000
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TARGET = Target("api.example.com", 443)
CLAIMS = Claims(
    aud=EGRESS, sub="sample/support", env="production", session="agent:support:telegram",
    run="0a8cff5b-407c-464b-888f-ed41ebc51912", call="call_1", trace="t" * 32,
    tool="web_fetch", who="telegram:4242", act="a" * 71, dst="api.example.com:443",
    cause="dec_01M81B6NR7YQFR1V1D6H4NPCDD", jti="00112233445566778899aabbccddeeff",
    iat=int(NOW.timestamp()), exp=int((NOW + timedelta(seconds=60)).timestamp()),
)  # fmt: skip


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Median and 99th percentile in microseconds."""
    times = []
    for _ in range(ROUNDS):
        start = perf_counter()
        work()
        times.append((perf_counter() - start) * 1e6)
    times.sort()
    return statistics.median(times), times[int(len(times) * 0.99)]


def book() -> Book:
    """Many open leases, of which the last names the target."""
    kept = Book()
    for number in range(LEASES):
        target = TARGET if number == LEASES - 1 else Target(f"h{number}.example.com", 443)
        kept.open(
            Lease(
                gateway="sample", agent="sample/support", tool="web_fetch", session="s", run="r",
                call=f"c{number}", trace="t", who="telegram:1", cause="dec_1",
                targets=frozenset({target}), expires=NOW + LIFE,
            )
        )  # fmt: skip
    return kept


def rows() -> list[tuple[str, float, float]]:
    mint, spent, open_leases = Mint(bytes(32)), Spent(), book()
    token = mint.make(CLAIMS)
    names = iter(range(10**9))
    return [
        ("make a token (Ed25519)", *measured(lambda: mint.make(CLAIMS))),
        ("check it", *measured(lambda: mint.check(token, aud=EGRESS, now=NOW))),
        ("use it up", *measured(lambda: spent.use(replace(CLAIMS, jti=str(next(names))), NOW))),
        ("HMAC-SHA256 of the same bytes",
         *measured(lambda: hmac.digest(bytes(32), token.encode(), "sha256"))),
        (f"find a lease among {LEASES:,}",
         *measured(lambda: open_leases.naming("sample", TARGET, NOW))),
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    given, found = parser.parse_args(), rows()
    if given.json:
        print(json.dumps([dict(zip(("what", "p50_us", "p99_us"), row, strict=True))
                          for row in found]))  # fmt: skip
        return
    print(f"Python {platform.python_version()}, {ROUNDS:,} rounds, microseconds\n")
    print(f"{'':32}{'p50':>10}{'p99':>10}")
    for what, median, late in found:
        print(f"{what:32}{median:10.1f}{late:10.1f}")


if __name__ == "__main__":
    main()
