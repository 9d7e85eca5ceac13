"""What classification costs: `python -m benchmarks.classify [--json]`.

Synthetic texts of the kinds that agents read, clean but for what the row says, whole and in pieces
of 1 KB. Beside it, the same patterns as one alternation of Python's `re`, on 32 KB. The last rows
are made against it: text where every pattern almost matches, or where everything matches.
"""

import argparse
import hashlib
import json
import os
import platform
import re
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import cycle, islice
from time import perf_counter

from clawband.labels import classifiers
from clawband.labels.classify import classify

SIZE = 1 << 20
FOR_RE = 1 << 15
SENTENCES = (
    "the order was shipped on Monday and the customer asked whether we can change the address to "
    "another one before it leaves our house in Berlin because nobody will be there in the next two "
    "weeks please answer by noon as the driver starts at half past one and takes all of them along "
    "I looked at the security page and at the token ring but found no reason why this would fail"
)
WORDS = SENTENCES.split()


def numbers(seed: str) -> Iterator[int]:
    """The same on every machine."""
    for block in map(str, range(1 << 30)):
        yield from hashlib.sha256(f"{seed}{block}".encode()).digest()


def prose(seed: str = "prose") -> str:
    picked = numbers(seed)
    return " ".join(
        WORDS[number % len(WORDS)] + (".\n" if number > 240 else ",")[: number > 225]
        for number in islice(picked, SIZE // 5)
    )


def mails() -> str:
    body = prose("mail")
    return "\n\n".join(
        f"From: person{n}@example.com\nTo: support@example.org\nDate: Mon, {n % 28 + 1} Nov 2026 "
        f"10:{n % 60:02}:00\nSubject: order {n * 7919}\n\n{body[n * 700 : n * 700 + 700]}"
        for n in range(SIZE // 900)
    )


def records() -> str:
    rows = (
        {"id": n * 7919, "name": WORDS[n % len(WORDS)], "price": n * 1.37, "uuid": digest(n)[:32],
         "at": f"2026-11-22T10:{n % 60:02}:00Z", "url": f"https://example.com/items/{n}?page=2"}
        for n in range(SIZE // 190)
    )  # fmt: skip
    return json.dumps(list(rows), indent=1)


def digest(n: int) -> str:
    return hashlib.sha256(str(n).encode()).hexdigest()


def code() -> str:
    with open(classifiers.__file__) as own, open(re.__file__) as other:
        text = own.read() + other.read()
    return text * (SIZE // len(text))


def table() -> str:
    return "\n".join(f"{n},{n * 13 % 977}.{n % 100:02},{n * 7919},A-{n}" for n in range(SIZE // 22))


def image() -> str:
    return b64encode(bytes(islice(numbers("image"), SIZE * 3 // 4))).decode()


def hits() -> list[str]:
    names = [name[:-3] for name in sorted(os.listdir(os.path.dirname(classifiers.__file__)))]
    found = (name for name in names if not name.startswith("_"))
    return [import_module(f"{classifiers.__name__}.{name}").EXAMPLES[0] for name in found]


def almost() -> str:
    halves = (hit[: len(hit) * 2 // 3] for hit in cycle(hits()))
    return " ".join(islice(halves, SIZE // 40))


def random() -> str:
    alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_ \n:=@./"'
    return "".join(alphabet[number % len(alphabet)] for number in islice(numbers("r"), SIZE))


def one_in_every_kilobyte() -> str:
    body = prose("hits")
    return "".join(
        f"{body[n * 1000 : n * 1000 + 1000]}\n{hit}\n"
        for n, hit in zip(range(SIZE // 1000), cycle(hits()), strict=False)
    )


TEXTS: dict[str, Callable[[], str]] = {
    "prose": prose,
    "mails": mails,
    "JSON records": records,
    "Python code": code,
    "table of numbers": table,
    "base 64": image,
    "prose, one hit per KB": one_in_every_kilobyte,
    "random characters": random,
    "almost hits only": almost,
    "hits only": lambda: "\n".join(islice(cycle(hits()), SIZE // 60)),
}


def alternation() -> re.Pattern[str]:
    """The same patterns for Python's engine, whose spelling differs in two places."""
    parts = []
    for kind in classifiers.shipped():
        pattern = kind.pattern.replace(r"\z", r"\Z")
        parts.append(f"(?i:{pattern[4:]})" if pattern.startswith("(?i)") else f"(?:{pattern})")
    return re.compile("|".join(parts))


def seconds(work: Callable[[], object]) -> float:
    """The better of two: the first one builds automata."""
    times = []
    for _ in range(2):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return min(times)


def measure(text: str, other: re.Pattern[str]) -> dict[str, float]:
    size = len(text.encode())
    pieces = [text[at : at + 1024] for at in range(0, len(text), 1024)]
    part = text[:FOR_RE]
    return {
        "found": len(classify(text)),
        "whole_mb_s": size / seconds(lambda: classify(text)) / 1e6,
        "piece_us": seconds(lambda: [classify(piece) for piece in pieces]) / len(pieces) * 1e6,
        "re_mb_s": len(part.encode()) / seconds(lambda: list(other.finditer(part))) / 1e6,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    chosen = parser.parse_args()
    start = perf_counter()
    classify("")
    ready_ms = (perf_counter() - start) * 1e3
    other = alternation()
    rows = {name: measure(make(), other) for name, make in TEXTS.items()}
    machine = {
        "processors": os.cpu_count(), "load": f"{os.getloadavg()[0]:.1f}",
        "system": f"{platform.system()} {platform.machine()}", "python": platform.python_version(),
    }  # fmt: skip
    if chosen.json:
        print(json.dumps({"machine": machine, "ready_ms": ready_ms, "rows": rows}))
        return 0
    print(", ".join(f"{key} {value}" for key, value in machine.items()))
    print(f"{len(classifiers.shipped())} kinds, ready in {ready_ms:.0f} ms; 1 MB of each text\n")
    print("| text | found | whole, MB/s | one KB, µs | `re` alternation, MB/s |")
    print("|---|---:|---:|---:|---:|")
    for name, row in rows.items():
        print(f"| {name} | {row['found']} | {row['whole_mb_s']:.1f} | {row['piece_us']:.0f} "
              f"| {row['re_mb_s']:.2f} |")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
