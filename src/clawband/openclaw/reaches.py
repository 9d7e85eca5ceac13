"""What a gateway itself reaches by its configuration: model providers and channels.

Hosts of channels are those their own services document; a channel that is not listed here is named
without hosts, for a person to fill in.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from clawband.model.deployment import Standing

CHANNELS: Mapping[str, tuple[str, ...]] = {
    "telegram": ("api.telegram.org",),
    "slack": ("slack.com", "*.slack.com"),
    "discord": ("discord.com", "gateway.discord.gg", "*.discord.gg", "cdn.discordapp.com"),
    "whatsapp": ("web.whatsapp.com", "*.whatsapp.net"),
    "msteams": ("login.microsoftonline.com", "smba.trafficmanager.net", "graph.microsoft.com"),
    "googlechat": ("chat.googleapis.com", "oauth2.googleapis.com"),
    "line": ("api.line.me", "api-data.line.me"),
}
_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_ADDRESSES = ("apiRoot", "baseUrl", "serverUrl", "url", "homeserver")


def standing(config: Mapping[str, Any]) -> Iterator[Standing]:
    """One for each provider and each channel; without hosts where nobody can say them."""
    models = _inner(_inner(config, "models"), "providers")
    for name, provider in models.items():
        place = _place(provider.get("baseUrl") if isinstance(provider, Mapping) else None)
        if place:
            host, port = place
            purpose = f"the model provider {name}"
            yield Standing(name=f"model-{_word(name)}", purpose=purpose, hosts=(host,),
                           ports=(port,))  # fmt: skip
    for name, channel in _inner(config, "channels").items():
        if not isinstance(channel, Mapping) or channel.get("enabled") is False:
            continue
        own = next((found for key in _ADDRESSES if (found := _place(channel.get(key)))), None)
        hosts = (own[0],) if own else CHANNELS.get(name, ())
        ports = (own[1],) if own else (443,)
        purpose = f"the channel {name}"
        yield Standing(name=f"channel-{_word(name)}", purpose=purpose, hosts=hosts, ports=ports)


def draft(gateway: str, environment: str, config: Mapping[str, Any]) -> str:
    """A gateway's manifest to begin with, as TOML. What is to be filled in is a comment."""
    lines = [
        f'gateway = "{gateway}"',
        'owner = "platform"  # who answers for it',
        f'purpose = "what {gateway} itself may reach"',
        f'environment = "{environment}"',
        'ungoverned = "cut"      # nothing leaves while calls are not asked about',
        'uncontained = "refuse"  # no commands where the kernel cannot contain them',
    ]
    for each in standing(config):
        lines += ["", "[[standing]]", f'name = "{each.name}"', f'purpose = "{each.purpose}"']
        if each.hosts:
            lines.append("hosts = [" + ", ".join(f'"{host}"' for host in each.hosts) + "]")
        else:
            lines.append('# hosts = ["…"]  # the hosts of this channel: its service documents them')
        lines.append(f"ports = [{each.ports[0]}]")
    return "\n".join(lines) + "\n"


def _inner(config: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = config.get(key)
    return value if isinstance(value, Mapping) else {}


def _place(url: object) -> tuple[str, int] | None:
    """Host and port of an address; None for none, and for this machine, which no proxy sees."""
    if not isinstance(url, str):
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    if not host or not port or host in ("localhost", "::1") or host.startswith("127."):
        return None
    return host, port


def _word(name: str) -> str:
    plain = "".join(each if each.isalnum() and each.isascii() else "-" for each in name.lower())
    return plain.strip("-") or "other"
