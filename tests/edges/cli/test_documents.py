"""Help in the documents is what the program prints, and every command they name exists."""

import re
from pathlib import Path

import click
import pytest

from clawband.edges.cli.main import cli
from tests.edges.cli.terminal import ROOT, Terminal

DOCUMENTS = (ROOT / "README.md", ROOT / "docs" / "cli.md", ROOT / "docs" / "getting-started.md")
BLOCKS = re.findall(
    r"```console\n\$ clawband (.*?)--help\n(.*?)```",
    (ROOT / "docs" / "cli.md").read_text(encoding="utf-8"),
    re.DOTALL,
)


@pytest.mark.parametrize(("command", "text"), BLOCKS, ids=[block[0] or "-" for block in BLOCKS])
def test_help_in_the_document(
    command: str, text: str, alone: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert alone(*command.split(), "--help").out == text


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_named_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for words in re.findall(r"(?:^ +(?:\$ )?|`)clawband ((?:[a-z-]+ ?)+)", text, re.MULTILINE):
        name, *rest = words.split()
        if name.startswith("-"):
            continue
        command = cli.get_command(click.Context(cli), name)
        assert command is not None, words
        if isinstance(command, click.Group) and rest:
            assert rest[0] in command.commands, words
