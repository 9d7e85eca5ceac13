"""What the core rules of a door cost: `python -m benchmarks.screen RULES [--rounds 500] [--json]`.

RULES is what `waf` of a door names; docs/front-door.md has one for the OWASP core rule set. Each
request is looked through alone, in this process, as the door's program does it. Milliseconds.
"""

import argparse
import json
import resource
from dataclasses import asdict, dataclass
from time import perf_counter

from clawband.edges.ingress.screen import Rules
from clawband.network import head
from clawband.network.head import Request

CHAT = b'{"model":"openclaw/support","messages":[{"role":"user","content":"what of order 3?"}]}'
LONG = b'{"text":"' + b"the order of yesterday and what became of it, " * 1_000 + b'"}'
LONGEST = b'{"text":"' + b"the order of yesterday and what became of it, " * 5_000 + b'"}'


@dataclass(frozen=True)
class Row:
    """Refused says whether the rules did."""

    what: str
    body: int
    p50: float
    p99: float
    refused: bool


def request(target: str, body: bytes) -> Request:
    lines = [
        f"{'POST' if body else 'GET'} {target} HTTP/1.1", "Host: shop.example.com",
        "User-Agent: Mozilla/5.0", "Accept: */*",
    ]  # fmt: skip
    lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"] if body else []
    found = head.request("\r\n".join([*lines, "", ""]).encode())
    assert isinstance(found, Request)
    return found


def measured(rules: Rules, what: str, target: str, body: bytes, rounds: int) -> Row:
    message, times, why = request(target, body), [], ""
    for _ in range(rounds):
        began = perf_counter()
        why = rules.looked(message, "203.0.113.9", body)
        times.append((perf_counter() - began) * 1_000)
    times.sort()
    return Row(what, len(body), times[rounds // 2], times[rounds * 99 // 100], bool(why))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("rules")
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    began = perf_counter()
    rules = Rules(asked.rules)
    loading = perf_counter() - began
    rows = [
        measured(rules, "a page", "/", b"", asked.rounds),
        measured(rules, "a chat request", "/v1/chat/completions", CHAT, asked.rounds),
        measured(rules, "a long one", "/v1/x", LONG, max(10, asked.rounds // 10)),
        measured(rules, "the longest part", "/v1/x", LONGEST, max(10, asked.rounds // 50)),
        measured(rules, "an attack", "/?id=1%27%20OR%201=1--", b"", asked.rounds),
    ]
    if asked.json:
        print(json.dumps({"loading": loading, "rows": [asdict(each) for each in rows]}))
        return
    print(f"{'':18}{'bytes':>9}{'p50':>9}{'p99':>9}  refused")
    for row in rows:
        said = "yes" if row.refused else "no"
        print(f"{row.what:18}{row.body:9,}{row.p50:9.2f}{row.p99:9.2f}  {said}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"rules loaded in {loading:.2f} s; {memory:.0f} MiB in all")


if __name__ == "__main__":
    main()
