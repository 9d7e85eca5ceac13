"""What every test may use: a browser, golden files, and how hypothesis behaves in CI."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tests.servers.openbao import OpenBao
    from tests.servers.postgres import Postgres

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests" / "golden"
E2E_TIMEOUT_SECONDS = 600
PROCESSES = ("adapters/kernel", "attacks", "edges/egress", "edges/interceptor", "launcher")
"""Folders whose tests start programs or wait on sockets: not for the fast inner loop."""
IN_CI = os.environ.get("CI") == "true"

# A shared machine makes single examples slow; slowness is measured under benchmarks/, not here.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if IN_CI else "local")

# A run in the background begins with Ctrl-C ignored, and what it starts would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark by what a test uses and where it lives, so that nobody has to remember it."""
    for item in items:
        used = getattr(item, "fixturenames", ())
        if "golden" in used:
            item.add_marker(pytest.mark.golden)
        if "chromium" in used:
            item.add_marker(pytest.mark.browser)
        if "openbao" in used or "postgres" in used:
            item.add_marker(pytest.mark.slow)
        if any((ROOT / "tests" / folder) in item.path.parents for folder in PROCESSES):
            item.add_marker(pytest.mark.slow)
        if (ROOT / "tests" / "e2e") in item.path.parents:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.e2e)
            if item.get_closest_marker("timeout") is None:
                # The first one installs OpenClaw in its set-up, and that counts.
                item.add_marker(pytest.mark.timeout(E2E_TIMEOUT_SECONDS))


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium. Without one the test is skipped, and in CI it fails."""
    named = os.environ.get("CHROMIUM")
    known = ("chromium", "chromium-browser", "google-chrome")
    found = named or next(filter(None, map(shutil.which, known)), None)
    if found:
        return found
    reason = "no Chromium on PATH; install it, or name one: make test CHROMIUM=/path/to/chromium"
    if IN_CI:
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def openbao(tmp_path_factory: pytest.TempPathFactory) -> Iterator["OpenBao"]:
    """A real OpenBao, running and unsealed; who seals or stops it leaves it as it was."""
    from tests.servers.openbao import OpenBao

    server = OpenBao(tmp_path_factory.mktemp("openbao"))
    try:
        yield server.start()
    finally:
        server.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator["Postgres"]:
    """A real PostgreSQL."""
    from tests.servers.postgres import Postgres

    server = Postgres()
    try:
        yield server.start()
    finally:
        server.close()


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """`golden("cli/help.txt", text)` compares with tests/golden; `make golden` writes it anew."""

    def compare(name: str, got: str) -> None:
        path = GOLDEN / name
        if os.environ.get("CLAWBAND_WRITE_GOLDEN"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(got, encoding="utf-8")
        assert path.exists(), f"no golden file `{name}`: run make golden and read what it wrote"
        assert got == path.read_text(encoding="utf-8"), (
            f"`{name}` differs: make golden, then git diff"
        )

    return compare
