"""Rotation on a real gateway: a provider's key that it has from us, and its own operator token."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clawband.adapters.gateways.openclaw import Link
from clawband.adapters.gateways.token import GatewayToken
from clawband.model.errors import AuthenticationError
from clawband.model.rotation import Shape
from clawband.ports.rotor import Job, Made
from examples.sample.gateway import SampleGateway
from tests.e2e.commands import clawband, configured, served
from tests.e2e.keyed_model import KeyedModel

POLICIES = Path(__file__).resolve().parents[2] / "examples" / "workflows"
KEY = "sk-of-the-sample-5f0c1e7a9b"
ASK = "summarise ticket 3"


@pytest.fixture
def running(
    tmp_path: Path, node: Path, modules: Path
) -> Iterator[tuple[SampleGateway, KeyedModel]]:
    gateway = SampleGateway(tmp_path / "gateway", None, node=node, modules=modules)
    with KeyedModel(tmp_path, gateway.model.url, KEY) as keyed:
        keyed.issuer(tmp_path / "programs")
        gateway.models = (keyed.url, KEY)
        try:
            yield gateway.start(), keyed
        finally:
            gateway.stop()


def said(folder: Path, *arguments: str) -> Any:
    done = clawband(folder, *arguments, "--json")
    assert done.returncode == 0, done
    return json.loads(done.stdout)


def settings(folder: Path, gateway: SampleGateway, token: str) -> None:
    configured(
        folder,
        f'policies = "{POLICIES}"\n[rotation]\nprograms = "programs"\n[[gateway]]\n'
        f'name = "sample"\nurl = "ws://127.0.0.1:{gateway.port}"\ntoken_file = "{token}"\n',
    )


def refused(gateway: SampleGateway, token: str) -> bool:
    try:
        Link(f"ws://127.0.0.1:{gateway.port}", token).close()
    except AuthenticationError:
        return True
    return False


def steps(told: Any) -> list[str]:
    return [each["step"] for each in told["steps"]]


def test_keys_of_a_real_gateway(tmp_path: Path, running: tuple[SampleGateway, KeyedModel]) -> None:
    gateway, keyed = running
    first = gateway.token
    a_token_that_stands_in_the_configuration(gateway)
    settings(tmp_path, gateway, str(gateway.layout.token))
    with served(tmp_path):
        assert clawband(tmp_path, "policy", "publish").returncode == 0
        assert clawband(tmp_path, "attach", "--secrets", "--yes").returncode == 0
        gateway.restart()
        done = clawband(tmp_path, "secret", "import", "--gateway", "sample", "--yes")
        assert done.returncode == 0, done
        names = [each["name"] for each in said(tmp_path, "secret", "list")]
        token = next(each for each in names if "auth" in each)
        a_key_of_the_models_provider(
            tmp_path, gateway, keyed, next(e for e in names if "model" in e)
        )
    settings(tmp_path, gateway, f"secret:{token}")
    with served(tmp_path):
        a_token_that_it_has_from_us(tmp_path, gateway, token, first)


def a_key_of_the_models_provider(
    folder: Path, gateway: SampleGateway, keyed: KeyedModel, name: str
) -> None:
    """Rehearsed, then rotated; the gateway asks its model with the new one and never with a dead
    one."""
    plan = ("--driver", "script", "--option", "program=issuer")
    assert clawband(folder, "secret", "change", name, *plan).returncode == 0
    assert "parcel" in gateway.complete("support", ASK)
    rehearsed = said(folder, "rotate", name, "--rehearse")
    assert rehearsed["outcome"] == "rehearsed" and keyed.alive() == [KEY]
    rotated = said(folder, "rotate", name)
    assert rotated["outcome"] == "rotated", rotated
    assert "taken by sample" in [each["words"] for each in rotated["steps"]]
    (alive,) = keyed.alive()
    assert alive == f"sk-made-for-{rotated['id']}"
    before = len(keyed.seen)
    assert "parcel" in gateway.complete("support", ASK)
    assert {each for each, _ in keyed.seen[before:]} == {alive}
    assert all(opened for _, opened in keyed.seen), "nobody was ever shown a dead key"
    assert KEY not in gateway.config_path.read_text()
    log = clawband(folder, "activity", "--json").stdout
    ends = [each for each in log.splitlines() if '"secret:end"' in each]
    assert len(ends) == 2 and all('"proof": "refused"' in each for each in ends)


def a_token_that_it_has_from_us(
    folder: Path, gateway: SampleGateway, name: str, first: str
) -> None:
    """Twice, for the second time is signed in with what the first one made."""
    plan = ("--driver", "gateway-token", "--option", "gateway=sample")
    assert clawband(folder, "secret", "change", name, *plan).returncode == 0
    for _ in range(2):
        rotated = said(folder, "rotate", name)
        assert rotated["outcome"] == "rotated", rotated
        assert steps(rotated) == ["create", "switch", "place", "prove", "tell", "bury"]
    assert refused(gateway, first)
    assert first not in gateway.config_path.read_text()
    broken = clawband(folder, "rotate", name, "--rehearse")
    assert broken.returncode == 2 and "one value at a time" in broken.stderr


def a_token_that_stands_in_the_configuration(gateway: SampleGateway) -> None:
    """It is replaced there, and the first one opens nothing any more; and back."""
    rotor = GatewayToken({("dev", "sample"): f"ws://127.0.0.1:{gateway.port}"})
    old = Made(value=gateway.token.encode())

    def job(*alive: Made) -> Job:
        values = tuple(each.value for each in alive)
        return Job(
            rotation="rot_1", secret="sample/token", environment="dev", current=values[0],
            options={"gateway": "sample"}, alive=values,
        )  # fmt: skip

    assert rotor.shape(job(old)) is Shape.ONE
    fresh = rotor.create(job(old))
    assert not rotor.check(job(old), fresh).alive
    rotor.place(job(old, fresh), fresh)
    assert rotor.check(job(old, fresh), fresh).alive
    seen = rotor.check(job(old, fresh), old)
    assert not seen.alive and "AUTH_TOKEN_MISMATCH" in seen.words
    assert fresh.value.decode() in gateway.config_path.read_text()
    rotor.place(job(old, fresh), old)
    assert rotor.check(job(old, fresh), old).alive
    assert not rotor.check(job(old, fresh), fresh).alive
