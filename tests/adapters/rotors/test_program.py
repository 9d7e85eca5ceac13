"""The driver `script`: a program that is told values by standard input, and nowhere else."""

import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from clawband.adapters.rotors.program import ProgramRotor
from clawband.model.errors import InputError, UnavailableError
from clawband.model.rotation import Shape
from clawband.ports.rotor import Job, Made

WORKS = """
import json, os, pathlib, sys
asked = json.load(sys.stdin)
held = pathlib.Path(r"{held}")
keys = json.loads(held.read_text()) if held.exists() else {{"first": "key_first"}}
told = {{
    "create": lambda: keys.setdefault(asked["rotation"], "key_" + asked["rotation"])
        and {{"value": keys[asked["rotation"]], "id": asked["rotation"]}},
    "check": lambda: {{"alive": asked["value"] in keys.values(), "words": "for " + asked["value"]}},
    "revoke": lambda: {{"done": keys.pop(asked["id"] or "first", "") != None}},
}}[asked["do"]]()
assert asked["secrets"] == {{"crm/admin": "the key of keys"}} and asked["options"] == {{"a": "b"}}
assert set(os.environ) <= {{"LANG", "LC_CTYPE", "OLDPWD", "PATH", "PWD", "SHLVL", "_"}}
assert len(sys.argv) == 1
held.write_text(json.dumps(keys))
print("to nobody: " + json.dumps(asked), file=sys.stderr)
print(json.dumps(told))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    programs = tmp_path / "programs"
    programs.mkdir(0o755)
    return programs


def put(folder: Path, text: str, name: str = "issuer", mode: int = 0o700) -> ProgramRotor:
    path = folder / name
    path.write_text(f"#!{sys.executable} -IS\n{text}")
    path.chmod(mode)
    return ProgramRotor(folder)


def job(named: str = "issuer", **more: str) -> Job:
    return Job(
        rotation="rot_1", secret="crm/key", environment="dev", current=b"key_first",
        options={"program": named, "a": "b", **more}, lent={"crm/admin": b"the key of keys"},
    )  # fmt: skip


OLD = Made(value=b"key_first")


def test_a_key_from_its_making_to_its_end(folder, tmp_path):
    rotor = put(folder, WORKS.format(held=tmp_path / "held"))
    assert rotor.shape(job()) is Shape.TWO
    made = rotor.create(job())
    assert made == rotor.create(job()) == Made(value=b"key_rot_1", issued="rot_1")
    rotor.place(job(), made)
    assert rotor.check(job(), made).alive and rotor.check(job(), OLD).alive
    rotor.revoke(job(), OLD)
    seen = rotor.check(job(), OLD)
    assert (seen.alive, seen.words) == (False, "for …"), "a value in its words is not kept"


@pytest.mark.parametrize(("text", "says"), [
    ("print('{}')", "made no `value`"),
    ("print('{\"value\": 7}')", "made no `value`"),
    ("print(r'{\"value\": \"\\ud800\"}')", "answered no JSON"),
    ("print('[]')", "answered no object"),
    ("print('key_first')", "answered no JSON"),
    ("raise SystemExit(3)", "ended with 3"),
    ("print('x' * 300_000)", "ended with 0 and 300001 bytes"),
    ("print('{\"error\": \"no quota for key_first\"}')", "no quota for …"),
])  # fmt: skip
def test_an_answer_that_is_none(folder, text, says):
    with pytest.raises(UnavailableError, match=says) as told:
        put(folder, text).create(job())
    assert "key_first" not in str(told.value)


def test_what_does_not_say_it_is_done_did_nothing(folder):
    rotor = put(folder, "print('{}')")
    with pytest.raises(UnavailableError, match="is `done`"):
        rotor.revoke(job(), OLD)
    with pytest.raises(UnavailableError, match="is `alive`"):
        rotor.check(job(), OLD)


@pytest.mark.parametrize("name", ["", "../issuer", "/bin/sh", ".issuer", "none", "a b", "-"])
def test_a_plan_names_a_file_of_the_folder_and_nothing_else(folder, name):
    put(folder, "")
    with pytest.raises(InputError):
        put(folder, "").shape(job(name))
    with pytest.raises(InputError, match="no program for rotations"):
        ProgramRotor(None).shape(job())


def test_a_program_that_others_can_change_is_not_run(folder):
    with pytest.raises(InputError, match="can be changed"):
        put(folder, "", mode=0o722).shape(job())
    put(folder, "", mode=0o700)
    (folder / "link").symlink_to(folder / "issuer")
    with pytest.raises(InputError, match="is no file"):
        ProgramRotor(folder).shape(job("link"))
    folder.chmod(0o777)
    with pytest.raises(InputError, match="can be changed"):
        ProgramRotor(folder).shape(job())


def test_what_takes_too_long_ends_with_all_that_it_started(folder, tmp_path):
    mark = tmp_path / "alive"
    child = "import sys, time; time.sleep(1.5); open(sys.argv[1], 'w').close()"
    put(
        folder,
        f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {child!r}, {str(mark)!r}])",
    )
    slow = ProgramRotor(folder, seconds=0.5)
    with pytest.raises(UnavailableError, match="took longer"):
        slow.create(job())
    time.sleep(1.3)
    assert not mark.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can run a program as another user")
def test_it_runs_as_another_user():
    with TemporaryDirectory() as named:
        folder = Path(named)
        folder.chmod(0o755)
        path = folder / "issuer"
        path.write_text('#!/bin/sh\necho "{\\"value\\": \\"$(id -u) $(id -G)\\"}"\n')
        path.chmod(0o755)
        assert ProgramRotor(folder, "nobody").create(job()).value == b"65534 65534"
        with pytest.raises(UnavailableError, match="no user"):
            ProgramRotor(folder, "nobody-at-all").create(job())


def test_a_value_that_is_no_text_is_for_another_driver(folder):
    with pytest.raises(InputError, match="is no text"):
        put(folder, "").check(job(), Made(value=b"\xff"))
