"""`clawband delegate`: somebody decides approvals while you are away."""

from datetime import UTC, datetime

import click

from clawband.client.transport import part
from clawband.edges.cli import show
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible

WHEN = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"])


@click.group()
def delegate() -> None:
    """Who decides approvals while somebody is away."""


@delegate.command("list")
@show.json_option()
@click.pass_obj
def list_(place: Place, as_json: bool) -> None:
    """Who stands in for whom, now and soon."""
    told = place.client.get("/delegations")
    if as_json:
        show.data(told)
        return
    rows = [
        (each["giver"], each["to"], show.clock(each["start"]), show.clock(each["until"]),
         "yes" if each["holds"] else "not yet", each["purpose"])
        for each in told["delegations"]
    ]  # fmt: skip
    columns = ("away", "decides", "from", "until", "holds", "why")
    show.table(columns, rows, "nobody stands in for anybody")


@delegate.command()
@click.argument("name")
@click.option("--until", required=True, type=WHEN, metavar="WHEN",
              help="The end, as in 2026-12-24 or 2026-12-24T09:00, UTC.")  # fmt: skip
@click.option("--from", "start", type=WHEN, metavar="WHEN", help="The beginning; now if left out.")
@click.option("--because", "purpose", required=True, help="Why, for whoever reads the log.")
@click.pass_obj
@show.answers
def to(place: Place, name: str, until: datetime, start: datetime | None, purpose: str) -> None:
    """Let NAME decide approvals for you.

    They decide with your roles, for 30 days at most, and never what you or they asked for. You
    and they count as one person.
    """
    body = {"to": name, "until": _instant(until), "purpose": purpose}
    added = place.client.post(
        "/delegations", {**body, **({"start": _instant(start)} if start else {})}
    )
    day = show.clock(added["until"])
    show.line(f"{visible(added['to'])} decides approvals for you until {day}")


@delegate.command()
@click.argument("giver")
@click.pass_obj
@show.answers
def end(place: Place, giver: str) -> None:
    """End at once what GIVER gave."""
    place.client.delete(f"/delegations/{part(giver)}")
    show.line(f"ended: nobody decides for {visible(giver)}")


def _instant(when: datetime) -> str:
    return when.replace(tzinfo=UTC).isoformat()
