"""What it costs to look for known values: `python -m benchmarks.masking [--json]`.

For so many values of 40 characters: until they can be looked for, until one more can, and then the
search itself, in each of their writings at once. `prose` and `base 64` are texts without a hit in
one piece; `1 KB` is a usual result, with `classify` for the same text beside it. Processor time.
"""

import argparse
import base64
import json
import random  # noqa: TID251 - the same texts for everybody, from a seed
from collections.abc import Callable
from time import process_time

from clawband.labels.classifiers import TAGS
from clawband.labels.classify import compiled, found_in
from clawband.labels.known import Known

COUNTS = (1, 10, 100, 1_000, 5_000)
ROUNDS = 2_000
SENTENCE = "The report was sent to the team on Monday, with the figures of 2026 (see below). "
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def taken(work: Callable[[], object], times: int = 1) -> float:
    """Seconds of the processor for one."""
    began = process_time()
    for _ in range(times):
        work()
    return (process_time() - began) / times


def row(count: int) -> dict[str, float]:
    drawn = random.Random(count)
    values = [(f"s{at}", "".join(drawn.choices(ALPHABET, k=40)).encode()) for at in range(count)]
    prose, noise = SENTENCE * 25_000, base64.b64encode(drawn.randbytes(400_000)).decode()
    short = (SENTENCE * 13)[:1024]
    known = Known()

    def ready() -> None:
        nonlocal known
        known = Known(values)
        known.found(short)

    seconds = taken(ready)
    more = taken(lambda: known.and_("more", b"4Jq8Zt2WmXv7Lr3NcHd6-more").found(short))
    return {
        "values": count,
        "ready ms": seconds * 1e3,
        "one more ms": more * 1e3,
        "1 KB us": taken(lambda: known.found(short), ROUNDS) * 1e6,
        "prose MB/s": len(prose) / taken(lambda: known.found(prose), 3) / 1e6,
        "base 64 MB/s": len(noise) / taken(lambda: known.found(noise), 3) / 1e6,
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.masking", description=__doc__)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    rows = [row(count) for count in COUNTS]
    kinds, text = compiled(frozenset(TAGS)), (SENTENCE * 13)[:1024].encode()
    beside = taken(lambda: found_in(text, kinds), ROUNDS) * 1e6
    if asked.json:
        print(json.dumps({"rows": rows, "classify us": beside}))
        return
    print(*(f"{name:>13}" for name in rows[0]))
    for each in rows:
        print(*(f"{value:13,.1f}" for value in each.values()))
    print(f"classify of the same 1 KB: {beside:.1f} us")


if __name__ == "__main__":
    main()
