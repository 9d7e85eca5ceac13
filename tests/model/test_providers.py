"""`[[model]]`: what is read of it, and what is refused."""

import pytest

from clawband.model.errors import InputError
from clawband.model.providers import ProviderSettings, read


def test_a_provider_is_read():
    given = {"name": "eu-1", "url": "https://api.example/v1", "key_file": "k", "region": "eu"}
    assert read([given]) == (
        ProviderSettings(name="eu-1", url="https://api.example/v1", key_file="k", region="eu"),
    )
    assert read([]) == ()


@pytest.mark.parametrize(
    "given",
    [
        "x",
        {"name": "a"},
        ["a"],
        [{"name": "a"}],
        [{"url": "https://api.example/v1"}],
        [{"name": "a/b", "url": "https://api.example/v1"}],
        [{"name": "a", "url": "https://api.example/v1", "key": "sk"}],
        [{"name": "a", "url": 5}],
        [{"name": "a", "url": "u"}, {"name": "a", "url": "v"}],
    ],
)
def test_what_is_no_provider_is_refused(given):
    with pytest.raises(InputError):
        read(given)
