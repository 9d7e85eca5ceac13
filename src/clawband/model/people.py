"""`[people]` of `clawband.toml`: what the deployment says about the people who operate it."""

from dataclasses import dataclass, fields
from ipaddress import ip_network
from urllib.parse import urlsplit

from clawband.model.errors import InputError

WHERE = "`[people]` of `clawband.toml`"
FACTORS = ("enrolled", "required")
HEADERS = ("x-forwarded-for", "forwarded")
TWO = ("administer", "publish", "switch-off", "widen")
"""What can be asked to take two people: making and removing accounts; putting any policy set in
force, or only one that permits anything more; removing a gateway, or putting a policy set in force
under which something goes on unguarded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Where they come in, and what they must show."""

    origin: str = "http://localhost:8620"
    """Where browsers reach the console. Passkeys are bound to it, so it names a host and is never
    an address (WebAuthn §5.1.3). Changing it loses them."""
    second_factor: str = "enrolled"
    """Whose privileged roles need a second factor: of those who enrolled one or were invited by a
    link (`enrolled`), or of everybody (`required`)."""

    dual_control: tuple[str, ...] = ()
    """What takes two people, out of `TWO`."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses, in CIDR form, of the proxies that end TLS before the console."""
    forwarded: str = "x-forwarded-for"
    """The header in which they say whom they serve, out of `HEADERS`. Only one is read: what the
    proxy does not rewrite comes from whoever sends the request."""

    @property
    def site(self) -> str:
        """The relying party id of passkeys: the host name of `origin`."""
        return urlsplit(self.origin).hostname or ""

    @property
    def required(self) -> bool:
        return self.second_factor == "required"


def read(given: object, port: int) -> Rules:
    """The table, checked; `port` is the console's. Raises `InputError`."""
    values: dict[str, object] = dict(given) if isinstance(given, dict) else {"": given}
    two = _two(values.pop("dual_control", []))
    proxies = _networks(values.pop("trusted_proxies", []))
    known = [each.name for each in fields(Rules)]
    for key, value in values.items():
        if key not in known or not isinstance(value, str):
            raise InputError(
                f"{WHERE} has a wrong `{str(key)[:40]}`", remedy=f"use {', '.join(known)}"
            )
    texts = {key: str(value) for key, value in values.items()}
    rules = Rules(
        **{"origin": f"http://localhost:{port}", **texts}, dual_control=two, trusted_proxies=proxies
    )
    for key, options in (("second_factor", FACTORS), ("forwarded", HEADERS)):
        if (got := getattr(rules, key)) not in options:
            raise InputError(
                f"expected `{key}` in {WHERE} to be one of {', '.join(options)}, got `{got[:40]}`"
            )
    if "origin" in values:
        _refuse_unfit(rules.origin)
    return rules


def _two(given: object) -> tuple[str, ...]:
    listed = given if isinstance(given, list) else [given]
    for each in listed:
        if each not in TWO:
            raise InputError(
                f"expected `dual_control` in {WHERE} to be of {', '.join(TWO)}, "
                f"got `{str(each)[:40]}`"
            )
    return tuple(listed)


def _networks(given: object) -> tuple[str, ...]:
    listed = given if isinstance(given, list) else [given]
    for each in listed:
        try:
            fits = isinstance(each, str) and ip_network(each).prefixlen > 0
        except ValueError:
            fits = False
        if not fits:
            raise InputError(
                f"expected `trusted_proxies` in {WHERE} to be networks, got `{str(each)[:40]}`",
                remedy='write `["127.0.0.1", "10.1.0.0/16"]`, and never everybody',
            )
    return tuple(listed)


def _refuse_unfit(origin: str) -> None:
    try:
        parts = urlsplit(origin)
        host = parts.hostname or ""
        whole = f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")
    except ValueError:
        whole = host = ""
    named = bool(host) and ":" not in host and not host.rpartition(".")[2].isdigit()
    safe = origin.startswith("https://") or host == "localhost"
    if whole != origin or not named or not safe:
        raise InputError(
            f"`origin` in {WHERE} is `{origin[:80]}`, which browsers give no passkeys to",
            remedy="write `https://` and a host name, or `http://localhost:8620`",
        )
