"""A repository as git tells it: what there is now, and that it cannot be told."""

import subprocess
from pathlib import Path

import pytest

from clawband.edges.cli.git import present
from clawband.model.errors import InputError
from tests.edges.cli.test_scan import Repository


def test_what_git_cannot_tell_is_not_told_as_gone(tmp_path: Path) -> None:
    git = Repository(tmp_path / "répo")
    assert present(git.folder) == {}, "nothing was ever committed"
    git.write("a.env", "ONE=1\n")
    git.commit("one")
    assert list(present(git.folder).values()) == ["a.env"]
    asked = ["git", "-C", str(git.folder), "rev-parse", "HEAD^{tree}"]
    tree = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    (git.folder / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    with pytest.raises(InputError, match="git cannot read"):
        present(git.folder)
