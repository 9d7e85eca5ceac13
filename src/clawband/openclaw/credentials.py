"""The credentials in an `openclaw.json`: where they stand, and whether as values or as references.

Pure. What is told of a credential never holds its value. Read may be the file, or what
`config.get` shows, where values are hidden.
"""

import pkgutil
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any
from urllib.parse import urlsplit

Way = tuple[str | int, ...]
"""Keys and, in lists, indices."""
HIDDEN = "__OPENCLAW_REDACTED__"
"""What `config.get` shows in place of a value."""
MOST_FOUND = 1000


class Source(StrEnum):
    """Where OpenClaw has the value from. The last four are its own words for references."""

    VALUE = "value"
    """It stands in the configuration."""
    ENV = "env"
    """In the environment of the gateway."""
    FILE = "file"
    EXEC = "exec"
    """A program tells it, each time it is asked."""
    STORE = "store"
    """OpenClaw's own SQLite file, unencrypted."""


_REFERENCES = frozenset(each.value for each in Source if each is not Source.VALUE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One credential of a configuration, without its value."""

    way: Way
    source: Source
    provider: str = ""
    """Of a reference: the name under `secrets.providers`."""
    id: str = ""
    """Of a reference, where it is not hidden."""
    referable: bool = False
    """OpenClaw takes a reference here."""
    known: bool = True
    """OpenClaw has a credential here; otherwise it is only called like one."""

    @property
    def name(self) -> str:
        """The way as people write it: `models.providers.openai.apiKey`."""
        return ".".join(str(each) for each in self.way)


@dataclass(frozen=True, slots=True)
class Provider:
    """An entry of `secrets.providers`."""

    source: str
    command: str = ""
    """Of `exec`: the program."""
    path: str = ""
    """Of `file`."""


@dataclass(frozen=True, slots=True)
class Places:
    """`credentials.toml`: each way with `*` for any key, by its length and first key."""

    ways: Mapping[tuple[int, str], list[tuple[tuple[str, ...], bool, bool]]]
    """The way, whether a reference may stand there, and whether the last key has to say so."""
    markers: frozenset[str]

    def at(self, way: Way) -> bool | None:
        """Whether a reference may stand there; None where no credential is expected."""
        for place, referable, named in self.ways.get((len(way), str(way[0])), ()):
            if all(step in ("*", str(key)) for step, key in zip(place, way, strict=True)):
                return referable if not named or called_secret(str(way[-1])) else None
        return None


@cache
def places() -> Places:
    """Those of the OpenClaw release that this Clawband was made for."""
    # Shipped beside the code and fixed like it: package data, not a file of the deployment.
    said = tomllib.loads(
        (pkgutil.get_data("clawband.openclaw", "credentials.toml") or b"").decode()
    )
    ways = defaultdict(list)
    for key, referable, named in (
        ("references", True, False), ("named", True, True), ("values", False, False),
    ):  # fmt: skip
        for dotted in said[key]:
            way = tuple(dotted.split("."))
            ways[len(way), way[0]].append((way, referable, named))
    return Places(ways, frozenset(said["markers"]))


def credentials(config: Mapping[str, Any]) -> list[Held]:
    """All that the configuration has, in its order; at most `MOST_FOUND`.

    Parts that it takes in from other files (`$include`) are not looked into.
    """
    found = []
    for each in _walk(config):
        found.append(each)
        if len(found) == MOST_FOUND:
            break
    return found


def providers(config: Mapping[str, Any]) -> Mapping[str, Provider]:
    """Who resolves its references, by name."""
    secrets = config.get("secrets")
    entries = secrets.get("providers") if isinstance(secrets, Mapping) else None
    return {
        str(name): Provider(*(_text(entry, key) for key in ("source", "command", "path")))
        for name, entry in (entries.items() if isinstance(entries, Mapping) else ())
        if isinstance(entry, Mapping)
    }


def called_secret(name: str) -> bool:
    """Whether a key, a header or a variable of this name has a credential, as far as names tell."""
    plain = "".join(each for each in name.lower() if each.isalnum())
    if plain.endswith(("file", "path", "env", "tokens", "url")):
        return False
    inside = (
        "password", "passphrase", "secret", "apikey", "privatekey", "encryptkey", "credential",
        "accesskey",
    )  # fmt: skip
    return (
        plain.endswith(("token", "serviceaccount"))
        or plain in ("authorization", "proxyauthorization", "cookie")
        or any(each in plain for each in inside)
    )


def _walk(config: Mapping[str, Any]) -> Iterator[Held]:
    known = places()
    left: list[tuple[Way, Any]] = [((key,), value) for key, value in _backwards(config)]
    while left:
        way, value = left.pop()
        found = _one(way, value, known)
        if found:
            yield found
        else:
            left += [((*way, key), each) for key, each in _backwards(value)]


def _backwards(value: Any) -> Sequence[tuple[str | int, Any]]:
    """What is in an object or a list, the last first."""
    if isinstance(value, Mapping):
        return list(value.items())[::-1]
    return [*enumerate(value)][::-1] if isinstance(value, list) else []


def _one(way: Way, value: Any, known: Places) -> Held | None:
    referable = known.at(way)
    reference = _reference(value)
    if reference:
        return Held(way=way, referable=True, known=referable is not None, **reference)
    if not value or (referable is None and not _seems(way, value)):
        return None
    if not isinstance(value, str):
        # Only a known credential is an object, such as a service account.
        whole = isinstance(value, Mapping) and referable
        return Held(way=way, source=Source.VALUE, referable=True) if whole else None
    return _plain(way, value, referable, known)


def _plain(way: Way, value: str, referable: bool | None, known: Places) -> Held | None:
    if way[-1] == "apiKey" and way[:2] == ("models", "providers"):
        if value.strip() in known.markers or value.startswith("oauth:"):
            return None
        if "_" in value and value.isupper() and value.isidentifier() and called_secret(value):
            return Held(way=way, source=Source.ENV, id=value, referable=True)
    source = Source.ENV if _substituted(value) else Source.VALUE
    return Held(way=way, source=source, referable=bool(referable), known=referable is not None)


def _seems(way: Way, value: Any) -> bool:
    if not isinstance(value, str):
        return False
    last = next((each for each in reversed(way) if isinstance(each, str)), "")
    return value == HIDDEN or called_secret(last) or _with_password(value)


def _with_password(value: str) -> bool:
    if "://" not in value or "@" not in value:
        return False
    try:
        return bool(urlsplit(value).password)
    except ValueError:
        return True


def _reference(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        return {}
    source, named = _text(value, "source"), _text(value, "id")
    if source not in _REFERENCES or not named:
        return {}
    return {
        "source": Source(source),
        "provider": _text(value, "provider") or "default",
        "id": "" if named == HIDDEN else named,
    }


def _substituted(value: str) -> bool:
    """`${NAME}` anywhere, `$NAME` alone; `$${NAME}` is no variable."""
    text = value.strip()
    if text.startswith("$") and text[1:].isidentifier() and text.isupper():
        return True
    _, opened, rest = text.replace("$${", "").partition("${")
    name, closed, _ = rest.partition("}")
    return bool(opened and closed) and name.isidentifier() and name.isupper()


def _text(value: Mapping[str, Any], key: str) -> str:
    found = value.get(key)
    return found if isinstance(found, str) else ""
