"""`clawband operator`: the people who operate Clawband."""

from typing import Any

import click

from clawband.client.transport import part
from clawband.edges.cli import show
from clawband.edges.cli.place import Place
from clawband.edges.cli.role import ROLE, ROLES
from clawband.edges.cli.visible import visible
from clawband.model.errors import ConflictError


@click.group()
def operator() -> None:
    """The people who operate Clawband."""


@operator.command("list")
@show.json_option()
@click.pass_obj
def list_(place: Place, as_json: bool) -> None:
    """Everybody, with their roles."""
    told = place.client.get("/operators")
    if as_json:
        show.data(told)
        return
    rows = [
        (each["name"], ", ".join(each["roles"]), ", ".join(each["aliases"]) or "-",
         show.clock(each["added"]))
        for each in told["operators"]
    ]  # fmt: skip
    show.table(("name", "roles", "also known as", "added"), rows, "nobody")


@operator.command()
@click.argument("name")
@click.option("--role", "roles", type=ROLE, multiple=True, required=True, metavar="ROLE",
              help=f"{ROLES}; repeatable.")  # fmt: skip
@click.option("--alias", "aliases", multiple=True, metavar="ID",
              help="Who this person is on a channel, as in telegram:4242.")  # fmt: skip
@click.option("--replace", is_flag=True, help="Change the roles and password of a known one.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.pass_obj
@show.answers
def add(
    place: Place,
    name: str,
    roles: tuple[str, ...],
    aliases: tuple[str, ...],
    replace: bool,
    password_stdin: bool,
) -> None:
    """Add somebody."""
    known = {each["name"] for each in place.client.get("/operators")["operators"]}
    if name in known and not replace:
        raise ConflictError(
            f"`{visible(name)}` is an operator already",
            remedy="choose another name, or change this one with `--replace`",
        )
    asked = "their password, 12 characters or more"
    password = show.password(asked, piped=password_stdin, twice=True)
    body = {"name": name, "roles": roles, "aliases": aliases, "password": password}
    added = place.client.post("/operators", body)["operator"]
    show.line(visible(f"added {added['name']} ({', '.join(added['roles'])})"))


@operator.command()
@click.argument("name")
@click.option("--role", "roles", type=ROLE, multiple=True, metavar="ROLE",
              help="As for `add`.")  # fmt: skip
@click.option("--alias", "aliases", multiple=True, metavar="ID",
              help="Who this person is on a channel, as in telegram:4242.")  # fmt: skip
@click.option("--mail", default="", metavar="ADDRESS", help="Where to send the link, too.")
@show.json_option()
@click.pass_obj
def invite(
    place: Place,
    name: str,
    roles: tuple[str, ...],
    aliases: tuple[str, ...],
    mail: str,
    as_json: bool,
) -> None:
    """Invite NAME by a link, good once within 24 hours.

    They choose a passkey, or a password with a second factor.
    """
    body = {"name": name, "roles": roles, "aliases": aliases, **({"mail": mail} if mail else {})}
    _link(name, place.client.post("/invitations", body), as_json)


@operator.command()
@show.json_option()
@click.pass_obj
def invited(place: Place, as_json: bool) -> None:
    """Whose link waits to be followed."""
    told = place.client.get("/invitations")
    if as_json:
        show.data(told)
        return
    rows = [
        (each["name"], ", ".join(each["roles"]), each["by"], show.clock(each["expires"]))
        for each in told["invitations"]
    ]
    show.table(("name", "roles", "by", "until"), rows, "nobody is invited")


@operator.command()
@click.argument("name")
@click.pass_obj
@show.answers
def uninvite(place: Place, name: str) -> None:
    """End the link of NAME."""
    place.client.delete(f"/invitations/{part(name)}")
    show.line(f"the link of {visible(name)} is good no longer")


@operator.command()
@click.argument("name")
@click.pass_obj
@show.answers
def remove(place: Place, name: str) -> None:
    """Remove somebody and end their sign-ins."""
    place.client.delete(f"/operators/{part(name)}")
    show.line(f"removed {visible(name)}")


@operator.command()
@click.argument("name")
@click.option("--offline", is_flag=True,
              help="The server is stopped: a new password and the admin role.")  # fmt: skip
@show.json_option()
@click.pass_obj
def recover(place: Place, name: str, offline: bool, as_json: bool) -> None:
    """A new way in for NAME, who lost every old one: a link, good once within 24 hours.

    What they signed in with is replaced when it is followed. They are told meanwhile, and can end
    it. Where others administer too, it takes two: `clawband propose recover`. When nobody can sign
    in any more, `--offline` needs the state folder alone. All of it is recorded.
    """
    if not offline:
        _link(name, place.client.post(f"/operators/{part(name)}/recover"), as_json)
        return
    account = place.local.recover(place.settings, name)
    show.line(f"{account.name} ({', '.join(account.roles)}): {account.password}")
    show.note("shown once; sign in with `clawband login`, and keep it where passwords belong")


def _link(name: str, told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        show.data(told)
        return
    show.line(told["link"])
    show.note(f"for {visible(name)} alone, until {show.clock(told['expires'])}, once")
