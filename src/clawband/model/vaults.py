"""`[secrets]` and `[[vault]]` of `clawband.toml`: where values are, and what wraps our own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlsplit

from clawband.model.environments import ENVIRONMENTS
from clawband.model.errors import InputError
from clawband.model.secret import OWN

KINDS: Mapping[str, frozenset[str]] = {
    "environment": frozenset({"prefix"}),
    "files": frozenset({"folder"}),
    "openbao": frozenset({
        "url", "mount", "namespace", "token_file", "role_id", "secret_id_file", "login",
        "authorities", "seconds", "remember_seconds",
    }),
}  # fmt: skip
"""Which keys each kind has, besides `name`, `kind` and `environment`."""
KINDS = {**KINDS, "openbao-database": KINDS["openbao"] - {"remember_seconds"}}
SOURCES = ("file", "environment", "command", "transit")
MOST_REMEMBERED = 300
_FILES = ("folder", "token_file", "secret_id_file", "authorities")


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultSettings:
    """A vault that a team has already. It serves the secrets of one environment."""

    name: str
    kind: str
    environment: str
    prefix: str = ""
    """`environment`: with what the names of its variables begin."""
    folder: str = ""
    url: str = ""
    """`https://bao.example:8200`; `http` on loopback only."""
    mount: str = ""
    """Where its engine is; `secret` for KV version 2, `database` for accounts."""
    namespace: str = ""
    token_file: str = ""
    """A file with a token (mode 0600), read each time."""
    role_id: str = ""
    """Of AppRole, with `secret_id_file` (mode 0600) and where it is mounted: `login`."""
    secret_id_file: str = ""
    login: str = "approle"
    authorities: str = ""
    """A PEM file with the authority of its certificate, where it is one of your own."""
    seconds: int = 10
    """How long one answer may take."""
    remember_seconds: int = 30
    """How long a version that was read is not asked for again; 0 for never."""

    @property
    def writable(self) -> bool:
        return self.kind == "openbao"


@dataclass(frozen=True, slots=True, kw_only=True)
class Master:
    """Where a master key is."""

    source: str = "file"
    place: tuple[str, ...] = ()
    """A file; the name of a variable; a command; a vault and the name of a key in it."""

    def __str__(self) -> str:
        return f"{self.source}:{' '.join(self.place)}" if self.place else self.source


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretsSettings:
    """`[secrets]`, and every `[[vault]]`."""

    master: Master = Master()
    """What wraps the own vault. Without a word: a file beside it, which protects copies of the
    vault and not the machine."""
    previous: Master | None = None
    """What wrapped it before, until `clawband vault rewrap` is through."""
    vaults: tuple[VaultSettings, ...] = ()

    def below(self, placed: Callable[[str], str]) -> "SecretsSettings":
        """With the paths of files as `placed` has them."""
        return replace(
            self,
            master=_below(self.master, placed),
            previous=self.previous and _below(self.previous, placed),
            vaults=tuple(
                replace(each, **dict[str, Any]({key: placed(getattr(each, key)) for key in _FILES}))
                for each in self.vaults
            ),
        )


def read(given: dict[str, Any]) -> SecretsSettings:
    """Taken out of all that is given, and checked. Raises `InputError`."""
    vaults = _vaults(given.pop("vault", []))
    asked = given.pop("secrets", {})
    if not isinstance(asked, dict) or asked.keys() - {"master", "previous"}:
        raise InputError(
            "`[secrets]` of `clawband.toml` has a wrong key", remedy="use `master` and `previous`"
        )
    keys = {name: _master(name, text, vaults) for name, text in asked.items()}
    if len({str(each) for each in keys.values()}) != len(keys):
        raise InputError("`master` and `previous` are the same", remedy="leave `previous` out")
    return SecretsSettings(**keys, vaults=vaults)


def _below(master: Master, placed: Callable[[str], str]) -> Master:
    if master.source != "file":
        return master
    return replace(master, place=tuple(placed(each) for each in master.place))


def _vaults(given: object) -> tuple[VaultSettings, ...]:
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise InputError("expected `vault` to be tables", remedy="write `[[vault]]`")
    found = tuple(_one(each, number) for number, each in enumerate(given, 1))
    if len({OWN, *(each.name for each in found)}) != len(found) + 1:
        raise InputError(
            f"two vaults have the same name, or one is called `{OWN}`",
            remedy="name each vault once",
        )
    return found


def _one(given: object, number: int) -> VaultSettings:
    where = f"vault {number} of `clawband.toml`"
    if not isinstance(given, dict) or given.get("kind") not in KINDS:
        raise InputError(f"{where} has no kind", remedy=f"write one of {', '.join(KINDS)}")
    known = KINDS[given["kind"]] | {"name", "kind", "environment"}
    kinds = {each.name: each.type for each in fields(VaultSettings)}
    for key, value in given.items():
        # `bool` is an `int`, and none of ours.
        if key not in known or type(value) is not (int if kinds[key] is int else str):
            raise InputError(
                f"{where} has a wrong `{str(key)[:40]}`", remedy=f"use {', '.join(sorted(known))}"
            )
    _refuse_unfit(given, where)
    found = VaultSettings(**given)
    mounts = {"openbao": "secret", "openbao-database": "database"}
    return replace(found, mount=found.mount.strip("/") or mounts.get(found.kind, ""))


def _refuse_unfit(given: Mapping[str, Any], where: str) -> None:
    name = given.get("name", "")
    needs = {"environment": ("prefix",), "files": ("folder",)}.get(given["kind"], ("url",))
    missing = [key for key in ("name", "environment", *needs) if not given.get(key)]
    if missing or not all(each.isascii() and (each.isalnum() or each in "-_") for each in name):
        raise InputError(
            f"{where} needs a plain `name`" + "".join(f" and `{each}`" for each in missing),
            remedy='write such as `name = "bao"`',
        )
    if given["environment"] not in ENVIRONMENTS:
        raise InputError(
            f"{where} is for `{given['environment'][:40]}`",
            remedy=f"name one of {', '.join(ENVIRONMENTS)}: environments share no secret",
        )
    if needs != ("url",):
        return
    if not _safe(given["url"]):
        raise InputError(
            f"{where} has the address `{given['url'][:80]}`, expected https",
            remedy="write such as `https://bao.example:8200`; `http` is for loopback",
        )
    ways = [bool(given.get("token_file")), bool(given.get("role_id"))]
    if sum(ways) != 1 or bool(given.get("role_id")) != bool(given.get("secret_id_file")):
        raise InputError(
            f"{where} needs `token_file`, or `role_id` and `secret_id_file`",
            remedy="say how Clawband signs in there, in one way",
        )
    if not 1 <= given.get("seconds", 10) <= 60:
        raise InputError(f"`seconds` of {where} is out of range", remedy="use 1 to 60")
    if not 0 <= given.get("remember_seconds", 30) <= MOST_REMEMBERED:
        raise InputError(
            f"`remember_seconds` of {where} is out of range", remedy=f"use 0 to {MOST_REMEMBERED}"
        )


def _safe(url: str) -> bool:
    try:
        parts = urlsplit(url)
        loopback = parts.hostname in ("127.0.0.1", "::1", "localhost")
        plain = not (parts.username or parts.query or parts.fragment or parts.path.strip("/"))
        return plain and bool(parts.hostname) and (parts.port or 443) > 0 and (
            parts.scheme == "https" or (parts.scheme == "http" and loopback)
        )  # fmt: skip
    except ValueError:
        return False


def _master(name: str, given: object, vaults: Sequence[VaultSettings]) -> Master:
    """`file:PATH`, `environment:NAME`, `transit:VAULT/KEY`, or the words of a command."""
    if isinstance(given, list) and given and all(isinstance(each, str) for each in given):
        if not given[0].startswith("/"):
            raise InputError(f"`{name}` of `[secrets]` names no absolute path", remedy="write one")
        return Master(source="command", place=tuple(given))
    source, _, rest = given.partition(":") if isinstance(given, str) else ("", "", "")
    if source == "transit":
        vault, _, key = rest.partition("/")
        if key and any(each.name == vault and each.url for each in vaults):
            return Master(source=source, place=(vault, key))
        raise InputError(
            f"`{name}` of `[secrets]` needs an OpenBao vault and a key",
            remedy="write `transit:VAULT/KEY` with the name of a `[[vault]]`",
        )
    if source in ("file", "environment") and (rest or source == "file"):
        return Master(source=source, place=(rest,) if rest else ())
    raise InputError(
        f"`{name}` of `[secrets]` is none of {', '.join(SOURCES)}",
        remedy='write `"file:PATH"`, `"environment:NAME"`, `"transit:VAULT/KEY"` or '
        '`["/path/to/program", "argument"]`',
    )
