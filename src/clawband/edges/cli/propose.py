"""`clawband propose` and `clawband changes`: what takes two people."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from clawband.client.transport import part
from clawband.edges.cli import files, show
from clawband.edges.cli.place import Place
from clawband.edges.cli.role import ROLE, ROLES
from clawband.edges.cli.visible import short, visible

NOTE = click.option("--note", required=True, help="Why, for whoever must agree.")


@click.group()
def propose() -> None:
    """Propose a change that takes two people."""


@propose.command()
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@NOTE
@click.pass_obj
@show.answers
def publish(place: Place, folder: Path | None, note: str) -> None:
    """Put the policy of FOLDER in force, once somebody else agrees."""
    found = dict(files.policies(folder or place.settings.policies))
    _proposed(place, "publish", {"files": found, "note": note})


@propose.command()
@NOTE
@click.pass_obj
@show.answers
def rollback(place: Place, note: str) -> None:
    """Put the policy set before this one in force, once somebody else agrees."""
    _proposed(place, "rollback", {"note": note})


@propose.command()
@click.argument("name")
@click.option("--role", "roles", type=ROLE, multiple=True, required=True, metavar="ROLE",
              help=f"{ROLES}; repeatable.")  # fmt: skip
@click.option("--alias", "aliases", multiple=True, metavar="ID",
              help="Who this person is on a channel, as in telegram:4242.")  # fmt: skip
@NOTE
@click.pass_obj
@show.answers
def invite(
    place: Place, name: str, roles: tuple[str, ...], aliases: tuple[str, ...], note: str
) -> None:
    """Invite somebody; the link, shown now, is good once somebody else agreed."""
    body = {"name": name, "roles": roles, "aliases": aliases, "note": note}
    _proposed(place, "invite", body)


@propose.command()
@click.argument("name")
@NOTE
@click.pass_obj
@show.answers
def remove(place: Place, name: str, note: str) -> None:
    """Remove somebody's account, once somebody else agrees."""
    _proposed(place, "remove", {"name": name, "note": note})


@propose.command()
@click.argument("name")
@NOTE
@click.pass_obj
@show.answers
def recover(place: Place, name: str, note: str) -> None:
    """A new way into somebody's account; the link, shown now, is good once somebody else agreed.

    For somebody who lost every way in.
    """
    _proposed(place, "recover", {"name": name, "note": note})


@propose.command()
@click.argument("name")
@NOTE
@click.pass_obj
@show.answers
def unguard(place: Place, name: str, note: str) -> None:
    """Take a gateway out of guard, once somebody else agrees."""
    _proposed(place, "unguard", {"name": name, "note": note})


@click.group()
def changes() -> None:
    """Changes that wait for a second person."""


@changes.command("list")
@show.json_option()
@click.pass_obj
def list_(place: Place, as_json: bool) -> None:
    """What waits, and what became of earlier ones."""
    told = place.client.get("/changes")
    if as_json:
        show.data(told)
        return
    rows = [
        (each["id"], each["by"], _what(each), each["stage"], each["closed_by"] or "-",
         show.left(each["until"]) if each["open"] else "-", each["note"])
        for each in told["proposals"]
    ]  # fmt: skip
    columns = ("id", "proposed by", "what", "state", "closed by", "left", "note")
    show.table(columns, rows, "nothing is proposed")


@changes.command("show")
@click.argument("id")
@show.json_option()
@click.pass_obj
def show_(place: Place, id: str, as_json: bool) -> None:
    """Exactly what would happen, in words."""
    told = place.client.get(f"/changes/{part(id)}")
    if as_json:
        show.data(told)
        return
    _tell(told, show.line)


@changes.command()
@click.argument("id")
@click.pass_obj
@show.answers
def agree(place: Place, id: str) -> None:
    """Be the second person: it happens now, once, exactly as shown."""
    told = place.client.get(f"/changes/{part(id)}")
    _tell(told, show.note)
    place.client.post(f"/changes/{part(id)}/agree", {"digest": told["digest"]})
    show.line(f"done: {visible(id)}")


@changes.command()
@click.argument("id")
@click.option("--because", default="", help="The reason, which is recorded and shown.")
@click.pass_obj
@show.answers
def refuse(place: Place, id: str, because: str) -> None:
    """Say no; of your own proposal, withdraw it."""
    done = place.client.post(f"/changes/{part(id)}/refuse", {"note": because})
    show.line(f"{done['stage']}: {visible(id)}")


def _proposed(place: Place, what: str, body: dict[str, Any]) -> None:
    made = place.client.post(f"/changes/{what}", body)
    show.line(f"proposed: {made['id']}")
    if made.get("link"):
        show.line(f"link: {visible(made['link'])}")
        show.note("shown once, good for a day from the agreement; hand it to nobody but them")
    show.note(f"somebody else decides: clawband changes agree {made['id']}")


def _tell(told: dict[str, Any], say: Callable[[str], None]) -> None:
    say(visible(f"{told['by']} wants to {_what(told)}: {told['note']}"))
    for each in told["changes"]:
        say(visible(f"  {each['direction']}: {each['says']}"))
    if told["problem"]:
        say(visible(f"  what it changes cannot be told: {told['problem']}"))
    say(visible(f"  {told['digest']}"))


def _what(told: dict[str, Any]) -> str:
    content = told["content"]
    if told["what"] == "activate":
        return f"put {short(content['set'], 20)} in force"
    if told["what"] == "invite":
        also = f", known as {', '.join(content['aliases'])}" if content["aliases"] else ""
        return f"invite {content['name']} as {', '.join(content['roles'])}{also}"
    if told["what"] == "recover":
        return f"make a new way into the account {content['name']}"
    if told["what"] == "unguard":
        return f"take the gateway {content['name']} out of guard"
    return f"remove {content['name']}"
