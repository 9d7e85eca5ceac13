"""Files of a workspace, through a gateway that has them in a folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from clawband.adapters.gateways.workspace import OpenClawFiles
from clawband.model.errors import ConflictError, InputError, UnavailableError
from tests.simulators.gateway_socket import gateway_socket, refuses
from tests.simulators.gateway_workspace import WorkspaceAnswers


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    (folder / "notes").mkdir(parents=True)
    (folder / "AGENTS.md").write_text("Be kind.\n")
    (folder / "notes" / "a.md").write_text("one\n")
    return folder


@contextmanager
def reached(folder: Path, **how: Any) -> Iterator[OpenClawFiles]:
    with gateway_socket(WorkspaceAnswers(folder, **how)) as (url, _):
        yield OpenClawFiles(url, lambda: "t", seconds=2)


def test_files_are_read(folder: Path) -> None:
    with reached(folder) as files:
        assert files.read("desk", "notes/a.md") == "one\n"
        assert files.read("desk", "AGENTS.md") == "Be kind.\n"
        assert files.read("desk", "notes/none.md") is None


@pytest.mark.parametrize("path", ["AGENTS.md", "notes/a.md"])
def test_a_file_is_replaced_if_it_is_still_what_it_was(folder: Path, path: str) -> None:
    with reached(folder) as files:
        was = files.read("desk", path)
        files.write("desk", path, "new\n", was=was)
        assert (folder / path).read_text() == "new\n"
        with pytest.raises(ConflictError):
            files.write("desk", path, "newer\n", was=was)
        with pytest.raises(ConflictError):
            files.write("desk", path, "newer\n", was=None)
        assert (folder / path).read_text() == "new\n"


@pytest.mark.parametrize("path", ["MEMORY.md", "skills/x/references/SKILL.md"])
def test_a_new_file_is_made_with_its_folders(folder: Path, path: str) -> None:
    with reached(folder) as files:
        files.write("desk", path, "new\r\n", was=None)
        assert (folder / path).read_bytes() == b"new\r\n"


@pytest.mark.parametrize("path", ["AGENTS.md", "notes/a.md"])
def test_a_file_is_removed_if_it_is_still_what_it_was(folder: Path, path: str) -> None:
    with reached(folder) as files:
        with pytest.raises(ConflictError):
            files.remove("desk", path, was="other")
        assert files.remove("desk", path, was=(folder / path).read_text())
        assert not (folder / path).exists()


def test_a_gateway_elsewhere_keeps_its_files_but_empty(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / "notes").mkdir(parents=True)
    (other / "notes" / "a.md").write_text("one of this machine\n")
    with reached(folder, told=other) as files:
        assert not files.remove("desk", "notes/a.md", was="one\n")
        with pytest.raises(UnavailableError, match="does not hold"):
            files.write("desk", "skills/x.md", "new", was=None)
    assert (folder / "notes" / "a.md").read_text() == ""
    assert (other / "notes" / "a.md").read_text() == "one of this machine\n"
    assert not (other / "skills" / "x.md").exists()


def test_no_link_on_the_way_leads_elsewhere(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (folder / "skills").symlink_to(tmp_path / "secret")
    with reached(folder) as files, pytest.raises(UnavailableError, match="cannot be made"):
        files.write("desk", "skills/x.md", "new", was=None)
    assert list((tmp_path / "secret").iterdir()) == []


@pytest.mark.parametrize("path", ["/etc/passwd", "~/x", "../x", "a/../../x", "?", "", "a\\b"])
def test_only_the_workspace_is_reached(folder: Path, path: str) -> None:
    with reached(folder) as files:
        for act in (
            lambda: files.read("desk", path),
            lambda: files.write("desk", path, "x", was=None),
            lambda: files.remove("desk", path, was="x"),
        ):
            with pytest.raises(InputError, match="workspace"):
                act()


def test_without_a_session_an_ordinary_file_cannot_be_written(folder: Path) -> None:
    with reached(folder, sessions=0) as files, pytest.raises(UnavailableError, match="no session"):
        files.write("desk", "notes/a.md", "x", was="one\n")


def test_what_the_gateway_refuses_is_said(folder: Path) -> None:
    odd = refuses("INVALID_REQUEST", "odd", "agents.workspace.get")
    with gateway_socket(odd) as (url, _), pytest.raises(UnavailableError, match="odd"):
        OpenClawFiles(url, lambda: "t", seconds=2).read("desk", "AGENTS.md")
