"""`clawband serve`: the server in the foreground."""

import json
from dataclasses import replace

import click

from clawband.edges.cli.place import Place
from clawband.model.gateways import GatewaySettings
from clawband.model.providers import ProviderSettings


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
        brought = json.loads(guard)
        settings = replace(
            settings,
            gateways=(*settings.gateways, GatewaySettings(**brought["gateway"])),
            names={**settings.names, **brought["names"]},
            providers=(*settings.providers, ProviderSettings(**brought["model"])),
        )
    place.local.serve(settings, leashed=leashed)
