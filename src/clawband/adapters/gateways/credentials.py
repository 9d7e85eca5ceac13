"""Where the credentials of a gateway stand: its configuration, the copies that OpenClaw keeps of
it, what it generates from it, and its environment file.

Databases and transcripts are not looked through: `clawband scan secrets` does that. The files
belong to another user, who may put anything in their place.
"""

import errno
import json
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from clawband.adapters.gateways.openclaw import Link
from clawband.model.errors import Error, InputError
from clawband.openclaw.credentials import (
    Held,
    Source,
    called_secret,
    credentials,
    providers,
)
from clawband.openclaw.destinations import destination
from clawband.ports.credentials import MAIN, Found, Reading

MOST_BYTES = 8 << 20
MOST_FILES = 64
ENVIRONMENT = ".env"
_MODELS = "agents/*/agent/models.json"


class OpenClawCredentials:
    """Implements `ports.credentials.GatewayCredentials`. `state` is empty for the folder of
    `config`; the gateway at `live` is asked for what is no plain JSON (OpenClaw reads JSON5)."""

    def __init__(self, config: str, state: str, live: Callable[[], Link] | None = None) -> None:
        self._config = Path(config)
        self._state, self._live = Path(state or self._config.parent), live

    def read(self) -> Reading:
        found: list[Found] = []
        problems: list[str] = []
        config: Mapping[str, Any] = {}
        try:
            config = self._configuration()
            found += _of(config, MAIN)
        except Error as error:
            problems.append(error.message)
        for path in self._others():
            try:
                found += self._beside(path)
            except FileNotFoundError:
                continue
            except (OSError, ValueError, RecursionError) as error:
                problems.append(f"`{self._named(path)}` cannot be read: {_why(error)}")
        return Reading(found=tuple(found), providers=providers(config), problems=tuple(problems))

    def _configuration(self) -> Mapping[str, Any]:
        """Raises `InputError`, or what the running gateway raises."""
        try:
            # The path is of our settings, so it may lead elsewhere.
            return _parsed(_bytes(self._config.resolve()))
        except (OSError, ValueError, RecursionError) as error:
            if self._live:
                with self._live() as link:
                    return _object(link.call("config.get", {}).get("parsed"))
            raise InputError(
                f"`{self._config.name}` cannot be read: {_why(error)}",
                remedy="name the gateway's `url` and `token_file`, so that it can be asked",
            ) from error

    def _others(self) -> Iterator[Path]:
        folders = dict.fromkeys((self._state, self._config.parent))
        yield from (folder / ENVIRONMENT for folder in folders)
        try:
            copies = sorted(self._config.parent.glob(f"{self._config.name}.*"))
            made = sorted(self._state.glob(_MODELS))
        except OSError:
            return
        yield from [*copies, *made][:MOST_FILES]

    def _beside(self, path: Path) -> Iterator[Found]:
        data = _bytes(path)
        if path.name == ENVIRONMENT:
            return _variables(data.decode(errors="replace"), self._named(path))
        parsed = _parsed(data)
        if path.name == "models.json":
            parsed = {"models": parsed}
        return _of(parsed, self._named(path))

    def _named(self, path: Path) -> str:
        return str(path.relative_to(self._state) if path.is_relative_to(self._state) else path.name)


def _of(config: Mapping[str, Any], file: str) -> Iterator[Found]:
    return (Found(file, each, destination(config, each.way)) for each in credentials(config))


def _variables(text: str, file: str) -> Iterator[Found]:
    """The assignments of an environment file whose names tell a secret."""
    for line in text.splitlines():
        name, _, value = line.strip().removeprefix("export ").partition("=")
        name = name.strip()
        if name.isidentifier() and value.strip(" \"'") and called_secret(name):
            yield Found(file, Held(way=(name,), source=Source.VALUE, known=False), "")


def _parsed(data: bytes) -> Mapping[str, Any]:
    """Raises `ValueError` and `RecursionError` for what is no JSON."""
    return _object(json.loads(data))


def _object(found: object) -> Mapping[str, Any]:
    return found if isinstance(found, Mapping) else {}


def _bytes(path: Path) -> bytes:
    """A regular file, and no other: neither a link to elsewhere nor a pipe that never ends."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is no file")
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise OSError(errno.EFBIG, f"it is larger than {MOST_BYTES >> 20} MiB")
    return data


def _why(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return "it is not plain JSON"
