"""`[openid]` of `clawband.toml`: the provider that people sign in with (OpenID Connect)."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from urllib.parse import urlsplit

from clawband.model.errors import InputError
from clawband.model.person import Held, held

WHERE = "`[openid]` of `clawband.toml`"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_TEXTS = frozenset({"issuer", "client", "name", "secret_file", "groups"})
_LISTS = frozenset({"scopes", "mail_domains", "two_factors"})
_NEEDED = ("issuer", "client", "roles")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenId:
    """One provider, and what the people of its groups may be here. No group, no access."""

    issuer: str
    """Exactly as its tokens say it, such as `https://login.example`."""
    client: str
    """The client id that Clawband has there. It must be allowed to send people back to
    `/login/openid/back` of the console."""
    roles: Mapping[str, frozenset[Held]]
    """`[openid.roles]`: roles by group."""
    name: str = "single sign-on"
    """What the sign-in page calls it."""
    secret_file: str = ""
    """A file with the client secret (mode 0600); empty for a public client, which PKCE protects."""
    groups: str = "groups"
    """The claim of the ID token that lists the groups."""
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    mail_domains: tuple[str, ...] = ()
    """With any, only a verified mail address in one of them comes in."""
    two_factors: tuple[str, ...] = ("mfa",)
    """Values of `acr` or `amr` (RFC 8176) that mean two factors."""
    always_two_factors: bool = False
    """The provider lets nobody in with one factor, although its tokens do not say so."""

    def roles_of(self, groups: frozenset[str]) -> frozenset[Held]:
        """Every role that one of the groups gives; none for none."""
        return frozenset().union(*(self.roles.get(group, frozenset()) for group in groups))


def read(given: object) -> OpenId | None:
    """The table, checked; None for none. Raises `InputError`."""
    if given is None:
        return None
    values: dict[str, object] = dict(given) if isinstance(given, dict) else {"": given}
    known = [each.name for each in fields(OpenId)]
    for key, value in values.items():
        if key not in known or not _right(key, value):
            raise InputError(
                f"{WHERE} has a wrong `{str(key)[:40]}`", remedy=f"use {', '.join(known)}"
            )
    missing = [key for key in _NEEDED if not values.get(key)]
    if missing:
        raise InputError(f"{WHERE} has no `{missing[0]}`", remedy=f"say {', '.join(_NEEDED)}")
    address(str(values["issuer"]), f"`issuer` in {WHERE}")
    if "openid" not in _list(values.get("scopes", ["openid"])):
        raise InputError(f"{WHERE} has `scopes` without `openid`", remedy="add it")
    made = {
        key: tuple(_list(value)) if isinstance(value, list) else value
        for key, value in values.items()
    }
    made["roles"] = roles(values["roles"], WHERE)
    return OpenId(**made)  # type: ignore[arg-type] # every value was looked at above


def roles(given: object, where: str) -> Mapping[str, frozenset[Held]]:
    """Roles by group. Raises `InputError`."""
    found = {}
    for group, names in given.items() if isinstance(given, dict) else ():
        try:
            found[str(group)] = frozenset(held(name) for name in _list(names))
        except InputError as error:
            raise InputError(
                f"{where} gives `{str(group)[:40]}` an unknown role", remedy=error.remedy
            ) from error
    if not found or not all(found.values()):
        raise InputError(
            f"{where} has a group without roles", remedy='write `"clawband-admins" = ["admin"]`'
        )
    return found


def address(url: str, what: str) -> None:
    """Raises `InputError` unless it is HTTPS, or HTTP on this machine."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    plain = parts.scheme == "http" and parts.hostname in _LOOPBACK
    odd = parts.username or parts.password or parts.query or parts.fragment
    if not parts.hostname or odd or not (parts.scheme == "https" or plain):
        raise InputError(
            f"expected {what} to be an HTTPS address, got `{url[:80]}`",
            remedy="use `https://`; only this machine may be reached in clear",
        )


def _right(key: str, value: object) -> bool:
    if key in _TEXTS:
        return isinstance(value, str) and value.isprintable()
    if key in _LISTS:
        return isinstance(value, list) and all(isinstance(each, str) and each for each in value)
    return isinstance(value, bool if key == "always_two_factors" else dict)


def _list(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []
