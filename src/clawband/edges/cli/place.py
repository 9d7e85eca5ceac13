"""Where a command runs: the folder with `clawband.toml`, the server, and who is signed in."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from clawband import settings as configuration
from clawband.client import Client
from clawband.edges.cli.local import Local
from clawband.model.errors import InputError
from clawband.settings import Settings

KEPT = ("token", "credential")
"""Secrets in answers: the command itself puts them where they belong."""
TOKEN_FILE = "cli.json"  # noqa: S105 - the name of the file, not what is in it


@dataclass(frozen=True, slots=True)
class SignIns:
    """The bearer tokens kept here, by operator; `current` signed in last."""

    current: str
    tokens: dict[str, str]


class Speaker(Client):
    """Remembers what a change was answered with, for `--json`, without what must not be printed."""

    answer: Any = None

    def post(self, path: str, body: Mapping[str, object] | None = None, **more: Any) -> Any:
        return self._heard(super().post(path, body, **more))

    def delete(self, path: str, **more: Any) -> Any:
        return self._heard(super().delete(path, **more))

    def _heard(self, told: Any) -> Any:
        self.answer = told
        if isinstance(told, dict):
            self.answer = {key: value for key, value in told.items() if key not in KEPT}
        return told


@dataclass
class Place:
    """Made once per command; every part is read when it is first needed."""

    folder: Path
    local: Local
    server: str = ""
    """What `--server` or `CLAWBAND_SERVER` says; empty to follow `clawband.toml`."""
    who: str = ""
    """What `--as` says; empty for who signed in last."""

    @cached_property
    def settings(self) -> Settings:
        return configuration.load(self.folder)

    @property
    def configured(self) -> bool:
        """Whether there is a `clawband.toml`."""
        return (self.folder / configuration.FILE).exists()

    @property
    def url(self) -> str:
        return (self.server or self.settings.url).rstrip("/")

    @cached_property
    def client(self) -> "Speaker":
        """For the server, signed in if we are."""
        return Speaker(self.url, self.token)

    @property
    def token(self) -> str:
        """`CLAWBAND_TOKEN`, or what `clawband login` kept for exactly this server."""
        given = os.environ.get("CLAWBAND_TOKEN", "")
        if given:
            return given
        kept = self._kept()
        return kept.tokens.get(self.who or kept.current, "")

    def remember(self, name: str, token: str, *, current: bool = True) -> None:
        """Keep somebody's token for this server, readable by the owner of the file only."""
        kept = self._kept()
        chosen = name if current or not kept.current else kept.current
        self._keep(SignIns(chosen, {**kept.tokens, name: token}))

    def forget(self) -> None:
        """Forget who is signed in, or whom `--as` names."""
        kept = self._kept()
        gone = self.who or kept.current
        rest = {name: token for name, token in kept.tokens.items() if name != gone}
        current = kept.current if kept.current in rest else next(iter(rest), "")
        self._keep(SignIns(current, rest))

    def _kept(self) -> "SignIns":
        try:
            kept = json.loads(self._token_path.read_text(encoding="utf-8"))
            # A token goes to the server that gave it and to no other.
            if kept["server"] != self.url:
                return SignIns("", {})
            return SignIns(str(kept["current"]), dict(kept["tokens"]))
        except FileNotFoundError:
            return SignIns("", {})
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise InputError(
                f"the file `{self._token_path}` cannot be read: {type(error).__name__}",
                remedy="remove it and sign in again with `clawband login`",
            ) from error

    def _keep(self, kept: "SignIns") -> None:
        self.settings.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        text = {"server": self.url, "current": kept.current, "tokens": kept.tokens}
        write_private(self._token_path, json.dumps(text))

    @property
    def _token_path(self) -> Path:
        return self.settings.state / TOKEN_FILE


def write_private(path: Path, text: str) -> None:
    """Write a file for its owner only, whole or not at all."""
    fresh = path.with_name(f".{path.name}.new")
    descriptor = os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)
