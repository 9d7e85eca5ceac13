"""A service with an API for keys, and who may ask it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clawband.adapters.rotors.requests import Requests
from tests.simulators.key_service import KeyService
from tests.simulators.signing import Signing


@pytest.fixture(scope="module")
def signing(tmp_path_factory: pytest.TempPathFactory) -> Signing:
    return Signing(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def service(signing: Signing) -> Iterator[KeyService]:
    with KeyService(signing.context(["localhost"])) as running:
        yield running


@pytest.fixture
def requests(signing: Signing) -> Requests:
    return Requests(frozenset({"localhost"}), str(Path(signing.path)))
