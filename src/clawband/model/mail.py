"""`[mail]` of `clawband.toml`: the server that notices leave by."""

from dataclasses import dataclass, fields
from ipaddress import ip_address

from clawband.model.errors import InputError

WHERE = "`[mail]` of `clawband.toml`"
PORTS = {"starttls": 587, "tls": 465, "none": 25}
"""By `tls`: RFC 6409 §3.1, RFC 8314 §3.3, RFC 5321 §4.5.4.2."""
MAX_ADDRESS = 254
"""RFC 5321 §4.5.3.1.3, without the brackets."""
MAX_LOCAL = 64
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_LOCAL = _LETTERS | frozenset("!#$%&'*+/=?^_`{|}~-.")
_DOMAIN = _LETTERS | frozenset("-.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One server that takes our mail. Links in it lead to `origin` of `[people]`."""

    host: str
    sender: str
    """`from`: the address that mail comes from, and that bounces go back to."""
    port: int
    tls: str = "starttls"
    """`starttls` or `tls`, both with a certificate that is checked; `none` on loopback only."""
    user: str = ""
    password_file: str = ""
    """A file with the password of `user` (mode 0600), read each time."""


def read(given: object) -> Mail | None:
    """The table, checked; None for none. Raises `InputError`."""
    if given is None:
        return None
    values: dict[str, object] = dict(given) if isinstance(given, dict) else {"": given}
    known = ["from" if each.name == "sender" else each.name for each in fields(Mail)]
    port = values.pop("port", None)
    for key, value in values.items():
        if key not in known or not isinstance(value, str) or not value.isprintable():
            raise InputError(
                f"{WHERE} has a wrong `{str(key)[:40]}`", remedy=f"use {', '.join(known)}"
            )
    texts = {key: str(value) for key, value in values.items()}
    tls = texts.get("tls", "starttls")
    _refuse_unfit(texts, tls)
    return Mail(
        host=texts["host"],
        sender=address(texts.pop("from")),
        port=_port(PORTS[tls] if port is None else port),
        tls=tls,
        user=texts.get("user", ""),
        password_file=texts.get("password_file", ""),
    )


def address(text: str) -> str:
    """A mail address as it goes on the wire: `local@domain`, ASCII, without quotes or comments, so
    nothing in it can end a command or a header. Raises `InputError`."""
    local, at, domain = text.strip().rpartition("@")
    labels = domain.split(".")
    good = (
        at
        and len(local) <= MAX_LOCAL
        and len(local) + 1 + len(domain) <= MAX_ADDRESS
        and all(local.split("."))
        and _LOCAL.issuperset(local)
        and _DOMAIN.issuperset(domain)
        and all(0 < len(each) <= 63 and each.strip("-") == each for each in labels)
    )
    if not good:
        raise InputError(
            f"expected a mail address, got `{text[:80]}`",
            remedy="write it as in `ada@example.com`, a domain beyond ASCII in its `xn--` form",
        )
    return f"{local}@{domain.lower()}"


def _refuse_unfit(texts: dict[str, str], tls: str) -> None:
    for key in ("host", "from"):
        if not texts.get(key):
            raise InputError(f"{WHERE} has no `{key}`", remedy="say host and from")
    if not _DOMAIN.issuperset(texts["host"].replace(":", "")):
        raise InputError(
            f"{WHERE} has the host `{texts['host'][:80]}`", remedy="name a host, or its address"
        )
    if tls not in PORTS:
        raise InputError(f"expected `tls` in {WHERE} to be one of {', '.join(PORTS)}")
    if tls == "none" and not _loopback(texts["host"]):
        raise InputError(
            f"{WHERE} would send without encryption to `{texts['host'][:80]}`",
            remedy="use `starttls` or `tls`; `none` is for a server on this machine",
        )
    if bool(texts.get("user")) != bool(texts.get("password_file")):
        raise InputError(
            f"{WHERE} has one of `user` and `password_file`, expected both or none",
            remedy="say both, or let the server take mail from here without a sign-in",
        )


def _port(given: object) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or not 1 <= given <= 65_535:
        raise InputError(f"expected `port` in {WHERE} to be 1 to 65535, got `{str(given)[:40]}`")
    return given


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
