"""Landlock around a command: what it may read and write, and how a name can lead elsewhere."""

import os

import pytest

from clawband.launcher import folders


@pytest.fixture
def outside(server):
    """A folder of the same user, beside the workspace, with a secret and a log in it."""
    folder = server.folder.parent / "state"
    folder.mkdir()
    (folder / "secret").write_text("token")
    (folder / "log").write_text("whole")
    return folder


def test_the_workspace_can_be_used(server):
    ran = server.run(
        "mkdir -p a/b c && echo x > a/b/f && mv a/b/f c/g && ln c/g c/h && cat c/h && rm -r a"
        " && mkfifo p && chmod 700 c/g && printf '#!/bin/sh\\necho run' > s && chmod +x s && ./s"
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "x\nrun\n", "")
    assert sorted(each.name for each in server.folder.iterdir()) == ["c", "p", "s"]


def test_new_files_are_the_owners_alone(server):
    server.run("touch f; mkdir d")
    assert {(server.folder / name).stat().st_mode & 0o77 for name in "fd"} == {0}


READS = [
    "cat ../state/secret", "ls ../state", "cat < ../state/secret", "cp ../state/secret .",
    "cat /proc/self/cwd/../state/secret", "cat /proc/self/root$PWD/../state/secret",
    "ln ../state/secret s; cat s", "exec 5<../state/secret", "/bin/sh ../state/secret",
    "mv ../state/secret .", "cd ../state && cat secret", "grep -r token ..",
]  # fmt: skip


@pytest.mark.parametrize("command", READS)
def test_what_is_outside_cannot_be_read(server, outside, command):
    ran = server.run(command)
    assert ran.returncode != 0
    assert "Permission denied" in ran.stderr or "Invalid cross-device link" in ran.stderr
    assert "token" not in ran.stdout
    assert (outside / "secret").read_text() == "token"


WRITES = [
    "echo x > ../state/log", "echo x >> ../state/log", "truncate -s 0 ../state/log",
    "rm ../state/log", "mv ../state/log ../state/other", "mv ../state ../moved",
    "touch ../state/new", "mkdir ../state/new", "ln -s / ../state/new", "rmdir ../state",
    "touch new; ln new ../state/new", "touch new; mv new ../state/log", "cp /etc/passwd ../state",
]  # fmt: skip


@pytest.mark.parametrize("command", WRITES)
def test_what_is_outside_cannot_be_changed(server, outside, command):
    ran = server.run(command)
    assert ran.returncode != 0, ran
    assert {each.name: each.read_text() for each in outside.iterdir()} == {
        "secret": "token",
        "log": "whole",
    }


def test_a_link_that_is_there_leads_no_further(server, outside):
    (server.folder / "link").symlink_to(outside)
    ran = server.run("cat link/secret; echo x > link/log; ls link/")
    assert ran.stdout == ""
    assert ran.stderr.count("ermission denied") == 3
    assert (outside / "log").read_text() == "whole"


def test_links_are_made_only_where_the_server_says(server):
    """The gateway's own file tools follow them, and are not confined."""
    assert "ermission denied" in server.run("ln -s /etc/passwd link").stderr
    assert not (server.folder / "link").is_symlink()
    server.symlinks = True
    assert server.run("ln -s /etc/passwd link && cat link").returncode == 0


def test_no_device_is_made_and_few_are_there(server):
    ran = server.run("mknod d c 1 3; head -c 3 /dev/urandom > /dev/null && echo x > /dev/full")
    assert "I/O error" in ran.stderr or "No space left" in ran.stderr
    assert not (server.folder / "d").exists()
    assert server.run("cat /dev/mem || ls /dev/shm || ls /dev/pts").returncode != 0


def test_what_is_missing_gives_nothing(server):
    server.read = (*server.read, "/no/such/folder")
    assert server.run("true").returncode == 0


def test_only_the_given_terminal_is_open(server):
    """The same user's other terminals would tell what is typed there."""
    other, name = os.openpty()
    try:
        ran = server.run(f"cat {os.ttyname(name)}")
        assert "Permission denied" in ran.stderr
    finally:
        os.close(other)
        os.close(name)


@pytest.mark.parametrize(("version", "last"), [
    (1, folders.MAKE_SYM), (2, folders.REFER), (3, folders.TRUNCATE), (4, folders.TRUNCATE),
    (5, folders.IOCTL_DEV), (6, folders.IOCTL_DEV), (7, folders.IOCTL_DEV), (9, folders.IOCTL_DEV),
])  # fmt: skip
def test_every_right_that_the_kernel_knows_is_handled(version, last):
    assert folders.handled_files(version) == last * 2 - 1
