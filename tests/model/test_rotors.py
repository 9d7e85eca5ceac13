"""How far drivers reach is said, and nothing is when it is not."""

import pytest

from clawband.model import rotors
from clawband.model.errors import InputError
from clawband.model.rotors import RotorSettings


def test_empty_means_no():
    assert rotors.read({}) == RotorSettings()
    assert RotorSettings().hosts == frozenset() and RotorSettings().programs == ""


def test_what_is_said():
    told = rotors.read({"hosts": ["api.example.com"], "programs": "p", "user": "nobody"})
    assert told == RotorSettings(hosts=frozenset({"api.example.com"}), programs="p", user="nobody")


@pytest.mark.parametrize(("given", "says"), [
    ([], "to be a table"),
    ({"host": []}, "unknown key `host`"),
    ({"hosts": "api.example.com"}, "names of hosts"),
    ({"hosts": ["https://api.example.com"]}, "names of hosts"),
    ({"hosts": ["API.example.com"]}, "names of hosts"),
    ({"hosts": [""]}, "names of hosts"),
    ({"hosts": [7]}, "names of hosts"),
    ({"programs": 7}, "expected `programs`"),
])  # fmt: skip
def test_what_is_wrong_is_refused(given, says):
    with pytest.raises(InputError, match=says):
        rotors.read(given)
