"""`clawband policy diff`, `replay`, `draft` and `history`: work on policy before it is in force."""

from pathlib import Path
from typing import Any

import click

from clawband.edges.cli import files, show
from clawband.edges.cli.place import Place
from clawband.edges.cli.tools import instant
from clawband.edges.cli.visible import short, visible

FOLDER = click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
WORKING = 300.0
"""Seconds for what reads thousands of decisions."""
WOULD = {"permit": "permit", "approval": "hold", "deny": "deny"}
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
@FOLDER
@click.option("--since", default="", metavar="AGE", help="Only the last hours or days: 12h, 7d.")
@click.option("--limit", default=1_000, help="The newest decisions (default: 1000).",
              type=click.IntRange(1, 10_000))  # fmt: skip
@show.json_option()
@click.pass_obj
def replay(place: Place, folder: Path | None, since: str, limit: int, as_json: bool) -> None:
    """Ask recorded decisions again under FOLDER: what would have changed?

    A decision counts only if the set of its time, asked the same way, answers as the record says.
    What cannot be asked again is counted by the reason.
    """
    texts = dict(files.policies(folder or place.settings.policies))
    body: dict[str, object] = {"files": texts, "limit": limit, **_since(since)}
    told = place.client.post("/policy/replay", body, seconds=WORKING)
    if as_json:
        show.data(told)
        return
    show.line(f"asked again: {told['asked']} decisions, answered as before: {told['same']}")
    rows = [
        (each["count"], WOULD[each["was"]], WOULD[each["now"]], each["agent"],
         f"{each['action']} {each['resource']}", "; ".join(each["because"]), each["decisions"][-1])
        for each in told["shifts"]
    ]  # fmt: skip
    columns = ("times", "was", "would be", "agent", "act", "because", "newest")
    show.table(columns, rows, "nothing would have changed")
    for because, count in told["gone"].items():
        show.note(f"not asked again: {count}, because {because}")


@click.command()
@click.option("--gateway", required=True, metavar="NAME", help="The gateway of the agent.")
@click.option("--agent", required=True, metavar="NAME", help="The agent, as the gateway names it.")
@click.option("--since", default="", metavar="AGE", help="Only the last hours or days: 12h, 7d.")
@click.option("--learn", is_flag=True, help="Draft what nothing permits too, where it was asked.")
@show.json_option()
@click.pass_obj
def draft(
    place: Place, gateway: str, agent: str, since: str, learn: bool, as_json: bool
) -> None:  # fmt: skip
    """Draft a manifest from what an agent was seen to do.

    Where a manifest binds the agent, the draft is that manifest without what was not used.
    """
    body: dict[str, object] = {"agent": f"{gateway}/{agent}", "learn": learn}
    told = place.client.post("/policy/draft", {**body, **_since(since)}, seconds=WORKING)
    if as_json:
        show.data(told)
        return
    show.line(visible(told["text"].rstrip("\n"), lines=True))
    if told["changes"] is None:
        show.note(f"other agents share its manifest; `{visible(told['file'])}` would be a new one")
    for each in told["changes"] or ():
        show.note(visible(f"permits {PERMITS[each['direction']]}: {each['says']}"))


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


def _since(age: str) -> dict[str, str]:
    return {"since": instant(age)} if age else {}


def words(place: Place, as_json: bool) -> None:
    """What each workflow may do, and within which bounds."""
    told = place.client.get("/policy/words")
    if as_json:
        show.data(told)
        return
    if not told["workflows"]:
        show.line("no workflow is in force")
    for each in told["workflows"]:
        show.line(visible(f"{each['name']}, of {each['owner']}: {each['purpose']}"))
        for sentence in (*each["may"], *each["bounds"]):
            show.line(visible(f"  {sentence}"))


def changes(found: list[dict[str, Any]], empty: str) -> None:
    """A row for each sentence, what permits more first."""
    rows = [(PERMITS[each["direction"]], each["says"]) for each in found]
    show.table(("permits", "what changes"), rows, empty)
