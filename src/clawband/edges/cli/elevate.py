"""`clawband elevate`: a role for a while."""

from typing import Any

import click

from clawband.client.transport import part
from clawband.edges.cli import show
from clawband.edges.cli.place import Place
from clawband.edges.cli.role import ROLE
from clawband.edges.cli.visible import visible
from clawband.identity.elevation import MINUTES, USUAL


@click.group()
def elevate() -> None:
    """A role for a while, granted by somebody else."""


@elevate.command("list")
@show.json_option()
@click.pass_obj
def list_(place: Place, as_json: bool) -> None:
    """Everybody's newest: what waits and what holds come first."""
    told = place.client.get("/elevations")
    if as_json:
        show.data(told)
        return
    rows = [
        (each["id"], each["person"], each["role"], _state(each), show.left(each["until"])
         if each["open"] else "over", each["granted_by"] or "-", each["purpose"])
        for each in told["elevations"]
    ]  # fmt: skip
    columns = ("id", "person", "role", "state", "left", "granted by", "purpose")
    show.table(columns, rows, "nobody asked for a role")


@elevate.command()
@click.argument("role", type=ROLE, metavar="ROLE")
@click.option("--purpose", required=True, help="What it is needed for, for whoever decides.")
@click.option("--minutes", default=USUAL, show_default=True,
              type=click.IntRange(MINUTES[0], MINUTES[-1]),
              help="How long, from the grant on.")  # fmt: skip
@click.pass_obj
@show.answers
def ask(place: Place, role: str, purpose: str, minutes: int) -> None:
    """Ask for ROLE for a while.

    It can be of one environment, as in approver@production. Somebody else must grant it within a
    day. It ends by itself; what you do meanwhile is listed.
    """
    body = {"role": role, "purpose": purpose, "minutes": minutes}
    asked = place.client.post("/elevations", body)
    show.line(f"asked for {asked['role']}: {asked['id']}")
    show.note(f"somebody else decides: clawband elevate grant {asked['id']}")


@elevate.command()
@click.argument("id")
@click.pass_obj
@show.answers
def grant(place: Place, id: str) -> None:
    """Let somebody have the role, from now on."""
    granted = place.client.post(f"/elevations/{part(id)}/grant")
    person, until = visible(granted["person"]), show.clock(granted["until"])
    show.line(f"{person} has the role {granted['role']} until {until}")


@elevate.command()
@click.argument("id")
@click.option("--because", default="", help="The reason, which is recorded and shown.")
@click.pass_obj
@show.answers
def refuse(place: Place, id: str, because: str) -> None:
    """Say no to what somebody asked for."""
    place.client.post(f"/elevations/{part(id)}/refuse", {"note": because})
    show.line(f"refused {visible(id)}")


@elevate.command()
@click.argument("id")
@click.pass_obj
@show.answers
def end(place: Place, id: str) -> None:
    """Give a role back, or take it away, at once."""
    ended = place.client.post(f"/elevations/{part(id)}/end")
    show.line(f"ended: {visible(ended['person'])} no longer has the role {ended['role']}")


@elevate.command("show")
@click.argument("id")
@show.json_option()
@click.pass_obj
def show_(place: Place, id: str, as_json: bool) -> None:
    """What became of one, and what was done while it held."""
    told = place.client.get(f"/elevations/{part(id)}")
    if as_json:
        show.data(told)
        return
    first = told["events"][0]["detail"]
    purpose = visible(str(first.get("reason", "")))
    show.line(f"{visible(first['person'])}, {first['role']}, {first['minutes']} min: {purpose}")
    rows(told["events"], "")
    show.line()
    rows(told["acts"], "nothing was done under it")


def rows(leaves: list[dict[str, Any]], empty: str) -> None:
    rows = [
        (each["id"], show.clock(each["at"]), each["who"] or "-", each["tag"],
         each["resource"].partition("::")[2] or "-", each["outcome"])
        for each in leaves
    ]  # fmt: skip
    show.table(("id", "at", "who", "what", "on", "outcome"), rows, empty)


def _state(each: dict[str, Any]) -> str:
    over = each["stage"] in ("asked", "granted") and not each["open"]
    return "expired" if over else str(each["stage"])
