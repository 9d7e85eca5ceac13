"""`clawband login`, `prove`, `logout`, `whoami`, `sessions`: being signed in here."""

from collections.abc import Sequence
from typing import Any

import click

from clawband.client import Client
from clawband.client.transport import part
from clawband.edges.cli import show
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible
from clawband.model.errors import AuthenticationError, SecondFactorNeededError

CODE = "code of your device, or a recovery code"


@click.command()
@click.argument("name", required=False, default="")
@click.option("--browser", is_flag=True, help="In a browser, also with NAME.")
@click.option("--password-stdin", is_flag=True,
              help="Read the password from standard input, then the code.")  # fmt: skip
@click.pass_obj
def login(place: Place, name: str, browser: bool, password_stdin: bool) -> None:
    """Sign in to the server.

    Without NAME you are shown an address and a code: open it in a browser where you are signed in,
    or sign in there with your passkey, and type the code. With NAME your password is asked for,
    never taken from the command line, where other users could read it, and a code if you have a
    second factor.
    """
    if browser or not name:
        server = Client(place.url)
        who = server.sign_in_by_browser(_shown, name)
        place.remember(who.name, server.token)
        show.line(f"signed in as {_described(who.name, who.roles)}")
        return
    body = {"name": name, "password": show.password("password", piped=password_stdin)}
    server = Client(place.url)
    try:
        given = server.post("/session", body)
    except SecondFactorNeededError:
        given = server.post("/session", {**body, "code": show.password(CODE, piped=password_stdin)})
    place.remember(name, given["token"])
    operator = given["operator"]
    show.line(f"signed in as {_described(operator['name'], operator['roles'])}")


@click.command()
@click.option("--code-stdin", is_flag=True, help="Read the code from standard input.")
@click.pass_obj
@show.answers
def prove(place: Place, code_stdin: bool) -> None:
    """Show your second factor again.

    What changes who is trusted asks for it when it was not shown in the last five minutes.
    """
    given = place.client.post("/session/prove", {"code": show.password(CODE, piped=code_stdin)})
    renewed(place, given)
    show.line("your second factor was shown")


@click.command()
@click.pass_obj
def logout(place: Place) -> None:
    """End this sign-in."""
    if not place.token:
        show.line("nobody is signed in here")
        return
    try:
        place.client.delete("/session")
    except AuthenticationError:
        pass  # it was over already, which is what was asked for
    place.forget()
    show.line("signed out")


@click.command()
@show.json_option()
@click.pass_obj
def whoami(place: Place, as_json: bool) -> None:
    """Who is signed in, with which roles."""
    told = place.client.get("/session")
    if as_json:
        show.data(told)
    else:
        operator = told["operator"]
        show.line(f"{_described(operator['name'], operator['roles'])} at {place.url}")


@click.group()
def sessions() -> None:
    """Where you are signed in."""


@sessions.command("list")
@show.json_option()
@click.pass_obj
def list_(place: Place, as_json: bool) -> None:
    """Your sign-ins, newest first."""
    told = place.client.get("/sessions")
    if as_json:
        show.data(told)
        return
    rows = [
        (each["id"][:12], show.clock(each["opened"]), show.clock(each["used"]), each["method"],
         each["address"] or "-", _where(each), _odd(each))
        for each in told["sessions"]
    ]  # fmt: skip
    columns = ("id", "since", "last used", "by", "from", "with", "")
    show.table(columns, rows, "nowhere that is remembered")


@sessions.command()
@click.argument("id", required=False, default="")
@click.option("--others", is_flag=True, help="All but this one.")
@click.pass_obj
@show.answers
def end(place: Place, id: str, others: bool) -> None:
    """End one of your sign-ins, by the first characters of its ID."""
    if bool(id) is others:
        raise click.UsageError("expected one of ID and --others")
    if others:
        place.client.delete("/sessions")
        show.line("signed out everywhere else")
        return
    known = [each["id"] for each in place.client.get("/sessions")["sessions"]]
    found = [each for each in known if each.startswith(id)]
    place.client.delete(f"/sessions/{part(found[0] if len(found) == 1 else id)}")
    show.line("signed out there")


def _shown(address: str, code: str) -> None:
    show.note(f"open {visible(address)} and type {visible(code)}, within ten minutes")


def renewed(place: Place, given: dict[str, Any]) -> None:
    """Keep the token that took the place of the one we had."""
    name = given["operator"]["name"]
    place.remember(name, given["token"], current=not place.who)


def _where(each: dict[str, Any]) -> str:
    if each["current"]:
        return "this terminal"
    return "a terminal" if each["terminal"] else visible(each["agent"])[:40] or "-"


def _odd(each: dict[str, Any]) -> str:
    if each["terminal"]:
        return ""
    return "new device" if each["new_device"] else "new address" if each["new_address"] else ""


def _described(name: str, roles: Sequence[str]) -> str:
    return visible(f"{name} ({', '.join(roles) or 'no role'})")
