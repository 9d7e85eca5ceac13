"""Configured providers: their keys come from files that nobody else can read."""

import pytest

from clawband.adapters.stores.memory import Memory
from clawband.bootstrap.own import Owned
from clawband.edges.models.providers import configured
from clawband.edges.models.upstream import Address
from clawband.model.errors import InputError, UnavailableError
from clawband.model.providers import ProviderSettings
from clawband.service.masking import Masking
from tests.simulators.keepers import MemoryCold


def given(path, **more):
    return ProviderSettings(name="lab", url="https://api.example/v1", key_file=str(path), **more)


def key_file(tmp_path, text, mode=0o600):
    path = tmp_path / "key"
    path.write_text(text)
    path.chmod(mode)
    return path


NAMED = Owned(Memory(MemoryCold()), {}, Masking()).named


def test_a_provider_has_its_region_and_a_key_that_may_come_later(tmp_path):
    listed = [given(key_file(tmp_path, "sk-1\n"), region="eu")]
    assert configured(listed, NAMED)["lab"].region == "eu"
    assert set(configured([given("secret:lab/key")], NAMED)) == {"lab"}


@pytest.mark.parametrize(("text", "mode"), [("", 0o600), ("a\r\nx: y", 0o600), ("sk-1", 0o644)])
def test_a_key_file_that_is_wrong_is_refused(tmp_path, text, mode):
    with pytest.raises(UnavailableError):
        configured([given(key_file(tmp_path, text, mode))], NAMED)


def test_a_key_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UnavailableError):
        configured([given(tmp_path / "none")], NAMED)


def test_addresses_are_plain():
    assert Address.parse("https://api.example/v1/") == Address("api.example", 443, True, "/v1")
    assert Address.parse("http://[::1]:8080").named == "[::1]:8080"
    assert Address.parse("http://a.example").named == "a.example"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example", "a.example", "https://", "https://u:p@a.example", "https://a.example?x",
        "https://a.example#x", "https://a.example:x", "https://ä.example", "https://a.example/ x",
        "https://a.example/\r\nx: y",
    ],
)  # fmt: skip
def test_other_addresses_are_refused(url):
    with pytest.raises(InputError):
        Address.parse(url)
