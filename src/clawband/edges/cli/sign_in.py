"""`clawband login`, `logout`, `whoami`."""

import click

from clawband.edges.cli import show
from clawband.edges.cli.client import Client
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible
from clawband.model.errors import AuthenticationError


@click.command()
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.pass_obj
def login(place: Place, name: str, password_stdin: bool) -> None:
    """Sign in to the server.

    The password is asked for, never taken from the command line, where other users could read it.
    """
    password = show.password("password", piped=password_stdin)
    given = Client(place.url).post("/session", {"name": name, "password": password})
    place.remember(name, given["token"])
    show.line(f"signed in as {_described(given['operator'])}")


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
        show.line(f"{_described(told['operator'])} at {place.url}")


def _described(operator: dict[str, list[str]]) -> str:
    return visible(f"{operator['name']} ({', '.join(operator['roles'])})")
