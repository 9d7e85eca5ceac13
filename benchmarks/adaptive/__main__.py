"""`python -m benchmarks.adaptive [--json]`: attacks that know the defence; what gets through."""

import argparse
import json
from collections import Counter
from collections.abc import Sequence

from benchmarks.adaptive.attacks import Case, attacks, honest
from benchmarks.adaptive.replaying import outcome


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print JSON")
    chosen = parser.parse_args()
    found = [(case, outcome(case)) for case in (*attacks(), *honest())]
    if chosen.json:
        rows = [
            {"kind": case.kind, "story": case.story, "outcome": came, "expected": case.gets}
            for case, came in found
        ]
        print(json.dumps(rows, indent=1))
    else:
        show(found)
    return int(any(came != case.gets for case, came in found))


def show(found: Sequence[tuple[Case, str]]) -> None:
    print("| kind | cases | held or refused | defused | pass |\n|---|---:|---:|---:|---:|")
    for kind in dict.fromkeys(case.kind for case, _ in found):
        came = Counter(outcome for case, outcome in found if case.kind == kind)
        stopped = came["held"] + came["refused"]
        print(f"| {kind} | {came.total()} | {stopped} | {came['defused']} | {came['passes']} |")
    print("\nAttacks that get through:")
    for case, came in found:
        if came == "passes" and case.kind != "honest":
            print(f"- {case.kind}: {case.story}. {case.why or 'NOT EXPECTED'}.")
    for case, came in found:
        if came != case.gets:
            print(f"! expected `{case.gets}`, got `{came}`: {case.kind}: {case.story}")


if __name__ == "__main__":
    raise SystemExit(main())
