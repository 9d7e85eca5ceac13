"""`clawband sso`: who signs in with the provider, and `clawband trade` for programs."""

import sys
from pathlib import Path

import click

from clawband.client import Client
from clawband.client.transport import part
from clawband.edges.cli import show
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible
from clawband.model.errors import InputError

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
TOKEN = "urn:ietf:params:oauth:token-type:jwt"  # noqa: S105 - the name of a kind of token
MAX_TOKEN = 16_384


@click.group()
def sso() -> None:
    """Accounts that sign in with the provider of `[openid]`."""


@sso.command("list")
@show.json_option()
@click.pass_obj
def listed(place: Place, as_json: bool) -> None:
    """List them."""
    told = place.client.get("/sso")
    if as_json:
        show.data(told)
        return
    rows = [
        (each["name"], each["subject"], each["issuer"],
         "by groups" if each["managed"] else "given here")
        for each in told["links"]
    ]  # fmt: skip
    show.table(("account", "subject", "issuer", "roles"), rows, "nobody has signed in with it yet")


@sso.command()
@click.argument("name")
@click.pass_obj
@show.answers
def forget(place: Place, name: str) -> None:
    """Disconnect an account from whom it belongs to at the provider.

    The next sign-in of that person makes them an account of their own.
    """
    place.client.delete(f"/sso/{part(name)}")
    show.line(f"{visible(name)} is connected to nobody now")


@click.command()
@click.option(
    "--token-file",
    type=click.Path(path_type=Path),
    help="A file with it; otherwise standard input.",
)
@click.option("--scope", default="", help="Fewer acts than the rule gives, with spaces between.")
@show.json_option()
@click.pass_obj
def trade(place: Place, token_file: Path | None, scope: str, as_json: bool) -> None:
    """Sign in as a workload, with the token of a CI job.

    It is traded for a credential that lives for minutes. The token is read, never taken from the
    command line, where other users could read it.
    """
    given = Client(place.url).form(
        "/token",
        {
            "grant_type": GRANT,
            "subject_token_type": TOKEN,
            "subject_token": _read(token_file),
            **({"scope": scope} if scope else {}),
        },
    )
    token = given["access_token"]
    place.remember(Client(place.url, token).get("/session")["operator"]["name"], token)
    if as_json:
        show.data({key: given[key] for key in ("scope", "expires_in")})
    else:
        acts, minutes = given["scope"], given["expires_in"] // 60
        show.line(f"signed in as a workload that may {visible(acts)}, for {minutes} minutes")


def _read(file: Path | None) -> str:
    try:
        text = file.read_text("ascii") if file else sys.stdin.read(MAX_TOKEN)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"the token cannot be read: {type(error).__name__}", remedy="name a file that holds it"
        ) from error
    return text.strip()
