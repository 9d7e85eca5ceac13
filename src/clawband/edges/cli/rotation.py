"""`clawband rotate` and `clawband rotation`: another value for a secret, and proof of the end of
the old one."""

import time
from typing import Any

import click

from clawband.client.transport import part
from clawband.edges.cli import show
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible

LOOK_SECONDS = 0.3
FAILED = 6
Told = dict[str, Any]


@click.command()
@click.argument("name")
@click.option("--rehearse", is_flag=True,
              help="With a value that nobody is given and that is ended again.")  # fmt: skip
@click.option("--at-once", is_flag=True, help="Without overlap: the old value leaked.")
@click.option("--no-wait", is_flag=True, help="Begin it, and do not look on.")
@show.json_option()
@click.pass_obj
def rotate(place: Place, /, name: str, no_wait: bool, as_json: bool, **said: bool) -> None:
    """Exchange the value of a secret, and prove the old one dead.

    NAME is the secret's; its plan says how it is done.
    Goes on by itself, whatever becomes of this command: it looks on until the rotation has ended,
    waits for the end of the overlap, or cannot get on (exit code 6).
    """
    now_is = place.client.post("/rotations", {"secret": name, **said})["rotation"]
    if not no_wait:
        now_is = _looked_on(place, now_is, quiet=as_json)
    if as_json:
        show.data(now_is)
    else:
        _say_end(now_is)
    _exit(now_is)


@click.group()
def rotation() -> None:
    """Rotations: under way, ended, and when the next is due."""


@rotation.command("list")
@show.json_option()
@click.pass_obj
def list_(place: Place, as_json: bool) -> None:
    """Every rotation, newest first."""
    found = place.client.get("/rotations")["rotations"]
    if as_json:
        show.data(found)
        return
    rows = [
        (each["id"], each["secret"], each["driver"], show.clock(each["begun"]),
         each["by"] or "the calendar", _stands(each))
        for each in found
    ]  # fmt: skip
    columns = ("id", "secret", "driver", "begun", "by", "stands")
    show.table(columns, rows, "nothing was rotated yet")


@rotation.command("show")
@click.argument("id")
@show.json_option()
@click.pass_obj
def show_(place: Place, id: str, as_json: bool) -> None:
    """One rotation: which step took how long, and what was seen."""
    told = place.client.get(f"/rotations/{part(id)}")["rotation"]
    if as_json:
        show.data(told)
        return
    show.line(f"{visible(told['secret'])}, {visible(told['driver'])}: {visible(_stands(told))}")
    if told["problem"]:
        show.line(f"cannot get on: {visible(told['problem'])} ({told['tries']} tries)")
    rows = [(each["step"], f"{each['seconds']:.3f} s", each["words"]) for each in told["steps"]]
    rows += [(each, "", "") for each in told["left"]]
    show.table(("step", "took", "seen"), rows, "no step was taken")


@rotation.command()
@click.argument("id")
@click.pass_obj
@show.answers
def resume(place: Place, id: str) -> None:
    """Try again now what did not succeed. An overlap is not cut short."""
    told = place.client.post(f"/rotations/{part(id)}/resume")["rotation"]
    show.line(f"{visible(id)} goes on at {visible(told['step'])}")


@rotation.command("roll-back")
@click.argument("id")
@click.option("--because", default="", help="Why, which is recorded.")
@click.pass_obj
@show.answers
def roll_back(place: Place, id: str, because: str) -> None:
    """Keep the old value and end the new one, while the old one is untouched."""
    place.client.post(f"/rotations/{part(id)}/roll-back", {"because": because})
    show.line(f"{visible(id)} goes back")


@rotation.command()
@click.option("--all", "everything", is_flag=True, help="Also secrets without a date.")
@show.json_option()
@click.pass_obj
def calendar(place: Place, everything: bool, as_json: bool) -> None:
    """When which secret is rotated, what is due first at the top."""
    found = [
        each for each in place.client.get("/rotation-calendar")["calendar"]
        if everything or each["due"]
    ]  # fmt: skip
    if as_json:
        show.data(found)
        return
    rows = [
        (each["secret"], each["environment"], each["owner"], each["driver"] or "-",
         _day(each["last"]), _day(each["due"]), each["problem"] or each["running"] or each["stand"])
        for each in found
    ]  # fmt: skip
    columns = ("secret", "environment", "owner", "driver", "last", "due", "stands")
    show.table(columns, rows, "no secret has a date; see `--every` of `clawband secret change`")


def _looked_on(place: Place, now_is: Told, *, quiet: bool) -> Told:
    """Until it has ended, waits or failed; each step is said when it is done."""
    said = 0
    while True:
        for each in now_is["steps"][said:]:
            if not quiet:
                words = visible(each["words"])
                show.line(f"{visible(each['step']):<8} {each['seconds']:>8.3f} s  {words}")
        said = len(now_is["steps"])
        waits = now_is["until"] and now_is["step"] == "overlap"
        if now_is["ended"] or now_is["problem"] or waits:
            return now_is
        time.sleep(LOOK_SECONDS)
        now_is = place.client.get(f"/rotations/{part(now_is['id'])}")["rotation"]


def _say_end(told: Told) -> None:
    show.line(f"{visible(told['id'])}: {visible(_stands(told))}")
    if told["problem"] and not told["ended"]:
        show.note(f"cannot get on: {visible(told['problem'])}")
        show.note(f"it is tried again; go back with `clawband rotation roll-back {told['id']}`")


def _exit(told: Told) -> None:
    if told["problem"] or told["outcome"] == "rolled back":
        click.get_current_context().exit(FAILED)


def _stands(told: Told) -> str:
    if told["ended"]:
        return f"{told['outcome']} at {show.clock(told['ended'])}"
    if told["step"] == "overlap" and told["until"] and not told["problem"]:
        return f"both values are alive until {show.clock(told['until'])}"
    way = "goes back" if told["back"] else "under way"
    return f"{way}, at {told['step']}{', and cannot get on' if told['problem'] else ''}"


def _day(stamp: str | None) -> str:
    return stamp[:10] if stamp else "-"
