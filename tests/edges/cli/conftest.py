"""Fixtures of the command-line tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edges.cli.terminal import Terminal, server


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """A terminal before a server that a whole test module shares."""
    with server(tmp_path_factory.mktemp("cli")) as running:
        assert running("policy", "publish").code == 0
        yield running


@pytest.fixture
def alone(tmp_path: Path) -> Terminal:
    """A terminal in an empty folder, where no server runs."""
    (tmp_path / "clawband.toml").write_text('state = "s"\nport = 9\n')
    return Terminal(tmp_path)
