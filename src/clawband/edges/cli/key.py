"""`clawband key`: the keys of service accounts."""

from collections.abc import Sequence
from typing import Any

import click

from clawband.client.transport import part
from clawband.edges.cli import show
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible
from clawband.model.environments import ENVIRONMENTS


@click.group()
def key() -> None:
    """Keys of service accounts: scoped, told once, ending."""


@key.command("list")
@show.json_option()
@click.pass_obj
def list_(place: Place, as_json: bool) -> None:
    """Every key, with its last use and what is doubtful about it."""
    accounts = place.client.get("/accounts")["accounts"]
    found = [each for account in accounts for each in account["keys"]]
    if as_json:
        show.data({"keys": found})
        return
    show.table(
        ("id", "account", "may", "ends", "used", "look at"),
        [_row(each) for each in found],
        "there is none",
    )


@key.command()
@click.argument("account")
@click.option("--may", "acts", multiple=True, required=True, metavar="ACT",
              help="look, read-payload, stop, revoke, publish or export; repeatable.")  # fmt: skip
@click.option("--days", type=int, default=90, show_default=True, help="How long it lives.")
@click.option("--environment", type=click.Choice(ENVIRONMENTS),
              help="Where it opens; without it everywhere.")  # fmt: skip
@show.json_option()
@click.pass_obj
def add(
    place: Place, account: str, acts: tuple[str, ...], days: int, environment: str | None,
    *, as_json: bool,
) -> None:  # fmt: skip
    """Make a key for ACCOUNT. It is told once.

    It opens the API as a bearer token; this command line reads it from CLAWBAND_TOKEN. What is kept
    for people, such as approving and administering, is in no key.
    """
    body = {"acts": acts, "days": days, "environment": environment or ""}
    told = place.client.post(f"/accounts/{part(account)}/keys", body)
    _told(told, as_json)


@key.command()
@click.argument("id")
@click.option("--hours", type=float, default=24.0, show_default=True,
              help="How long the old one still opens.")  # fmt: skip
@show.json_option()
@click.pass_obj
def rotate(place: Place, id: str, hours: float, as_json: bool) -> None:
    """Make a key like this one. Both open for a while."""
    told = place.client.post(f"/keys/{part(id)}/rotate", {"hours": hours})
    _told(told, as_json)


@key.command()
@click.argument("id")
@click.pass_obj
@show.answers
def revoke(place: Place, id: str) -> None:
    """End a key at once."""
    place.client.delete(f"/keys/{part(id)}")
    show.line(f"revoked {visible(id)}: it opens nothing any more")


def _told(told: dict[str, Any], as_json: bool) -> None:
    """The key alone on standard output, so that it can be piped to where it belongs."""
    if as_json:
        show.data(told)
        return
    show.line(visible(told["key"]))
    show.note(visible(f"shown once; {told['account']} may {_may(told)} with it"))
    show.note(
        visible(
            f"it ends {show.clock(told['expires'])}; end it with `clawband key revoke {told['id']}`"
        )
    )


def _may(told: dict[str, Any]) -> str:
    where = f" in {told['environment']}" if told["environment"] else ""
    return ", ".join(told["acts"]) + where


def _row(told: dict[str, Any]) -> Sequence[object]:
    ends = show.left(told["expires"]) + (", replaced" if told["replaced"] else "")
    return (
        told["id"], told["account"], _may(told), ends, show.clock(told["used"]),
        "; ".join(told["doubts"]) or "-",
    )  # fmt: skip
