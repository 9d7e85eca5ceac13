"""`clawband chat`: the chats from which you decide approvals."""

import click

from clawband.client.transport import part
from clawband.edges.cli import show
from clawband.edges.cli.place import Place
from clawband.edges.cli.sign_in import renewed
from clawband.edges.cli.visible import visible


@click.group()
def chat() -> None:
    """The chats from which you decide approvals."""


@chat.command("list")
@show.json_option()
@click.pass_obj
def list_(place: Place, as_json: bool) -> None:
    """Your chats, and those that wait for you to confirm them."""
    told = place.client.get("/chats")
    if as_json:
        show.data(told)
        return
    rows = [
        (each["id"], show.clock(each["linked"]) if each["linked"] else "confirm it",
         show.clock(each["claimed"]))
        for each in told["chats"]
    ]  # fmt: skip
    show.table(("chat", "linked", "code typed"), rows, "no chat is yours")


@chat.command()
@show.json_option()
@click.pass_obj
def link(place: Place, as_json: bool) -> None:
    """Show a code to type in a private chat with an agent.

    Within ten minutes; afterwards confirm the chat with `clawband chat confirm`.
    """
    told = place.client.post("/chats")
    if as_json:
        show.data(told)
        return
    show.line(f"/clawband link {told['code']}")
    show.note("type this in the chat, then see `clawband chat list`")


@chat.command()
@click.argument("chat")
@click.pass_obj
@show.answers
def confirm(place: Place, chat: str) -> None:
    """Say that it was you who typed the code in CHAT; everywhere else you are signed out."""
    renewed(place, place.client.post(f"/chats/{part(chat)}/confirm"))
    show.line(f"linked: {visible(chat)} decides approvals for you, where their workflow takes it")


@chat.command()
@click.argument("chat")
@click.pass_obj
@show.answers
def unlink(place: Place, chat: str) -> None:
    """CHAT decides nothing any more, at once."""
    place.client.delete(f"/chats/{part(chat)}")
    show.line(f"unlinked: {visible(chat)}")
