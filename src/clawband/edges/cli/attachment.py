"""Where an `openclaw.json` is changed: in the file, or through the running gateway.

Through the gateway is better: it checks the change and applies it. A gateway that starts on a
file it does not recognise may silently put its own last good copy back, so whatever way it was
written, it is read back.
"""

import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import click

import clawband
from clawband.edges.cli import show
from clawband.edges.cli.files import text
from clawband.edges.cli.local import GatewayLink
from clawband.edges.cli.place import Place, write_private
from clawband.edges.cli.visible import visible
from clawband.model.errors import ConflictError, InputError, NotFoundError, UnavailableError
from clawband.model.gateways import GatewaySettings
from clawband.openclaw import config as openclaw
from clawband.openclaw.patches import merge_patch

SHIPPED = (
    "index.js", "client.js", "link.js", "shape.js", "install.js", "openclaw.plugin.json",
    "package.json",
)  # fmt: skip
BACKUP = ".before-clawband"
SECRET = re.compile(r"(http://gateway\.[^:@]*:)[^@]*@")
"""The proxy's password is not for the screen."""
MOST_PYTHON = 120
"""Characters: what every kernel reads of a first line."""


class Target(Protocol):
    """One configuration that can be read and replaced."""

    name: str
    before: openclaw.Config
    text: str
    """`before` as it is shown."""

    def write(self, after: openclaw.Config) -> str:
        """Replace it, unless somebody else was faster (`ConflictError`); says what was done."""
        ...

    def again(self) -> openclaw.Config:
        """Read it once more."""
        ...


class FileTarget:
    """The file itself. Keeps owner and mode, writes it whole, and keeps a backup."""

    def __init__(self, path: Path) -> None:
        self._path = path.expanduser().resolve()
        self.name = str(path)
        self.text = text(self._path)
        self.before = openclaw.parse(self.text)

    def write(self, after: openclaw.Config) -> str:
        if text(self._path) != self.text:
            raise ConflictError(f"`{self.name}` was changed meanwhile", remedy="attach again")
        known = self._path.stat()
        if known.st_uid not in (os.geteuid(), os.getuid()) and os.geteuid() != 0:
            raise InputError(
                f"`{self.name}` belongs to another user", remedy="run attach as that user"
            )
        backup = self._path.with_name(self._path.name + BACKUP)
        write_private(backup, self.text)
        # If we stop here nothing is changed, and there is a copy.
        write_private(self._path, openclaw.render(after, self.text))
        os.chmod(self._path, known.st_mode & 0o777)
        for path in (self._path, backup):
            if path.stat().st_uid != known.st_uid:
                os.chown(path, known.st_uid, known.st_gid)
        return f"written; the file as it was is `{backup}`"

    def again(self) -> openclaw.Config:
        return openclaw.parse(text(self._path))


class LiveTarget:
    """The running gateway, by `config.get` and `config.patch`. It keeps its own backups."""

    def __init__(self, link: GatewayLink) -> None:
        self._link = link
        told = self._get()
        self.name, self._hash = str(told.get("path", "openclaw.json")), told["hash"]
        self.before = dict(told["parsed"])
        self.text = json.dumps(self.before, indent=2, ensure_ascii=False)

    @property
    def boot(self) -> str:
        """Names one start of the gateway."""
        return str(self._link.hello.get("server", {}).get("bootId", ""))

    def write(self, after: openclaw.Config) -> str:
        patch, shorter = merge_patch(self.before, after)
        asked = {"raw": json.dumps(patch), "baseHash": self._hash, "note": "clawband"}
        if shorter:
            asked["replacePaths"] = shorter
        self._link.call("config.patch", asked)
        return "written through the gateway, which checked it"

    def again(self) -> openclaw.Config:
        return dict(self._get()["parsed"])

    def _get(self) -> dict[str, Any]:
        told = self._link.call("config.get", {})
        if not isinstance(told.get("parsed"), dict) or "hash" not in told:
            raise UnavailableError(
                "the gateway does not show its configuration", remedy="attach with `--config`"
            )
        return told


def reached(place: Place, gateway: GatewaySettings) -> Target:
    """The configuration of a gateway: through the gateway if it runs, else its file."""
    if gateway.url and gateway.token_file:
        try:
            return LiveTarget(place.local.link(gateway.url, Path(gateway.token_file)))
        except UnavailableError as error:
            show.note(f"{visible(error.message)}; changing the file instead")
    path = Path(gateway.config).expanduser()
    return FileTarget(path if path.is_absolute() or path.exists() else place.folder / path)


def agreed(
    target: Target, after: openclaw.Config, *, yes: bool, dry_run: bool, hidden: Sequence[str] = ()
) -> bool:
    """Show the change without what is `hidden`; whether it is to be made."""
    text = openclaw.render(after, target.text)
    for line in openclaw.difference(openclaw.render(target.before, target.text), text, target.name):
        line = SECRET.sub(r"\1…@", line)
        for each in hidden:
            line = line.replace(each, "…")
        colour = {"+": "green", "-": "red"}.get(line[:1])
        show.line(click.style(visible(line), fg=colour))
    if dry_run:
        show.note("nothing was changed")
        return False
    if not yes and not click.confirm(f"change {target.name}?", err=True):
        show.note("nothing was changed")
        return False
    return True


@dataclass(frozen=True, slots=True)
class Record:
    """What was attached, kept in the state folder until it is detached."""

    path: Path

    def load(self) -> openclaw.Undo | None:
        try:
            return openclaw.Undo.of(json.loads(self.path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise InputError(
                f"`{self.path}` cannot be read",
                remedy="take `clawband` out of `plugins` in openclaw.json by hand",
            ) from error

    def keep(self, undo: openclaw.Undo) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(self.path, json.dumps(undo.as_json(), indent=1))

    def drop(self) -> None:
        self.path.unlink(missing_ok=True)


def provided(state: Path, interpreter: str = sys.executable) -> Path:
    """The secret provider as OpenClaw wants a program: a file of this user, and no link.

    It begins with its Python, because a gateway starts it without any environment.
    """
    source = Path(clawband.__file__).resolve().parent / "provider" / "run.py"
    python = os.path.realpath(interpreter)
    if len(python) > MOST_PYTHON or not python.isprintable() or " " in python:
        raise InputError(
            f"`{python[:80]}` cannot stand in the first line of a program",
            remedy="install Clawband where the path to its Python is short, without spaces",
        )
    text = f"#!{python} -IS\n{source.read_text(encoding='utf-8')}"
    folder = state / "provider" / hashlib.sha256(text.encode()).hexdigest()[:12]
    program = folder / "clawband-secret-provider"
    if not program.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(program, text)
        program.chmod(0o700)
    return program


def staged(state: Path) -> Path:
    """A copy of the plugin under its digest, so that an upgrade never edits a loaded one.

    A manifest that changes under a running gateway keeps it from starting again.
    """
    source = Path(clawband.__file__).resolve().parents[2] / "plugin"
    if not (source / "openclaw.plugin.json").is_file():
        raise NotFoundError(
            "the OpenClaw plugin is not here: it comes with the source",
            remedy="run attach from a checkout",
        )
    hashed = hashlib.sha256()
    for name in SHIPPED:
        hashed.update((source / name).read_bytes() + b"\0")
    folder = state / "plugin" / hashed.hexdigest()[:12]
    if not folder.exists():
        fresh = folder.with_name(f".{folder.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700, parents=True)
        for name in SHIPPED:
            shutil.copyfile(source / name, fresh / name)
        fresh.rename(folder)
    return folder
