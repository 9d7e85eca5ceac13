"""`[[certificate]]`, `[acme]` and `[link]` of `clawband.toml`: what is shown to who connects."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from ipaddress import ip_address
from typing import Any

from clawband.model.certificate import ACME, FILES, ISSUERS, OWN
from clawband.model.errors import InputError

LINK = "link"
"""The name of the certificate that `[link]` asks for."""
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateSettings:
    """A certificate that a door shows."""

    name: str
    names: tuple[str, ...]
    """The hosts and addresses that it is for."""
    issuer: str = OWN
    """`own`, `acme` or `files`."""
    chain_file: str = ""
    """For `files`: the certificate with what leads to its authority, as PEM."""
    key_file: str = ""
    """For `files`: its key (mode 0600)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcmeSettings:
    """An authority that speaks ACME (RFC 8555) and looks for its answers over HTTP."""

    directory: str
    listen: str
    """`address:port` where its requests to port 80 arrive; open only while it looks."""
    contact: str = ""
    """`mailto:…`, for what it has to tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSettings:
    """The door for gateways on other hosts: mutual TLS, and nothing behind it but their API."""

    listen: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsSettings:
    """The three together."""

    certificates: tuple[CertificateSettings, ...] = ()
    acme: AcmeSettings | None = None
    link: LinkSettings | None = None

    def below(self, placed: Callable[[str], str]) -> "TlsSettings":
        """With the paths where `placed` has them."""
        return replace(
            self,
            certificates=tuple(
                replace(each, chain_file=placed(each.chain_file), key_file=placed(each.key_file))
                for each in self.certificates
            ),
        )


def read(given: dict[str, Any], doors: Mapping[str, str]) -> TlsSettings:
    """Takes its tables out of `given`. `doors`: which certificate each wants. Raises
    `InputError`."""
    found = TlsSettings(
        certificates=_certificates(given.pop("certificate", [])),
        acme=_acme(given.pop("acme", None)),
        link=_link(given.pop("link", None)),
    )
    names = {each.name for each in found.certificates}
    for door, wanted in doors.items():
        if wanted and wanted not in names:
            raise InputError(
                f"the door `{door}` wants the certificate `{wanted[:40]}`, which nobody describes",
                remedy=f'add `[[certificate]]` with `name = "{wanted[:40]}"`',
            )
    for each in found.certificates:
        if each.issuer == ACME and found.acme is None:
            raise InputError(
                f"the certificate `{each.name}` wants ACME, and there is no `[acme]`",
                remedy="name its `directory` in `[acme]`",
            )
    return found


def place(listen: str) -> tuple[str, int]:
    """Address and port of `address:port`; IPv6 in brackets."""
    host, _, port = listen.rpartition(":")
    return host.removeprefix("[").removesuffix("]"), int(port)


def _certificates(given: object) -> tuple[CertificateSettings, ...]:
    """The tables, checked. Raises `InputError`."""
    if not isinstance(given, Sequence) or not all(isinstance(each, dict) for each in given):
        raise InputError("expected `certificate` to be tables", remedy="write `[[certificate]]`")
    found = tuple(_certificate(each, number) for number, each in enumerate(given, 1))
    if len({each.name for each in found}) != len(found):
        raise InputError("two certificates have the same name", remedy="name each once")
    return found


def _acme(given: object) -> AcmeSettings | None:
    """The table, checked; None for none. Raises `InputError`."""
    if given is None:
        return None
    where = "`[acme]` of `clawband.toml`"
    values = _texts(given, AcmeSettings, where)
    if not values.get("directory", "").startswith("https://"):
        raise InputError(f"{where} needs a `directory` over https", remedy="name its URL")
    if values.get("contact", "mailto:").partition(":")[0] != "mailto":
        raise InputError(f"{where} has a wrong `contact`", remedy="write `mailto:ops@example.com`")
    return AcmeSettings(**{**values, "listen": _listen(values, where)})


def _link(given: object) -> LinkSettings | None:
    """The table, checked; None for none. Raises `InputError`."""
    if given is None:
        return None
    where = "`[link]` of `clawband.toml`"
    rest = dict(given) if isinstance(given, dict) else {"": given}
    names = _names(rest.pop("names", None), where)
    return LinkSettings(listen=_listen(_texts(rest, LinkSettings, where), where), names=names)


def _certificate(given: dict[str, object], number: int) -> CertificateSettings:
    where = f"certificate {number} of `clawband.toml`"
    rest = dict(given)
    names = _names(rest.pop("names", None), where)
    values = _texts(rest, CertificateSettings, where)
    name = values.get("name", "")
    if not name or not _LETTERS.issuperset(name) or name == LINK:
        raise InputError(
            f"{where} has the name `{name[:40]}`, expected small letters, digits, `-` and `.`",
            remedy=f'write `name = "shop"`; `{LINK}` is that of `[link]`',
        )
    if values.get("issuer", OWN) not in ISSUERS:
        raise InputError(
            f"expected `issuer` in {where} to be one of {', '.join(ISSUERS)}, got "
            f"`{values['issuer'][:40]}`"
        )
    files = [key for key in ("chain_file", "key_file") if values.get(key)]
    if len(files) != (2 if values.get("issuer") == FILES else 0):
        raise InputError(
            f"{where} names {len(files)} files, expected both with `files` and else none",
            remedy=f'say `issuer = "{FILES}"`, `chain_file` and `key_file`, or none of them',
        )
    return CertificateSettings(names=names, **values)


def _texts(given: object, shape: type, where: str) -> dict[str, str]:
    known = [each.name for each in fields(shape)]
    values: Mapping[str, object] = given if isinstance(given, dict) else {"": given}
    for key, value in values.items():
        if key not in known or not isinstance(value, str) or not value.isprintable():
            raise InputError(
                f"{where} has a wrong `{str(key)[:40]}`", remedy=f"use {', '.join(known)}"
            )
    return {key: str(value) for key, value in values.items()}


def _names(given: object, where: str) -> tuple[str, ...]:
    if isinstance(given, list) and given and all(_is_name(each) for each in given):
        return tuple(dict.fromkeys(given))
    raise InputError(
        f"{where} needs `names`, a list of hosts in small letters and of addresses",
        remedy='write `names = ["shop.example.com"]`; a wildcard is none',
    )


def _is_name(given: object) -> bool:
    if not isinstance(given, str) or len(given) > 253:
        return False
    labels = given.split(".")
    host = all(0 < len(each) <= 63 and each.strip("-") == each for each in labels)
    if host and _LETTERS.issuperset(given) and not labels[-1].isdecimal():
        return True
    try:
        return str(ip_address(given)) == given
    except ValueError:
        return False


def _listen(values: Mapping[str, str], where: str) -> str:
    given = values.get("listen", "")
    try:
        host, port = place(given)
        ip_address(host)
        good = 1 <= port <= 65_535
    except ValueError:
        good = False
    if good:
        return given
    raise InputError(
        f"{where} has the wrong `listen` `{given[:40]}`, expected address and port",
        remedy='write `listen = "10.0.0.5:8630"`, IPv6 in brackets',
    )
