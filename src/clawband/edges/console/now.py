"""Now: is everything enforced, and does anything wait for me?"""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from starlette.responses import Response

from clawband.edges.console import activity, alarms, exposure, words
from clawband.edges.console.cards import cards, shares
from clawband.edges.console.duties import duties
from clawband.edges.console.troubles import Trouble, count
from clawband.edges.console.visit import Visit
from clawband.edges.console.when import ago
from clawband.model.deployment import Gateway
from clawband.model.event import Leaf, Tag
from clawband.ports.store import Query

LATELY: Final = timedelta(hours=24)
REFUSED_SHOWN: Final = 8
WAITING_SHOWN: Final = 5
_ODD: Final = frozenset(
    {Tag.GATEWAY_GAP, Tag.ENFORCEMENT_REFUSE, Tag.CALL_UNREPORTED, Tag.CLOCK_STEP}
)
_REFUSED: Final = frozenset({Tag.DECISION_DENY, Tag.REQUEST_REFUSE, Tag.APPROVAL_REFUSE})


async def show(visit: Visit) -> Response:
    since = visit.now - LATELY
    gateways = await asyncio.to_thread(visit.sees.gateways)
    waiting = await visit.pending()
    mine, _ = shares(waiting, visit)
    odd = await visit.sees.find(Query(tags=_ODD, since=since, limit=500))
    refused = await visit.sees.find(Query(tags=_REFUSED, since=since, limit=REFUSED_SHOWN))
    others = duties(visit)
    return await visit.show(
        "now.html",
        sentence=sentence(visit, gateways, (len(mine), len(waiting)), len(others)),
        duties=others,
        troubles=[
            *await alarms.troubles(visit),
            *_gateways(visit, gateways),
            *_system(visit),
            *await exposure.troubles(visit),
            *_mail(visit),
            *_odd(odd),
        ],
        paused=visit.sees.controls(),
        cards=cards(waiting[:WAITING_SHOWN], visit),
        more=max(0, len(waiting) - WAITING_SHOWN),
        refused=words.rows(refused),
        show_refused=activity.REFUSED,
    )


def sentence(
    visit: Visit, gateways: Sequence[Gateway], approvals: tuple[int, int], duties: int
) -> str:
    """The page in one breath; of the approvals that wait, those for who looks and all."""
    mine, waiting = approvals
    parts = [_enforced(visit, gateways)]
    if visit.service.policies.active is None:
        parts.append("No policy is in force, so everything is refused.")
    if mine or duties:
        what = [count(mine, "approval")] if mine else []
        what += [count(duties, "other decision" if mine else "decision")] if duties else []
        waits = "waits" if mine + duties == 1 else "wait"
        parts.append(f"{' and '.join(what)} {waits} for you.")
    elif waiting:
        some = count(waiting, "approval")
        parts.append(f"{some} {'waits' if waiting == 1 else 'wait'} for somebody else.")
    else:
        parts.append("Nothing waits for you.")
    return " ".join(parts)


def _enforced(visit: Visit, gateways: Sequence[Gateway]) -> str:
    alive = [each for each in gateways if visit.service.gateways.alive(each.name)]
    beats = [beat for each in alive if (beat := _beat(visit, each))]
    if not gateways:
        return "No gateway is under guard yet."
    if lost := visit.ungoverned():
        return f"Enforcement is lost for {count(len(lost), 'agent')}."
    if len(alive) < len(gateways):
        return f"Enforcement is not proved on {len(gateways) - len(alive)} of " + (
            f"{count(len(gateways), 'gateway')}."
        )
    if len(gateways) == 1:
        return f"1 gateway, enforcement alive (heartbeat {ago(beats[0], visit.now)})."
    oldest = ago(min(beats), visit.now)
    return f"{len(gateways)} gateways, enforcement alive on all (heartbeats within {oldest})."


