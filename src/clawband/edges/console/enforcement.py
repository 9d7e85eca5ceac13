"""Enforcement: is every agent governed, and how is that known?"""

from dataclasses import dataclass

from starlette.responses import Response

from clawband.edges.console import commands, wording, words
from clawband.edges.console.visit import Visit
from clawband.edges.console.when import ago
from clawband.enforcement.canary import State
from clawband.flows.authority import require
from clawband.identity.roles import Act
from clawband.service.truth import Guarded

TONES = {
    State.GOVERNED: wording.Tone.PROVED,
    State.UNGOVERNED: wording.Tone.REFUSED,
    State.UNKNOWN: wording.Tone.WAITING,
    State.STOPPED: wording.Tone.PLAIN,
}
SAID = {
    State.GOVERNED: "governed",
    State.UNGOVERNED: "ungoverned",
    State.UNKNOWN: "not proved",
    State.STOPPED: "stopped",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A gateway and two sentences about it."""

    known: Guarded
    heard: str
    ledger: str


async def show(visit: Visit) -> Response:
    truth = await visit.service.truths.now(visit.me)
    return await visit.show(
        "enforcement.html",
        sentence=truth.sentence,
        gateways=[_shown(visit, each) for each in truth.gateways],
        findings=words.rows(truth.findings),
        seconds=int(truth.every.total_seconds()),
        tones=TONES,
        said=SAID,
        show_line=commands.line("enforcement"),
        prove_line=commands.line("enforcement", "--prove"),
    )


async def prove(visit: Visit) -> Response:
    """Canaries fly within a second; the page shows what they find."""
    require(visit.me, Act.STOP)
    visit.service.enforcement.hasten()
    return visit.done("/enforcement", "Canaries fly now. What they find is shown here.")


def _shown(visit: Visit, known: Guarded) -> Shown:
    versions = ", ".join(f"{key} {text}" for key, text in sorted(known.presence.versions.items()))
    seen = known.presence.seen
    alive = f"heartbeat {ago(seen, visit.now)}" if seen else "no heartbeat yet"
    heard = alive.capitalize() if known.alive else f"Silent, {alive}"
    loss = "A loss cuts its connections." if known.cut else "A loss only alerts."
    control = "" if known.control else " It has no control address, so no canary can fly."
    return Shown(
        known, f"{heard}. {versions or 'version unknown'}. {loss}{control}", _ledger(visit, known)
    )


def _ledger(visit: Visit, known: Guarded) -> str:
    looked = known.looked
    if looked is None:
        return "Its own ledger was not compared with ours yet."
    if looked.problem:
        return f"Its own ledger cannot be read: {looked.problem}."
    count = looked.differences
    differ = (
        "no difference" if not count else "1 difference" if count == 1 else f"{count} differences"
    )
    return f"Its own ledger was compared with ours {ago(looked.at, visit.now)}: {differ}."
