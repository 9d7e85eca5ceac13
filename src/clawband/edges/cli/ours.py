"""What a scan found, told apart by the server: honeytokens of ours, and values that it keeps."""

import base64
import os
from collections.abc import Sequence

from clawband.edges.cli import show
from clawband.edges.cli.place import Place
from clawband.edges.cli.scanned import Finding
from clawband.edges.cli.visible import visible

AT_ONCE = 500


def told_apart(place: Place, found: Sequence[Finding]) -> list[Finding]:
    """Those that are no honeytokens. The server opens a leak of each that it keeps."""
    left: list[Finding] = []
    planted = 0
    for at in range(0, len(found), AT_ONCE):
        part = found[at : at + AT_ONCE]
        answers = place.client.post("/scanned", {"found": [_sent(each) for each in part]})
        for each, answer in zip(part, answers["found"], strict=True):
            if answer["honeytoken"]:
                planted += 1
                show.note(f"{_where(each)} is the honeytoken {visible(answer['honeytoken'])}")
                continue
            left.append(each)
            if answer["secret"]:
                show.note(f"{_where(each)} is the kept secret {visible(answer['secret'])}: "
                          "see `clawband leak list`")  # fmt: skip
    if planted:
        show.note(f"{show.count(planted, 'honeytoken')} of ours left out")
    return left


def _sent(finding: Finding) -> dict[str, str]:
    where = f"{os.path.abspath(finding.path)}:{finding.line}"
    value = base64.b64encode(finding.value).decode()
    return {"base64": value, "where": where if not finding.commit else _where(finding)}


def _where(finding: Finding) -> str:
    commit = f" in {finding.commit.id[:12]}" if finding.commit else ""
    return f"{visible(finding.path)}:{finding.line}{commit}"
