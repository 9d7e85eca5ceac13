"""`clawband serve`: the server in the foreground."""

import json
from dataclasses import replace

import click

from clawband.edges.cli.place import Place
from clawband.settings import GatewaySettings


@click.command()
@click.option("--leashed", is_flag=True, hidden=True)
@click.option("--guard", default="", hidden=True)
@click.pass_obj
def serve(place: Place, leashed: bool, guard: str) -> None:
    """Run the server in the foreground.

    State, port and gateways are in clawband.toml. The first start makes two operators and prints
    their passwords, once.
    """
    settings = place.settings
    if guard:  # a gateway that `clawband up` brings with it
        brought = GatewaySettings(**json.loads(guard))
        settings = replace(settings, gateways=(*settings.gateways, brought))
    place.local.serve(settings, leashed=leashed)
