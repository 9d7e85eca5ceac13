"""A program of your own, for an issuer that no other driver speaks to.

It is asked by JSON on standard input and answers with JSON on standard output. Values are on no
command line, in no environment and in no log; what it says on standard error is not kept, for it
may hold one.

    {"do": "create", "rotation", "secret", "options", "secrets": {name: text}, "current"}
        -> {"value": text, "id": text?}
    {"do": "check", …, "value", "id"}  -> {"alive": true|false, "words": text}
    {"do": "revoke", …, "value", "id"} -> {"done": true}
    any of them                        -> {"error": text}
"""

import json
import os
import pwd
import signal
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clawband.adapters.rotors import options
from clawband.model.errors import InputError, UnavailableError
from clawband.model.rotation import Shape
from clawband.ports.rotor import Job, Made, Seen

SECONDS = 60.0
MOST_BYTES = 256 * 1024
PROGRAM = "program"
PATH = "/usr/local/bin:/usr/bin:/bin"
WITHOUT_CORE = ("/bin/sh", "-c", 'ulimit -c 0 && exec "$0"')
"""It leaves what it is told in no file of its memory."""
_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_.")


class ProgramRotor:
    """Implements `ports.rotor.Rotor`. A plan names a file of `folder`, no path, for it is written
    by whoever may keep secrets. `user` is whom it runs as, where we run as root."""

    def __init__(self, folder: Path | None, user: str = "", *, seconds: float = SECONDS) -> None:
        self._folder, self._user, self._seconds = folder, user, seconds

    def shape(self, job: Job) -> Shape:
        self._program(job)
        return Shape.TWO

    def create(self, job: Job) -> Made:
        told = self._asked(job, "create")
        value, issued = told.get("value"), told.get("id", "")
        if not isinstance(value, str) or not value or not isinstance(issued, str):
            raise _unfit(job, "made no `value`")
        return Made(value=value.encode(), issued=issued)

    def place(self, job: Job, made: Made) -> None:
        """Made is accepted."""

    def check(self, job: Job, made: Made) -> Seen:
        told = self._asked(job, "check", made)
        if not isinstance(told.get("alive"), bool):
            raise _unfit(job, "did not say whether the value is `alive`")
        return Seen(told["alive"], _without(str(told.get("words", "")), job, made))

    def revoke(self, job: Job, made: Made) -> None:
        if self._asked(job, "revoke", made).get("done") is not True:
            raise _unfit(job, "did not say that it is `done`")

    def _asked(self, job: Job, do: str, made: Made | None = None) -> Mapping[str, Any]:
        asked = {
            "do": do, "rotation": job.rotation, "secret": job.secret,
            "options": {key: text for key, text in job.options.items() if key != PROGRAM},
            "secrets": {name: _text(value, job) for name, value in job.lent.items()},
            "current": _text(job.current, job),
        }  # fmt: skip
        if made:
            asked |= {"value": _text(made.value, job), "id": made.issued}
        try:
            told = json.loads(self._run(job, json.dumps(asked).encode()))
            json.dumps(told, ensure_ascii=False).encode()  # half a character is no text
        except (ValueError, RecursionError):
            raise _unfit(job, "answered no JSON") from None
        if not isinstance(told, dict):
            raise _unfit(job, "answered no object")
        if "error" in told:
            words = _without(str(told["error"]), job, made)
            raise UnavailableError(f"{_named(job)} says: {words}")
        return told

    def _run(self, job: Job, asked: bytes) -> bytes:
        path = self._program(job)
        try:
            process = subprocess.Popen(  # noqa: S603 - named by the settings, and checked
                [*WITHOUT_CORE, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, cwd="/", env={"PATH": PATH, "LANG": "C.UTF-8"},
                close_fds=True, start_new_session=True, umask=0o077,
                **self._as_whom(),
            )  # fmt: skip
        except (OSError, subprocess.SubprocessError) as error:
            raise UnavailableError(
                f"{_named(job)} cannot be run: {type(error).__name__}",
                remedy="make it executable for the user it runs as",
            ) from None
        try:
            answer: bytes = process.communicate(asked, timeout=self._seconds)[0]
        except subprocess.TimeoutExpired:
            raise UnavailableError(
                f"{_named(job)} took longer than {self._seconds:.0f} s"
            ) from None
        finally:
            _end(process)
        if process.returncode or len(answer) > MOST_BYTES:
            raise _unfit(job, f"ended with {process.returncode} and {len(answer)} bytes")
        return answer

    def _program(self, job: Job) -> Path:
        name = options.needed(job, PROGRAM)
        if self._folder is None or name[0] == "." or not set(name) <= _NAME:
            raise InputError(
                f"`{name[:40]}` is no program for rotations",
                remedy="put it into the folder that `programs` under `[rotation]` of "
                "`clawband.toml` names, and say its name alone",
            )
        path = self._folder / name
        try:
            for each in (path, self._folder):
                held = each.lstat()
                known = stat.S_ISREG(held.st_mode) or (each == self._folder)
                ours = held.st_uid in (0, os.geteuid()) and not held.st_mode & 0o022
                if not known or not ours:
                    raise InputError(
                        f"`{each.name}` can be changed by other users, or is no file",
                        remedy="have root own it, and nobody else write to it",
                    )
        except OSError as error:
            raise InputError(
                f"there is no program `{name}`: {error.strerror}",
                remedy="put it into the folder for programs of rotations",
            ) from error
        return path

    def _as_whom(self) -> dict[str, Any]:
        if not self._user:
            return {}
        try:
            account = pwd.getpwnam(self._user)
        except KeyError as error:
            raise UnavailableError(
                f"there is no user `{self._user}`",
                remedy="correct `user` under `[rotation]` of `clawband.toml`",
            ) from error
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Whatever it started ends with it."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        process.kill()
    process.wait()
    for each in (process.stdin, process.stdout):
        if each:
            each.close()


def _text(value: bytes, job: Job) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise InputError(
            f"a value that `{job.secret}` needs is no text", remedy="use another driver for it"
        ) from None


def _without(words: str, job: Job, made: Made | None) -> str:
    """Its words are kept; a value in them is not."""
    for value in (job.current, *job.lent.values(), *([made.value] if made else [])):
        words = words.replace(value.decode(errors="replace"), "…")
    return words[:200]


def _named(job: Job) -> str:
    return f"the program `{options.said(job, PROGRAM)[:40]}`"


def _unfit(job: Job, what: str) -> UnavailableError:
    return UnavailableError(f"{_named(job)} {what}", remedy="see docs/rotation.md for its answers")
