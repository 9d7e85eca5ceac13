"""`clawband walk`: from a message to its calls, results and reply, and back."""

from collections.abc import Iterator
from typing import Any

import click

from clawband.client.transport import part
from clawband.edges.cli import show, told
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible

JOINS = {
    "run": "same run",
    "cause": "caused by it",
    "asked": "what you asked for",
    "session and time": "~",
}
NEAREST = "~ joined by session and nearness in time: OpenClaw gives no common id there"


@click.command()
@click.argument("id")
@show.json_option()
@click.pass_obj
def walk(place: Place, id: str, as_json: bool) -> None:
    """From a message to its calls, results and reply, and back.

    ID of an event, decision, approval, run, call, message or session.
    """
    found = place.client.get(f"/walk/{part(id)}")
    if as_json:
        show.data(found)
        return
    for text in tree(found):
        show.line(text)


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
        outcome = told.painted(visible(step["outcome"] or "-"))
        yield f"{show.clock(step['at'])}  {indent}{mark}{told.title(step)}  {outcome}"
        under = " " * (10 + len(indent))
        said = told.because(step)
        if said:
            yield f"{under}{said}"
        yield f"{under}{visible(step['id'])}{_joined(step, known)}"
    if any(step["joined"] == "session and time" for step in walk["steps"]):
        yield f"\n{NEAREST}"


def _joined(step: dict[str, Any], known: dict[str, Any]) -> str:
    if step["joined"] == "cause" and step["cause"] in known:
        return f"  (caused by {visible(step['cause'])})"
    return f"  ({JOINS.get(step['joined'], visible(step['joined']))})"
