"""`clawband leak`: a leaked secret, from the report to the proof that its value is dead."""

import base64
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from clawband.client.transport import part
from clawband.edges.cli import show
from clawband.edges.cli.place import Place
from clawband.edges.cli.secret_write import read
from clawband.edges.cli.visible import visible
from clawband.model.errors import InputError
from clawband.model.leak import Step

TAKEN = [str(each) for each in Step if each is not Step.PROVE]
STEP = click.Choice(TAKEN)
FOLDERS = click.option(
    "--look", "folders", multiple=True, type=click.Path(path_type=Path),
    help="Look for copies there as well, on the server's machine.",
)  # fmt: skip


@click.group()
def leak() -> None:
    """Leaked secrets: from the report to the dead value."""


@leak.command("open")
@click.argument("secret", default="")
@click.option("--print", "print_", default="", metavar="HEX", help="The print of its value.")
@click.option("--value-from-stdin", is_flag=True, help="The value itself, on standard input.")
@click.option("--how", required=True, help="What is known of it, without the value.")
@FOLDERS
@click.option("--minutes", type=int, default=60, show_default=True, help="Until it is overdue.")
@click.pass_obj
@show.answers
def open_(
    place: Place, *, secret: str, print_: str, value_from_stdin: bool, how: str,
    folders: tuple[Path, ...], minutes: int,
) -> None:  # fmt: skip
    """Report that SECRET leaked. The log is reviewed, copies are looked for, people are told.

    Name it, or give its print or its value, which is compared and not kept.
    """
    if sum((bool(secret), bool(print_), value_from_stdin)) != 1:
        raise InputError("expected one of SECRET, --print and --value-from-stdin", remedy="say it")
    value = read(None, exact=False) if value_from_stdin else b""
    body = {"secret": secret, "print": print_, "base64": base64.b64encode(value).decode(),
            "how": how, "folders": _absolute(folders), "minutes": minutes}  # fmt: skip
    told = place.client.post("/leaks", body)["leak"]
    name = visible(told["id"])
    show.line(f"{name}: {visible(told['secret'])} leaked; due {show.clock(told['due'])}")
    show.note(f"stop lending it: clawband leak take {name} contain")
    show.note(f"replace it:      clawband leak take {name} rotate")


@leak.command("list")
@click.option("--all", "everything", is_flag=True, help="Also those that are closed.")
@show.json_option()
@click.pass_obj
def list_(place: Place, everything: bool, as_json: bool) -> None:
    """Every leak that is open, newest first."""
    found = place.client.get("/leaks")["leaks"]
    found = [each for each in found if everything or not each["closed"]]
    if as_json:
        show.data(found)
        return
    rows = [
        (each["id"], each["secret"], each["environment"], each["by"] or "seen by Clawband",
         show.clock(each["opened"]), _stand(each))
        for each in found
    ]  # fmt: skip
    show.table(("id", "secret", "environment", "by", "opened", "stands"), rows, "no leak is open")


@leak.command("show")
@click.argument("id")
@show.json_option()
@click.pass_obj
def show_(place: Place, id: str, as_json: bool) -> None:
    """One leak: each step with its owner, its time and what came of it."""
    told = place.client.get(f"/leaks/{part(id)}")["leak"]
    if as_json:
        show.data(told)
        return
    show.line(f"{visible(told['secret'])}: {visible(told['how'])}")
    show.line(f"opened {show.clock(told['opened'])}, {_stand(told)}")
    rows = [
        (each["step"], each["result"], each["owner"] or "Clawband", _after(told, each),
         each["says"] or "-")
        for each in told["steps"]
    ]  # fmt: skip
    show.table(("step", "result", "owner", "after", "what came of it"), rows, "")
    if told["copies"]:
        copies = [(each["where"], show.clock(each["seen"])) for each in told["copies"]]
        show.table(("copy", "seen"), copies, "")


@leak.command()
@click.argument("id")
@click.argument("step", type=STEP)
@FOLDERS
@click.pass_obj
@show.answers
def take(place: Place, *, id: str, step: str, folders: tuple[Path, ...]) -> None:
    """Have Clawband take STEP.

    contain: nobody is lent what leaked any more. rotate: begin its rotation, without overlap.
    notify, review, trace and copies are taken by themselves; this takes them again.
    """
    body = {"step": step, "folders": _absolute(folders)}
    _came(place.client.post(f"/leaks/{part(id)}/take", body)["leak"], step)


@leak.command()
@click.argument("id")
@click.argument("step", type=STEP)
@click.option("--says", required=True, help="What came of it.")
@click.option("--failed", is_flag=True, help="It did not succeed.")
@click.option("--evidence", multiple=True, help="Where that can be seen.")
@click.pass_obj
@show.answers
def mark(
    place: Place, *, id: str, step: str, says: str, failed: bool, evidence: tuple[str, ...]
) -> None:
    """Say what came of a STEP that you took by hand."""
    body = {"step": step, "says": says, "failed": failed, "evidence": list(evidence)}
    _came(place.client.post(f"/leaks/{part(id)}/mark", body)["leak"], step)


@leak.command()
@click.argument("id")
@click.argument("step", type=click.Choice([str(each) for each in Step]))
@click.argument("owner")
@click.pass_obj
@show.answers
def assign(place: Place, *, id: str, step: str, owner: str) -> None:
    """Have OWNER answer for STEP."""
    place.client.post(f"/leaks/{part(id)}/assign", {"step": step, "owner": owner})
    show.line(f"{visible(owner)} answers for {step}")


@leak.command()
@click.argument("id")
@click.option("--accept", default="", metavar="REASON",
              help="Close it although nobody saw the value dead.")  # fmt: skip
@click.pass_obj
@show.answers
def close(place: Place, *, id: str, accept: str) -> None:
    """Close a leak whose value was seen dead and whose steps are done."""
    told = place.client.post(f"/leaks/{part(id)}/close", {"accept": accept})["leak"]
    show.line(f"closed {visible(id)}: {'accepted' if told['accepted'] else 'the value is dead'}")


def _came(told: dict[str, Any], step: str) -> None:
    found = next(each for each in told["steps"] if each["step"] == step)
    show.line(f"{step} {found['result']}: {visible(found['says']) or 'begun'}")


def _stand(told: dict[str, Any]) -> str:
    if told["closed"]:
        how = "accepted" if told["accepted"] else "the value is dead"
        return f"closed by {visible(told['closed_by'])}: {how}"
    done = sum(each["result"] == "done" for each in told["steps"])
    left = _seconds(told["due"]) - datetime.now(UTC).timestamp()
    time = "overdue" if told["overdue"] else f"{max(0, int(left // 60))} minutes left"
    return f"{done} of {len(told['steps'])} steps, {time}"


def _after(told: dict[str, Any], step: dict[str, Any]) -> str:
    """Minutes from the opening to the end of a step."""
    if not step["ended"]:
        return "-"
    seconds = _seconds(step["ended"]) - _seconds(told["opened"])
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"


def _seconds(stamp: str) -> float:
    return datetime.fromisoformat(stamp).timestamp()


def _absolute(folders: tuple[Path, ...]) -> list[str]:
    return [str(each.absolute()) for each in folders]
