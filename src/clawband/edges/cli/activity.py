"""`clawband activity` and `clawband walk`: what was decided and what happened."""

import json
from collections.abc import Iterator
from typing import Any

import click

from clawband.edges.cli import show
from clawband.edges.cli.place import Place
from clawband.edges.cli.stream import opened
from clawband.edges.cli.visible import short, visible

FILTERS = ("text", "outcome", "tag", "agent", "run", "session")
JOINS = {
    "run": "same run",
    "cause": "caused by it",
    "asked": "what you asked for",
    "session and time": "same session, nearest in time: OpenClaw gives no common id here",
}


@click.command()
@click.option("--text", default="", help="Part of an id, agent, requester, action or resource.")
@click.option("--outcome", default="", help="permit, deny, hold, ok, error and others.")
@click.option("--tag", default="", help="Kind of event, such as decision:deny.")
@click.option("--agent", default="", help="gateway/agent.")
@click.option("--run", default="", help="Id of a run.")
@click.option("--session", default="", help="Key of a session.")
@click.option("--limit", type=click.IntRange(1, 1000), default=30, show_default=True,
              help="How many, newest last.")  # fmt: skip
@click.option("--follow", is_flag=True, help="Go on and print what happens until Ctrl-C.")
@show.json_option()
@click.pass_obj
def activity(place: Place, /, limit: int, follow: bool, as_json: bool, **filters: str) -> None:
    """What was decided and what happened."""
    if not follow:
        _print(_found(place, limit, filters), as_json)
        return
    # The stream is opened first: what happens in between is in both, and shown once.
    with opened(place.client) as live:
        before = _found(place, limit, filters)
        _print(before, as_json)
        last = max((each["n"] for each in before), default=-1)
        for event in live:
            if event["n"] > last and _matches(event, filters):
                _print([event], as_json)


@click.command()
@click.argument("id")
@show.json_option()
@click.pass_obj
def walk(place: Place, id: str, as_json: bool) -> None:
    """From a message to its calls, results and reply, and back.

    ID of an event, decision, approval, run, call, message or session.
    """
    from urllib.parse import quote

    told = place.client.get(f"/walk/{quote(id)}")
    if as_json:
        show.data(told)
        return
    for text in tree(told):
        show.line(text)


def row(event: dict[str, Any]) -> str:
    """An event on one line."""
    where = visible(event["agent"] or event["gateway"] or event["who"] or "clawband")
    what = visible(" ".join(filter(None, (event["action"], _thing(event)))) or event["tag"])
    outcome = f"{short(event['outcome'], 10):<10}"
    said = _because(event)
    line = f"{show.clock(event['at'])}  {_painted(outcome)} {where:<18} {what}"
    return f"{line}  {visible(event['id'])}" + (f"\n{'':>21}{said}" if said else "")


def tree(walk: dict[str, Any]) -> Iterator[str]:
    """A walk as an indented tree: the conversation, its calls, and what belongs to each."""
    if walk["session"]:
        yield f"session {visible(walk['session'])}"
    yield f"run     {visible(walk['run'] or 'none: no turn of an agent belongs to it')}"
    yield ""
    known = {step["id"]: step for step in walk["steps"]}
    for step in walk["steps"]:
        indent = "   " * step["depth"] + ("└─ " if step["depth"] else "")
        mark = "▶ " if walk["asked"] in (step["id"], step["call"], step["message"]) else ""
        outcome = _painted(visible(step["outcome"] or "-"))
        yield f"{show.clock(step['at'])}  {indent}{mark}{_title(step)}  {outcome}"
        under = " " * (10 + len(indent))
        said = _because(step)
        if said:
            yield f"{under}{said}"
        yield f"{under}{visible(step['id'])}{_joined(step, known)}"


def _title(step: dict[str, Any]) -> str:
    titles = {
        "message:receive": f"message received from {step['who'] or 'somebody'}",
        "message:send": "message sent",
        "call:finish": f"call finished: {_thing(step)}",
        "run:finish": "turn finished",
        "approval:open": f"held for a person: {step['detail'].get('approval', '')}",
        "approval:grant": f"approved by {step['who']}",
        "approval:refuse": f"refused by {step['who']}",
        "approval:spend": f"approval used: {step['detail'].get('approval', '')}",
        "enforcement:refuse": f"the plugin refused by itself: {step['detail'].get('why', '')}",
    }
    actions = {
        "message:receive": f"may the agent hear {step['who'] or 'this'}?",
        "message:send": "may it reply?",
        "result:read": f"may the model see the result of {_thing(step)}?",
    }
    if step["tag"].startswith("decision:"):
        fallback = (
            f"may it {step['action'].partition(':')[2] or step['action']} with {_thing(step)}?"
        )
        return visible(actions.get(step["action"], fallback))
    return visible(titles.get(step["tag"], step["tag"]))


def _joined(step: dict[str, Any], known: dict[str, Any]) -> str:
    if step["joined"] == "cause" and step["cause"] in known:
        return f"  (caused by {visible(step['cause'])})"
    return f"  ({JOINS.get(step['joined'], visible(step['joined']))})"


def _thing(event: dict[str, Any]) -> str:
    return str(event["resource"]).partition("::")[2] or str(event["resource"])


def _because(event: dict[str, Any]) -> str:
    detail = event["detail"]
    if event["outcome"] not in ("deny", "hold", "refused"):
        return ""
    said = detail.get("because") or [detail.get("problem") or detail.get("why") or ""]
    text = "; ".join(str(each) for each in said if each)
    remedy = detail.get("remedy")
    return visible(f"{text} ({remedy})" if remedy and text else text)


def _painted(padded: str) -> str:
    return click.style(padded, fg=show.VERDICTS.get(padded.strip()))


def _found(place: Place, limit: int, filters: dict[str, str]) -> list[dict[str, Any]]:
    told = place.client.get("/events", limit=limit, **filters)
    return list(reversed(told["events"]))


def _print(found: list[dict[str, Any]], as_json: bool) -> None:
    for event in found:
        show.line(json.dumps(event) if as_json else row(event))


def _matches(event: dict[str, Any], filters: dict[str, str]) -> bool:
    """As the server filters, for what arrives live."""
    exact = ("outcome", "tag", "agent", "run", "session")
    if any(filters[name] and event[name] != filters[name] for name in exact):
        return False
    fields = ("id", "who", "agent", "action", "resource", "outcome", "run", "call", "message")
    return not filters["text"] or any(filters["text"] in str(event[name]) for name in fields)