def _gateways(visit: Visit, gateways: Sequence[Gateway]) -> Iterator[Trouble]:
    for gateway in gateways:
        if visit.service.gateways.alive(gateway.name):
            continue
        beat = _beat(visit, gateway)
        heard = f"last heard of {ago(beat, visit.now)}" if beat else "not heard of since our start"
        yield Trouble(
            title=f"The gateway `{gateway.name}` is silent",
            detail=f"It was {heard}. What its plugin cannot ask, it blocks.",
            remedy="see whether the gateway runs, and whether its plugin reaches this server",
            href=activity.address(gateway.name, activity.GATEWAYS),
            look="what it last did",
        )


def _system(visit: Visit) -> Iterator[Trouble]:
    policies, log = visit.service.policies, visit.service.log
    if policies.problem:
        holds = "The active set stays in force." if policies.active else "Everything is refused."
        yield Trouble(
            title=f"Policy has a problem: {policies.problem}",
            detail=holds,
            remedy="publish a policy set that is whole",
            href="/policy",
            look="look at policy",
        )
    if log.problem:
        yield Trouble(
            title=f"The log is not being sealed: {log.problem}",
            detail="Decisions are still recorded, but nothing new can be proved.",
            remedy="find the damage with `clawband audit verify --store`",
        )


def _mail(visit: Visit) -> Iterator[Trouble]:
    notices = visit.service.notices
    if notices.problem:
        yield Trouble(
            title=f"No mail can be sent: {notices.problem}",
            detail="What waits is kept for a day, and nothing waits for it.",
            remedy="correct `[mail]` in `clawband.toml`, or look at the mail server",
        )
    # Who operates Clawband is for who sees the whole, and so is whose mail came back.
    if visit.sees.whole and (lost := notices.lost()):
        title = f"{count(len(lost), 'mail')} could not be delivered in the last 24 hours"
        yield Trouble(
            title=title,
            detail=f"The last one was for `{lost[0].to}`: {lost[0].why}.",
            remedy="have them look at their address, on `/me`",
            href=activity.address("notice:send"),
            look="look at what was sent",
        )


def _odd(leaves: Sequence[Leaf]) -> Iterator[Trouble]:
    by_tag: dict[Tag, list[Leaf]] = {}
    for leaf in leaves:
        by_tag.setdefault(leaf.event.tag, []).append(leaf)
    for tag, found in by_tag.items():
        title, detail, remedy = _ODD_WORDS[tag]
        many = sum(words.number(leaf.event.detail.get("count", 1)) for leaf in found)
        newest = found[0].event
        where = f" Last from `{newest.gateway}`." if newest.gateway else ""
        yield Trouble(
            title=title.format(count(many, _ODD_NOUNS[tag])),
            detail=detail + where,
            remedy=remedy,
            href=f"/events/{newest.id}",
            look="look at the last one",
        )


def _beat(visit: Visit, gateway: Gateway) -> datetime | None:
    presence = visit.service.gateways.presence.get(gateway.name)
    return presence.seen if presence else None


_ODD_NOUNS = {
    Tag.GATEWAY_GAP: "numbered event",
    Tag.ENFORCEMENT_REFUSE: "request",
    Tag.CALL_UNREPORTED: "call",
    Tag.CLOCK_STEP: "time",
}
_ODD_WORDS = {
    Tag.GATEWAY_GAP: (
        "{} never arrived in the last 24 hours",
        "Something asked or reported, and its message was lost or held back.",
        "compare with the gateway's own log around that time",
    ),
    Tag.ENFORCEMENT_REFUSE: (
        "The plugin blocked {} by itself in the last 24 hours",
        "It had no answer in time, so nothing happened.",
        "see whether this server was stopped or slow at that time",
    ),
    Tag.CALL_UNREPORTED: (
        "{} ran without asking in the last 24 hours",
        "A result came for a call that was never permitted.",
        "pause the agent, and look for a tool path that does not ask",
    ),
    Tag.CLOCK_STEP: (
        "The clock stepped back {} in the last 24 hours",
        "Our time was held until the clock caught up.",
        "see what sets this machine's clock",
    ),
}
