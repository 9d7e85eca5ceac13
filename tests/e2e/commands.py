"""The `clawband` program as people start it: commands that end, and programs that go on."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from examples.sample.gateway import free_port

CLAWBAND = [sys.executable, "-m", "clawband"]


def clawband(folder: Path, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """One command in a folder, to its end."""
    return subprocess.run(
        [*CLAWBAND, "-C", folder, *arguments],
        input=given, capture_output=True, text=True, timeout=120, check=False, env=_environment(),
    )  # fmt: skip


def configured(folder: Path, more: str = "") -> int:
    """A `clawband.toml` with a free port; the port."""
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "clawband.toml").write_text(f'state = "s"\nport = {port}\n{more}')
    return port


@contextmanager
def served(folder: Path) -> Iterator[dict[str, Any]]:
    """The server of a folder, with us signed in as its administrator."""
    process = subprocess.Popen(
        [*CLAWBAND, "-C", folder, "serve", "--leashed"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=_environment(),
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdin is not None
    told = json.loads(process.stdout.readline())
    kept = {"server": told["url"], "current": "ada", "tokens": {"ada": told["token"]}}
    (folder / "s" / "cli.json").write_text(json.dumps(kept))
    try:
        yield told
    finally:
        process.stdin.close()
        assert process.wait(20) == 0
        process.stdout.close()


class Up:
    """`clawband up` in a folder."""

    def __init__(self, folder: Path) -> None:
        self.output = ""
        self.process = subprocess.Popen(
            [*CLAWBAND, "-C", folder, "up"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=_environment(),
            start_new_session=True,
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output += line

    def until(self, pattern: str, seconds: float = 300) -> re.Match[str]:
        end = time.monotonic() + seconds
        while not (found := re.search(pattern, self.output)):
            assert self._reader.is_alive() or self.process.poll() is None, self.output
            assert time.monotonic() < end, self.output
            time.sleep(0.1)
        return found

    def stop(self, number: int = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(60)
        self._reader.join(10)
        if self.process.stdout:
            self.process.stdout.close()
        return code


def say(chat: str, agent: str, text: str) -> None:
    """Somebody called ana says something to a bot of the sample's chat network."""
    httpx.post(f"{chat}/send", json={"bot": agent, "from": "ana", "text": text}).raise_for_status()


def heard(chat: str, word: str, seconds: float = 120) -> bool:
    """Did a bot say this by then?"""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        said = httpx.get(f"{chat}/messages", params={"after": 0, "wait": 0}).json()
        if any(word in each["text"] for each in said if each["from"].endswith("_bot")):
            return True
        time.sleep(0.2)
    return False


def processes(word: str) -> list[int]:
    """Ids of the processes that carry a word in their command line or working folder."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            command = (entry / "cmdline").read_bytes().decode("utf-8", "replace")
            if word in command or word in str((entry / "cwd").readlink()):
                found.append(int(entry.name))
        except OSError:
            continue  # it ended meanwhile
    return found


def _environment() -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if not name.startswith("CLAWBAND_")}
