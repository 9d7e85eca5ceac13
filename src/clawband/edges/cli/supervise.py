"""Programs that `clawband up` starts: each on a leash, so that none outlives it.

The leash is the child's standard input: it ends when we let go of it and also when we are killed,
and the child stops by itself then. Whatever a child has to tell comes as lines of JSON.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from clawband.model.errors import UnavailableError

GRACE_SECONDS = 20.0
TAIL_BYTES = 2_000
Said = Mapping[str, Any]


class Child:
    """One Python program of ours. What it writes to standard error goes to `log`."""

    def __init__(self, name: str, arguments: Sequence[str], *, cwd: Path, log: Path) -> None:
        self.name, self.log = name, log
        with log.open("ab") as errors:
            log.chmod(0o600)
            self._begin = errors.tell()
            # A session of its own: Ctrl-C is for us, and we end the children in order.
            self._process = subprocess.Popen(  # noqa: S603 - our own programs
                [sys.executable, *arguments],
                cwd=cwd,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
            )

    def lines(self) -> Iterator[Said]:
        """What it tells, until it ends."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            yield json.loads(line)

    def until(self, key: str, heard: Callable[[Said], None] = lambda _: None) -> Said:
        """The first line with `key`; earlier ones go to `heard`. Raises when it ends before."""
        for said in self.lines():
            if key in said:
                return said
            heard(said)
        self.stop()
        raise UnavailableError(
            f"{self.name} did not start: {self._last_words()}",
            remedy=f"its whole output is in `{self.log}`",
        )

    def ended(self) -> bool:
        return self._process.poll() is not None

    def stop(self) -> None:
        """Let go of the leash, wait, then insist."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
        for insist in (self._process.terminate, self._process.kill):
            try:
                self._process.wait(GRACE_SECONDS)
                break
            except subprocess.TimeoutExpired:
                insist()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()

    def _last_words(self) -> str:
        with self.log.open("rb") as log:
            log.seek(self._begin)
            said = log.read().decode("utf-8", "replace")[-TAIL_BYTES:].strip()
        return said.removeprefix("error: ") or "it said nothing"


class Children:
    """The running programs; leaving the context stops them, the last one first."""

    def __init__(self) -> None:
        self._running: list[Child] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        while self._running:
            self._running.pop().stop()

    def start(self, name: str, arguments: Sequence[str], *, cwd: Path, log: Path) -> Child:
        child = Child(name, arguments, cwd=cwd, log=log)
        self._running.append(child)
        return child

    def ended(self) -> Child | None:
        """The first one that is not running any more."""
        return next((child for child in self._running if child.ended()), None)
