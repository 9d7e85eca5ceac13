"""Fixtures of the end-to-end tests: a real OpenClaw gateway with the plugin in it.

`guard` is the decision side; a test module that wants another one overrides it. Nothing here needs
an account: model and chat network are the sample's own. The first run installs OpenClaw.
"""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from examples.sample.gateway import SampleGateway
from examples.sample.modules import ensure_modules
from tests.simulators.decision_server import DecisionServer

ROOT = Path(__file__).resolve().parents[2]
AXE = Path(__file__).with_name("axe")
CREDENTIAL = "gateway-credential-of-the-tests"
expect.set_options(timeout=15_000)  # a slow machine shows a page after the five seconds, too


@dataclass(frozen=True)
class Guard:
    """Where the plugin finds its decisions."""

    socket: Path
    credential_file: Path

    def plugin_config(self) -> dict[str, Any]:
        return {"socket": str(self.socket), "credentialFile": str(self.credential_file)}


@pytest.fixture(scope="session")
def node() -> Path:
    """The Node of this Python environment."""
    program = Path(sys.executable).with_name("node")
    assert program.exists(), "expected `node` beside Python; run `make setup`"
    return program


@pytest.fixture(scope="session")
def modules(node: Path) -> Path:
    return ensure_modules(ROOT / ".clawband" / "openclaw", node, print)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def axe(node: Path) -> str:
    """The program of axe-core, to be run in a page."""
    modules = ensure_modules(ROOT / ".clawband" / "axe", node, print, lock=AXE, name="axe-core")
    return (modules / "axe-core" / "axe.min.js").read_text()


@pytest.fixture(scope="session")
def make_gateway(node: Path, modules: Path) -> Callable[..., SampleGateway]:
    """A sample gateway in a folder, not yet started."""

    def make(folder: Path, guard: Guard, **options: Any) -> SampleGateway:
        config = guard.plugin_config()
        return SampleGateway(folder, config, node=node, modules=modules, **options)

    return make


@pytest.fixture(scope="module")
def decisions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DecisionServer]:
    """A decision side that answers as the test says."""
    # A unix socket's path is limited to about a hundred bytes, so not below a test's own folder.
    folder = tmp_path_factory.mktemp("guard")
    server = DecisionServer(folder / "s", CREDENTIAL).start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def guard(decisions: DecisionServer) -> Guard:
    credential_file = decisions.path.with_name("credential")
    credential_file.write_text(f"{CREDENTIAL}\n")
    return Guard(decisions.path, credential_file)


@pytest.fixture(scope="module")
def gateway(
    guard: Guard,
    node: Path,
    modules: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[SampleGateway]:
    """A running gateway, guarded by `guard`."""
    folder = tmp_path_factory.mktemp("gateway")
    running = SampleGateway(folder, guard.plugin_config(), node=node, modules=modules)
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.fixture
def aside() -> Iterator[Callable[..., Future[Any]]]:
    """Run something beside the test, so that the test can look while it waits."""
    with ThreadPoolExecutor(4) as pool:
        yield pool.submit
