"""`clawband notices`: what you are told by mail, and where."""

from typing import Any

import click

from clawband.edges.cli import show
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible


@click.group()
def notices() -> None:
    """What you are told by mail, and where."""


@notices.command("show")
@show.json_option()
@click.pass_obj
def show_(place: Place, as_json: bool) -> None:
    """Where your mail goes, and about what."""
    _told(place.client.get("/notices"), as_json)


@notices.command()
@click.argument("address")
@click.pass_obj
@show.answers
def address(place: Place, address: str) -> None:
    """Send a link to ADDRESS; until you confirm it, nothing changes."""
    told = place.client.post("/notices/address", {"address": address})
    show.line(f"a link is on its way to {visible(told['unconfirmed'])}")
    show.note("open it, or give it to `clawband notices confirm`")


@notices.command()
@click.argument("link")
@click.pass_obj
@show.answers
def confirm(place: Place, link: str) -> None:
    """Confirm the address that LINK was sent to; its last part is enough."""
    token = link.strip().rstrip("/").rpartition("/")[2]
    told = place.client.post("/notices/address/confirm", {"token": token})
    show.line(f"your notices go to {visible(told['address'])} from now on")


@notices.command()
@click.argument("topics", nargs=-1, metavar="[TOPIC]...")
@show.json_option()
@click.pass_obj
def choose(place: Place, topics: tuple[str, ...], as_json: bool) -> None:
    """Be told about these TOPICs only; name none for none."""
    _told(place.client.post("/notices/topics", {"topics": list(topics)}), as_json)


@notices.command()
@click.pass_obj
@show.answers
def forget(place: Place) -> None:
    """Get no mail any more; the address is forgotten."""
    place.client.delete("/notices/address")
    show.line("forgotten: you get no mail any more")


def _told(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        show.data(told)
        return
    rows = [(each["topic"], "yes" if each["wanted"] else "no", each["about"])
            for each in told["topics"]]  # fmt: skip
    show.table(("topic", "wanted", "about"), rows, "")
    if told["unconfirmed"]:
        show.note(f"{visible(told['unconfirmed'])} is not confirmed yet: open the link in it")
    if told["address"]:
        show.note(f"they go to {visible(told['address'])}")
    else:
        show.note("you get no mail" if told["sent"] else "no mail is sent here")
