"""What `--help` says: golden for every command, and quick."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from clawband.edges.cli.main import SECTIONS, cli
from tests.edges.cli.terminal import ROOT, Terminal

HEAVY = ("httpx", "rich", "asyncio", "sqlalchemy", "cedarpy", "cryptography", "clawband.settings")


def commands(group: click.Group, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield path
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


COMMANDS = list(commands(cli, ()))


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: "-".join(path) or "clawband")
def test_help(
    path: tuple[str, ...],
    alone: Terminal,
    golden: Callable[[str, str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = alone(*path, "--help")
    assert (shown.code, shown.err) == (0, "")
    assert max(map(len, shown.out.splitlines())) <= 80
    golden(f"help/{'-'.join(path) or 'clawband'}.txt", shown.out)


@pytest.mark.parametrize("name", [name for section in SECTIONS.values() for name in section])
def test_the_menu_says_what_the_command_says(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    summary = next(entry[name][1] for entry in SECTIONS.values() if name in entry)
    assert (command.help or "").split("\n\n")[0].replace("\n", " ").strip() == summary


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from clawband.__main__ import run, Machine; run(['--help'], Machine());"
        f"print([each for each in {HEAVY} if each in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.strip() == "[]"


def test_version(alone: Terminal) -> None:
    assert alone("--version").out == "clawband 0.1.0\n"


def test_no_golden_without_a_command() -> None:
    files = {path.stem for path in (ROOT / "tests" / "golden" / "help").glob("*.txt")}
    assert files == {"-".join(path) or "clawband" for path in COMMANDS}
    assert Path(ROOT).is_dir()
