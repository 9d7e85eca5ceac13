"""`clawband activity`: what was decided and what happened, newest last."""

import json
from typing import Any

import click

from clawband.edges.cli import show, told
from clawband.edges.cli.place import Place


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
    with place.client.happening() as live:
        before = _found(place, limit, filters)
        _print(before, as_json)
        last = max((each["n"] for each in before), default=-1)
        for event in live:
            if event["n"] > last and _matches(event, filters):
                _print([event], as_json)


def _found(place: Place, limit: int, filters: dict[str, str]) -> list[dict[str, Any]]:
    answer = place.client.get("/events", limit=limit, **filters)
    return list(reversed(answer["events"]))


def _print(found: list[dict[str, Any]], as_json: bool) -> None:
    for event in found:
        show.line(json.dumps(event) if as_json else told.row(event))


def _matches(event: dict[str, Any], filters: dict[str, str]) -> bool:
    """As the server filters, for what arrives live."""
    exact = ("outcome", "tag", "agent", "run", "session")
    if any(filters[name] and event[name] != filters[name] for name in exact):
        return False
    fields = ("id", "who", "agent", "action", "resource", "outcome", "run", "call", "message")
    return not filters["text"] or any(filters["text"] in str(event[name]) for name in fields)
