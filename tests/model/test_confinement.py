"""`[launcher]`: absolute paths and nothing else."""

import pytest

from clawband.model.confinement import LauncherSettings, read
from clawband.model.errors import InputError


def test_what_is_not_said_is_as_usual():
    assert read({}) == LauncherSettings()
    assert read({"read": ["/opt"], "symlinks": True}) == LauncherSettings(
        read=("/opt",), symlinks=True
    )


@pytest.mark.parametrize(
    "wrong",
    [{"reed": []}, {"read": "/usr"}, {"read": ["usr"]}, {"write": [1]}, {"shell": "sh"},
     {"symlinks": 1}, "launcher", ["/usr"]],
)  # fmt: skip
def test_everything_else_is_refused(wrong):
    with pytest.raises(InputError):
        read(wrong)
