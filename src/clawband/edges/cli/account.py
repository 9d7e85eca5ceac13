"""`clawband account`: service accounts, and who answers for each."""

import click

from clawband.client.transport import part
from clawband.edges.cli import show
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible


@click.group()
def account() -> None:
    """Service accounts: programs that call the API."""


@account.command("list")
@show.json_option()
@click.pass_obj
def list_(place: Place, as_json: bool) -> None:
    """Every service account, with who answers for it."""
    told = place.client.get("/accounts")
    if as_json:
        show.data(told)
        return
    rows = [
        (each["name"], each["owner"] if each["owned"] else f"{each['owner']} (gone)",
         each["purpose"], str(sum(key["alive"] for key in each["keys"])), _last(each["keys"]))
        for each in told["accounts"]
    ]  # fmt: skip
    show.table(("name", "owner", "purpose", "keys", "used"), rows, "there is none")


@account.command()
@click.argument("name")
@click.option("--owner", required=True, metavar="OPERATOR", help="Who answers for it.")
@click.option("--purpose", required=True, help="What it is for.")
@click.pass_obj
@show.answers
def add(place: Place, name: str, owner: str, purpose: str) -> None:
    """Add a service account.

    It can do nothing until it has a key: `clawband key add`.
    """
    body = {"name": name, "owner": owner, "purpose": purpose}
    added = place.client.post("/accounts", body)["account"]
    show.line(visible(f"added {added['name']}; {added['owner']} answers for it"))


@account.command()
@click.argument("name")
@click.argument("owner")
@click.pass_obj
@show.answers
def give(place: Place, name: str, owner: str) -> None:
    """Have OWNER answer for it from now on.

    When its owner is no operator any more, its keys open nothing until somebody else is.
    """
    given = place.client.post(f"/accounts/{part(name)}/owner", {"owner": owner})["account"]
    show.line(visible(f"{given['owner']} answers for {given['name']} now"))


@account.command()
@click.argument("name")
@click.pass_obj
@show.answers
def remove(place: Place, name: str) -> None:
    """Remove it with all its keys, at once."""
    place.client.delete(f"/accounts/{part(name)}")
    show.line(f"removed {visible(name)} and its keys")


def _last(keys: list[dict[str, str]]) -> str:
    """When any of its keys was last used."""
    return show.clock(max((key["used"] or "" for key in keys), default=""))
