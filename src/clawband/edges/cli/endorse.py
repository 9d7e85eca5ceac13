"""`clawband endorse`: vouch for a value, for a purpose and a time."""

from collections.abc import Sequence
from typing import Any

import click

from clawband.client.transport import part
from clawband.edges.cli import show
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import short, visible
from clawband.model.errors import InputError

MEANINGS = "recipient, url, path, id, account, amount, command, name, date, link, embed or source"


def life_option() -> show.Option:
    """`--hours`, the same wherever somebody vouches."""
    return click.option("--hours", type=click.FloatRange(0, min_open=True), default=8.0,
                        show_default=True, help="How long; at most 720.")  # fmt: skip


def purpose_option(required: bool) -> show.Option:
    return click.option("--purpose", default="", required=required,
                        help="What for, as whoever reviews it will want to know.")  # fmt: skip


@click.group()
def endorse() -> None:
    """Vouch for a value or a source, for a purpose and a time."""


@endorse.command()
@click.argument("values", nargs=-1)
@click.option("--decision", default="", metavar="ID",
              help="Vouch for what this held or refused decision lacks.")  # fmt: skip
@click.option("--for", "agent", default="", metavar="AGENT", help="Whose calls, as gateway/agent.")
@click.option("--as", "meaning", default="", metavar="MEANING", help=f"What it is: {MEANINGS}.")
@click.option("--session", default="", help="In which session; `*` for every one.")
@click.option("--tool", default="", help="In calls of which tool; `*` for every one.")
@purpose_option(required=True)
@life_option()
@click.pass_obj
@show.answers
def add(
    place: Place, /, values: tuple[str, ...], decision: str, hours: float, **given: str
) -> None:
    """Vouch for VALUES, or for what a decision lacks.

    Later calls of the agent with these values need no approval for them, in this session and with
    this tool, until it ends. Whatever else policy says still holds. With --decision the call that
    waits runs now. Who asked for it can never vouch for it; a source needs the role admin.
    """
    if bool(values) == bool(decision):
        raise InputError("expected either values or `--decision`", remedy="give one of them")
    body: dict[str, Any] = {"purpose": given["purpose"], "hours": hours}
    body |= {"decision": decision} if decision else {"values": values, **given}
    told = place.client.post("/endorsements", body)["endorsements"]
    for each in told:
        show.line(f"{visible(each['id'])}  {_sentence(each)}")
    show.note("end it with `clawband endorse revoke ID`")


@endorse.command("list")
@click.option("--all", "everything", is_flag=True, help="Also those that are over.")
@show.json_option()
@click.pass_obj
def list_(place: Place, everything: bool, as_json: bool) -> None:
    """What people vouch for, with when it was last used."""
    found = place.client.get("/endorsements")["endorsements"]
    found = [each for each in found if everything or each["holds"]]
    if as_json:
        show.data({"endorsements": found})
        return
    show.table(
        ("id", "value", "for", "by", "purpose", "ends", "used"),
        [_row(each) for each in found],
        "nobody vouches for anything",
    )


@endorse.command()
@click.argument("id")
@click.pass_obj
@show.answers
def revoke(place: Place, id: str) -> None:
    """End an endorsement at once."""
    ended = place.client.post(f"/endorsements/{part(id)}/revoke")["endorsement"]
    show.line(f"revoked {visible(ended['id'])}: from the next call on it counts for nothing")


def _sentence(told: dict[str, Any]) -> str:
    value = f"{visible(told['meaning'])} {visible(told['value'])}"
    return f"{value} for {_where(told)}, until {show.clock(told['expires'])}"


def _where(told: dict[str, Any]) -> str:
    tool = visible(told["tool"]) if told["tool"] else "every tool"
    session = "this session" if told["session"] else "every session"
    return f"{visible(told['agent'])} with {tool}, in {session}"


def _row(told: dict[str, Any]) -> Sequence[object]:
    ends = "revoked" if told["revoked"] else show.left(told["expires"])
    uses = f"{told['uses']}, last {show.clock(told['last'])}" if told["uses"] else "never"
    where = f"{told['agent']} {told['tool'] or '*'} {short(told['session'] or '*', 40)}"
    return (
        told["id"], f"{told['meaning']} {told['value']}", where, told["by"], told["purpose"], ends,
        uses,
    )  # fmt: skip
