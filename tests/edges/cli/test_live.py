"""What goes on until Ctrl-C: activity that follows, approvals that are watched."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.edges.cli.terminal import Terminal


@contextmanager
def following(terminal: Terminal, *arguments: str) -> Iterator[Iterator[str]]:
    """The lines a command prints; it must end quietly on Ctrl-C."""
    with subprocess.Popen(
        [sys.executable, "-m", "clawband", "-C", terminal.folder, *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            yield iter(process.stdout)
        finally:
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=10)
            assert process.returncode == 130
            assert errors.splitlines()[-1] == "stopped"


def test_activity_follows(terminal: Terminal) -> None:
    first = terminal.turn("crm_delete", {"customer": "5"})["decision"]
    with following(terminal, "activity", "--follow", "--outcome", "deny") as lines:
        assert any(first in line for line in lines)
        second = terminal.turn("crm_delete", {"customer": "6"})["decision"]
        assert any(second in line for line in lines)


def test_approvals_are_watched(terminal: Terminal) -> None:
    held = terminal.turn("refund", {"order": "1"})["approval"]
    with following(terminal, "approvals", "--watch") as lines:
        assert any(held in line for line in lines)
        for line in lines:  # to the end of the card: then it watches
            if "deny" in line:
                break
        opened = terminal.turn("refund", {"order": "2"})["approval"]
        assert any(opened in line and "pending" in line for line in lines)
        terminal("--as", "olga", "deny", opened, "--because", "no")
        assert any(f"{opened} refuse by olga" in line for line in lines)
