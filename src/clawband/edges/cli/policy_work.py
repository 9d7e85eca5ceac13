"""`clawband policy diff` and `history`: what a set would change, and what each one did change."""

from pathlib import Path
from typing import Any

import click

from clawband.edges.cli import files, show
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import short, visible

FOLDER = click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
PERMITS = {"more": "more", "less": "less", "other": "the same"}


@click.command()
@FOLDER
@show.json_option()
@click.pass_obj
def diff(place: Place, folder: Path | None, as_json: bool) -> None:
    """Say in plain words what publishing FOLDER would change."""
    texts = dict(files.policies(folder or place.settings.policies))
    told = place.client.post("/policy/diff", {"files": texts})
    if as_json:
        show.data(told)
        return
    changes(told["changes"], "nothing would change")


@click.command()
@click.option("--words", is_flag=True, help="What each set changed, in plain words.")
@show.json_option()
@click.pass_obj
def history(place: Place, words: bool, as_json: bool) -> None:
    """Which set was in force when, and who published it."""
    if words:
        _in_words(place.client.get("/policy/history")["history"], as_json)
        return
    past: list[dict[str, Any]] = place.client.get("/policy")["history"]
    if as_json:
        show.data(past)
        return
    rows = [
        (short(each["digest"], 20), show.clock(each["at"]), each["by"], each["note"] or "-")
        for each in past
    ]
    show.table(("set", "at", "by", "note"), rows, "no policy set was ever published")


def _in_words(past: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        show.data(past)
        return
    if not past:
        show.line("no policy set was ever published")
    for each in past:
        note = f": {each['note']}" if each["note"] else ""
        show.line(
            visible(f"{short(each['digest'], 20)} {show.clock(each['at'])} {each['by']}{note}")
        )
        if each["problem"]:
            show.line(visible(f"  what it changed cannot be told: {each['problem']}"))
        else:
            changes(each["changes"], "  it changed nothing")


def changes(found: list[dict[str, Any]], empty: str) -> None:
    """A row for each sentence, what permits more first."""
    rows = [(PERMITS[each["direction"]], each["says"]) for each in found]
    show.table(("permits", "what changes"), rows, empty)
