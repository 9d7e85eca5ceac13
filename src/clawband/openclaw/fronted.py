"""What putting a front door before a gateway changes in its `openclaw.json`, and how it is undone.

Pure. The gateway then takes people in whom the door names, with the scopes that it names, and no
shared token any more. OpenClaw believes any process of its machine that knows the field of the name
(`userHeader`), so that field's own name is the secret; it is not among `requiredHeaders`, which are
named to whoever leaves them out.
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clawband.model.errors import InputError
from clawband.openclaw.placed import Config, Way, at, back, put

MODE: Way = ("gateway", "auth", "mode")
TOKEN: Way = ("gateway", "auth", "token")
PASSWORD: Way = ("gateway", "auth", "password")
ORIGINS: Way = ("gateway", "controlUi", "allowedOrigins")
PROXY: Way = ("gateway", "auth", "trustedProxy")
TRUSTED: Way = ("gateway", "trustedProxies")
LOOPBACK = ["127.0.0.1", "::1"]
REDACTED = "__OPENCLAW_REDACTED__"


@dataclass(frozen=True, slots=True)
class Front:
    """A door as its gateway knows it. `operator` is the gateway's operator token, for where the
    configuration does not show it."""

    header: str
    origin: str
    scopes: Sequence[str]
    operator: str = ""


def behind(config: Mapping[str, Any], front: Front) -> tuple[Config, dict[str, Any]]:
    """The configuration behind the door, and what stood there before, by dotted name.

    The operator token becomes the password, which opens from this machine only: OpenClaw takes no
    token beside a trusted proxy. Raises `InputError`.
    """
    after = copy.deepcopy(dict(config))
    ways = (MODE, PROXY, TRUSTED, ORIGINS)
    before = {".".join(way): at(config, way) for way in ways}
    if at(config, PASSWORD) is None:
        put(after, PASSWORD, _secret(at(config, TOKEN), front.operator))
    back(after, TOKEN, None)
    put(after, MODE, "trusted-proxy")
    put(after, PROXY, {
        "userHeader": front.header, "allowLoopback": True,
        "deviceAutoApprove": {"enabled": True, "scopes": sorted(front.scopes)},
    })  # fmt: skip
    put(after, TRUSTED, LOOPBACK)
    origins = at(config, ORIGINS) or []
    put(after, ORIGINS, [*(each for each in origins if each != front.origin), front.origin])
    return after, before


def open_(config: Mapping[str, Any], before: Mapping[str, Any], operator: str = "") -> Config:
    """The configuration without the door; every other edit stays. The password is the token again.

    Raises `InputError`.
    """
    after = copy.deepcopy(dict(config))
    if at(config, TOKEN) is None and before.get(".".join(MODE)) in (None, "token"):
        put(after, TOKEN, _secret(at(config, PASSWORD), operator))
        back(after, PASSWORD, None)
    for dotted, was in before.items():
        back(after, tuple(dotted.split(".")), was)
    return after


def is_behind(config: Mapping[str, Any], header: str) -> bool:
    """Whether a configuration that was read back takes people in through the door only."""
    proxy = at(config, PROXY)
    return (
        at(config, MODE) == "trusted-proxy"
        and isinstance(proxy, Mapping) and proxy.get("userHeader") == header
        and at(config, TRUSTED) == LOOPBACK
    )  # fmt: skip


def _secret(shown: Any, operator: str) -> Any:
    """What is shown, a reference too; else what is known of it."""
    if shown and shown != REDACTED:
        return shown
    if not operator:
        raise InputError(
            "the gateway's operator token is neither in its configuration nor in `token_file`",
            remedy="name its `token_file` in `clawband.toml`",
        )
    return operator
