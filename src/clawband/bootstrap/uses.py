"""The credentials that Clawband uses itself, as its settings name them."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from clawband.flows.secret_flow import OwnUse
from clawband.model.secret import reference
from clawband.settings import Settings


def own_uses(settings: Settings) -> tuple[OwnUse, ...]:
    return tuple(_named(settings))


def _named(settings: Settings) -> Iterator[OwnUse]:
    for each in settings.providers:
        if each.key_file:
            host = urlsplit(each.url).hostname or each.url
            yield OwnUse(f"model provider {each.name}", _place(each.key_file), host)
    for gateway in settings.gateways:
        if gateway.token_file:
            key = f"control of the gateway {gateway.name}"
            yield OwnUse(key, _place(gateway.token_file), gateway.name)
    if settings.mail and settings.mail.password_file:
        yield OwnUse("mail", _place(settings.mail.password_file), settings.mail.host)
    if settings.openid and settings.openid.secret_file:
        host = urlsplit(settings.openid.issuer).hostname or settings.openid.issuer
        yield OwnUse("single sign-on", _place(settings.openid.secret_file), host)


def _place(named: str) -> str:
    secret = reference(named)
    return f"secret {secret}" if secret else f"file {Path(named).name}"
