"""`clawband pause` and `clawband resume`."""

import click

from clawband.edges.cli import show
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible
from clawband.model.control import ControlKind

KIND = click.Choice([str(kind) for kind in ControlKind])


@click.command()
@click.argument("kind", type=KIND, metavar="KIND")
@click.argument("name")
@click.option("--because", default="", help="The reason, which is recorded and shown.")
@click.pass_obj
@show.answers
def pause(place: Place, kind: str, name: str, because: str) -> None:
    """Stop something at once, until it is resumed.

    KIND is agent, tool, channel, skill, workflow or gateway; NAME as requests name it, such as
    `exec` or `sample/support`. From the next call on everything it does is refused, and turns
    that run are ended through the gateway.
    """
    told = place.client.post("/pause", {"kind": kind, "name": name, "reason": because})
    show.line(f"{show.colour('paused')} {visible(told['control']['id'])}")
    for session in told["aborted"]["sessions"]:
        show.line(f"ended the running turn of {visible(session)}")
    for failed in told["aborted"]["failed"]:
        show.note(f"not ended: {visible(failed)}; its next call is refused all the same")


@click.command()
@click.argument("kind", type=KIND, metavar="KIND")
@click.argument("name")
@click.pass_obj
@show.answers
def resume(place: Place, kind: str, name: str) -> None:
    """End a pause.

    KIND and NAME as `clawband status` shows them.
    """
    told = place.client.post("/resume", {"kind": kind, "name": name})
    show.line(f"resumed {visible(told['control']['id'])}")
