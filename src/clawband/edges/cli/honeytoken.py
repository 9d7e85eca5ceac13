"""`clawband honeytoken`: credentials that open nothing, so that each use is an alarm."""

import click

from clawband.client.transport import part
from clawband.edges.cli import show
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible
from clawband.labels.lures import KINDS
from clawband.model.environments import ENVIRONMENTS


@click.group()
def honeytoken() -> None:
    """Credentials that open nothing; a use is an alarm."""


@honeytoken.command()
@click.option("--kind", type=click.Choice(list(KINDS)), required=True, metavar="KIND",
              help=f"What it looks like: {', '.join(KINDS)}.")  # fmt: skip
@click.option("--where", required=True, metavar="TEXT",
              help="Where it is, for who reads the alarm.")  # fmt: skip
@click.option("--environment", type=click.Choice(ENVIRONMENTS), help="Where it belongs.")
@click.option("--gateway", default="", metavar="NAME", help="The gateway that it is planted in.")
@click.option("--agent", default="", metavar="NAME", help="Its agent, for --file.")
@click.option("--file", "path", default="", metavar="PATH",
              help="Write it there, in the agent's workspace.")  # fmt: skip
@click.option("--secret", default="", metavar="NAME",
              help="Also a secret of this name that no gateway should ask for.")  # fmt: skip
@click.pass_obj
@show.answers
def plant(
    place: Place, *, kind: str, where: str, environment: str | None, gateway: str, agent: str,
    path: str, secret: str,
) -> None:  # fmt: skip
    """Make one. With --file it is written, else it is printed this once, for you to put there."""
    body = {"kind": kind, "where": where, "environment": environment or "", "gateway": gateway,
            "agent": agent, "file": path, "secret": secret}  # fmt: skip
    told = place.client.post("/honeytokens", body)
    token = told["honeytoken"]
    if token["file"]:
        show.note(f"{visible(token['id'])} is in {visible(token['file'])} of {visible(agent)}")
        return
    show.note(f"{visible(token['id'])}; put this there:")
    show.line(visible(told["text"], lines=True))


@honeytoken.command("list")
@show.json_option()
@click.pass_obj
def list_(place: Place, as_json: bool) -> None:
    """Every one that is looked for, and when it was last used."""
    found = place.client.get("/honeytokens")["honeytokens"]
    if as_json:
        show.data(found)
        return
    rows = [
        (each["id"], each["kind"], each["where"], each["environment"] or "any", each["by"],
         show.clock(each["planted"]), _used(each["uses"]))
        for each in found
    ]  # fmt: skip
    columns = ("id", "kind", "where", "environment", "by", "planted", "used")
    show.table(columns, rows, "none is planted; see `clawband honeytoken plant --help`")


@honeytoken.command()
@click.argument("id")
@click.pass_obj
@show.answers
def remove(place: Place, id: str) -> None:
    """Take one away: its use is no alarm from then on."""
    place.client.delete(f"/honeytokens/{part(id)}")
    show.line(f"removed {visible(id)}")


def _used(uses: list[dict[str, str]]) -> str:
    return f"{show.clock(uses[0]['at'])} {uses[0]['source']}" if uses else "never"
