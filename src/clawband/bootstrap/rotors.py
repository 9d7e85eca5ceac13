"""The drivers of rotations, by the names that plans have for them."""

from collections.abc import Mapping
from pathlib import Path

from clawband.adapters.gateways.token import GatewayToken
from clawband.adapters.rotors.database import DatabaseRotor
from clawband.adapters.rotors.http import HttpRotor
from clawband.adapters.rotors.program import ProgramRotor
from clawband.adapters.rotors.requests import Requests
from clawband.adapters.rotors.webhook import WebhookRotor
from clawband.ports.rotor import Rotor
from clawband.settings import Settings


def rotors_of(settings: Settings) -> Mapping[str, Rotor]:
    given = settings.rotation
    requests = Requests(given.hosts, settings.authorities)
    return {
        "database": DatabaseRotor(settings.authorities),
        "gateway-token": GatewayToken(
            {(each.environment, each.name): each.url for each in settings.gateways if each.url}
        ),
        "http": HttpRotor(requests),
        "script": ProgramRotor(Path(given.programs) if given.programs else None, given.user),
        "webhook": WebhookRotor(requests),
    }
