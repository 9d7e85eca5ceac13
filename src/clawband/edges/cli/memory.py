"""`clawband memory`: what agents wrote into their files, and how to undo it."""

import difflib
from typing import Any

import click

from clawband.client.transport import part
from clawband.edges.cli import show
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible
from clawband.model.errors import InputError

ORIGINS = ("outside", "system", "person")


@click.group()
def memory() -> None:
    """What agents wrote into their files, and how to undo it."""


@memory.command()
@click.argument("path", required=False, default="")
@click.option("--agent", default="", help="Only this one, as GATEWAY/AGENT.")
@click.option("--waiting", is_flag=True, help="Only what is in quarantine.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@show.json_option()
@click.pass_obj
def log(place: Place, path: str, agent: str, waiting: bool, limit: int, as_json: bool) -> None:
    """Every version an agent wrote, newest first.

    PATH as the agent sees it, such as `MEMORY.md`.
    """
    told = place.client.get(
        "/places", file=path, agent=agent, waiting="1" if waiting else "", limit=limit
    )
    if as_json:
        show.data(told)
        return
    columns = ("id", "when", "agent", "file", "for", "origin", "by")
    rows = [
        (each["id"], show.clock(each["at"]), each["agent"], each["path"], each["quarantine"],
         ORIGINS[each["integrity"]], each["by"])
        for each in told["versions"]
    ]  # fmt: skip
    show.table(columns, rows, "nothing waits" if waiting else "no agent wrote anything")


@memory.command("show")
@click.argument("id")
@show.json_option()
@click.pass_obj
def show_(place: Place, id: str, as_json: bool) -> None:
    """The exact text of one version, and where it comes from."""
    told = place.client.get(f"/places/{part(id)}")
    if as_json:
        show.data(told)
        return
    for each in told["versions"]:
        sources = visible(", ".join(each["sources"]) or "nothing")
        meant = f", meant for {visible(each['quarantine'])}" if each["quarantine"] else ""
        show.note(f"{visible(each['path'])}{meant}; written with {visible(each['by'])} for "
                  f"{visible(each['who'] or 'nobody')}, out of {sources}")  # fmt: skip
        show.line(visible(_text(each), lines=True))


@memory.command()
@click.argument("a")
@click.argument("b")
@click.pass_obj
def diff(place: Place, a: str, b: str) -> None:
    """What changed from version A to version B."""
    older, newer = (place.client.get(f"/places/{part(each)}")["versions"] for each in (a, b))
    for before, after in _pairs(older, newer, a, b):
        lines = difflib.unified_diff(
            _text(before).splitlines(), _text(after).splitlines(), before["id"], after["id"],
            lineterm="",
        )  # fmt: skip
        for line in lines:
            show.line(visible(line))


@memory.command()
@click.argument("id")
@click.pass_obj
@show.answers
def revert(place: Place, id: str) -> None:
    """Put back what was there before this write.

    What was written to the file since goes too. This can be reverted like any other write.
    """
    _act(place, id, "revert")


@memory.command()
@click.argument("id")
@click.pass_obj
@show.answers
def release(place: Place, id: str) -> None:
    """Put quarantined content where it was meant to go.

    You stand for it from then on: every session of the agent is told what it says. Read it first
    with `clawband memory show ID`.
    """
    _act(place, id, "release")


@memory.command()
@click.argument("id")
@click.pass_obj
@show.answers
def discard(place: Place, id: str) -> None:
    """Throw quarantined content away; the record keeps it."""
    _act(place, id, "discard")


def _act(place: Place, id: str, verb: str) -> None:
    for each in place.client.post(f"/places/{part(id)}/{verb}")["done"]:
        show.line(visible(each["says"]))


def _text(each: dict[str, Any]) -> str:
    return str(each["text"] if each["text"] is not None else each["change"] or "")


def _pairs(
    older: list[dict[str, Any]], newer: list[dict[str, Any]], a: str, b: str
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The same file in both; of one file each, those, so that a proposal can be compared."""
    if len(older) == len(newer) == 1:
        return [(older[0], newer[0])]
    found = [(x, y) for x in older for y in newer if x["path"] == y["path"]]
    if not found:
        raise InputError(
            f"`{a[:40]}` and `{b[:40]}` have no file in common",
            remedy="name two versions of one file, as `clawband memory log PATH` lists them",
        )
    return found
