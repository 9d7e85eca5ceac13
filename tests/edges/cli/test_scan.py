"""`clawband scan secrets`: files, what is staged, a history; real git; without a server."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.edges.cli.terminal import Terminal

KEY = "xoxb" + "-2847193056-2847193056178-Zk4vQ8sXw2Rt7bNc9Ld3PmHy"
OTHER = "xoxb" + "-9182736450-2847193056178-Pm3dLc9NbT7rW2xQs8vZk4Ye"


class Repository:
    """A repository of git in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self("init", "-q", "-b", "main")

    def __call__(self, *arguments: str) -> None:
        who = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER")
               for what, value in (("NAME", "Ada"), ("EMAIL", "ada@b.example"))}  # fmt: skip
        command = ["git", "-C", str(self.folder), *arguments]
        subprocess.run(command, check=True, env=os.environ | who, capture_output=True)

    def write(self, name: str, text: str) -> None:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text)
        self("add", name)

    def commit(self, message: str) -> None:
        self("commit", "-q", "--allow-empty", "-m", message)


@pytest.fixture
def git(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "répo")


def found(done, *keys):
    return [tuple(row[key] for key in keys) for row in json.loads(done.out)]


def test_a_folder_in_a_table_and_in_json(alone: Terminal, git: Repository) -> None:
    git.write("deep/a.env", f"PORT=1\nSLACK={KEY}\n")
    (git.folder / "b.bin").write_bytes(b"\0\1" + KEY.encode() + b"\0")
    done = alone("scan", "secrets", str(git.folder))
    assert done.code == 1
    assert "deep/a.env:2" in done.out and "slack-token" in done.out and "SLACK=[slack-" in done.out
    assert "2 secrets in 2 texts" in done.err
    again = alone("scan", "secrets", str(git.folder), "--json")
    assert {(Path(file).name, line) for file, line in found(again, "file", "line")} == {
        ("a.env", 2), ("b.bin", 1)
    }  # fmt: skip
    assert KEY not in done.out + done.err + again.out + again.err


def test_nothing_found_is_good(alone: Terminal, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("password: required\n")
    done = alone("scan", "secrets", str(tmp_path / "a.txt"))
    assert (done.code, done.out.strip()) == (0, "no secret found")


def test_what_cannot_be_read_is_not_passed_over(alone: Terminal, tmp_path: Path) -> None:
    (tmp_path / "pipe").mkdir()
    (tmp_path / "pipe" / "round").symlink_to("round")  # a link is left out, and unsaid
    os.truncate(os.open(tmp_path / "pipe" / "large", os.O_CREAT | os.O_WRONLY), 257 << 20)
    done = alone("scan", "secrets", str(tmp_path / "pipe"))
    assert done.code == 1 and "is larger than 256 MiB" in done.err
    assert "pipe/round" not in done.out + done.err


def test_a_marked_line_is_left_out_and_counted(alone: Terminal, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(f'A = "{KEY}"  # clawband:allow\nB = "{OTHER}"\n')
    done = alone("scan", "secrets", str(tmp_path / "a.py"), "--json")
    assert found(done, "line") == [(2,)] and "1 line marked `clawband:allow`" in done.err


def test_staged_tells_the_new_lines_only(alone: Terminal, git: Repository) -> None:
    git.write("a.env", f"OLD={KEY}\n")
    git.write("gone.env", f"OLD={KEY}\n")
    git.commit("one")
    git.write("a.env", f"OLD={KEY}\nX=1\n")
    git("rm", "-q", "gone.env")
    assert alone("scan", "secrets", "--staged", str(git.folder)).code == 0
    git.write("sub/ü b.env", f"X=1\n\nNEW={OTHER}\n")
    (git.folder / "sub" / "ü b.env").write_text("not what is staged\n")
    done = alone("scan", "secrets", "--staged", str(git.folder / "sub"), "--json")
    assert done.code == 1
    assert found(done, "file", "line") == [("sub/ü b.env", 3)]


def test_history_names_the_first_commit_and_whether_it_is_still_there(
    alone: Terminal, git: Repository
) -> None:
    git.commit(f"deploy with {OTHER}")
    git.write("a.env", f"ONE={KEY}\n")
    git.commit("two")
    git.write("a.env", f"ZERO=0\nONE={KEY}\n")
    git.commit("three")
    git("rm", "-q", "a.env")
    git.write("b.env", f"B={KEY}\n")
    git.commit("four")
    done = alone("scan", "secrets", "--history", str(git.folder), "--json")
    rows = json.loads(done.out)
    assert done.code == 1
    by = {row["file"]: row for row in rows}
    assert len(rows) == 3 and by["a.env"]["live"] == "" and by["b.env"]["live"] == "b.env"
    assert by["a.env"]["author"] == "Ada" and by["a.env"]["line"] == 1
    (message,) = (row for row in rows if row["file"].startswith("message "))
    assert message["commit"].startswith(message["file"].split()[1])
    assert KEY not in done.out and OTHER not in done.out
    table = alone("scan", "secrets", "--history", str(git.folder))
    assert "still there" in table.out and "Ada" in table.out


@pytest.mark.parametrize("name", ['a"b.env', "a\\b.env", "a\tb.env", "a\nb.env", "a\x01b.env"])
def test_no_name_of_a_file_hides_it(alone: Terminal, git: Repository, name: str) -> None:
    git.write(name, f"ONE={KEY}\n")
    staged = alone("scan", "secrets", "--staged", str(git.folder), "--json")
    assert found(staged, "file", "line") == [(name, 1)]
    git.commit("one")
    (row,) = json.loads(alone("scan", "secrets", "--history", str(git.folder), "--json").out)
    assert (row["file"], row["live"], row["author"]) == (name, name, "Ada")


def test_a_repository_inside_cannot_make_us_run_its_programs(
    alone: Terminal, git: Repository
) -> None:
    proof = git.folder.parent / "ran"
    inner = Repository(git.folder / "sub")
    inner.commit("one")
    git("add", "sub")
    git.commit("one")
    inner.commit("two")
    git("add", "sub")
    git("config", "diff.submodule", "diff")
    inner("config", "diff.external", f"touch '{proof}'; true")
    git.write("a.env", f"ONE={KEY}\n")
    assert found(alone("scan", "secrets", "--staged", str(git.folder), "--json"), "file") == [
        ("a.env",)
    ]
    assert alone("scan", "secrets", "--history", str(git.folder)).code == 0
    assert not proof.exists()


def test_a_repository_cannot_make_us_run_its_programs(alone: Terminal, git: Repository) -> None:
    proof = git.folder.parent / "ran"
    program = git.folder / "program"
    program.write_text(f"#!/bin/sh\ntouch '{proof}'\n")
    program.chmod(0o755)
    (git.folder / ".gitattributes").write_text("* diff=x filter=x\n")
    git.write("a.env", f"ONE={KEY}\n")
    git.commit("one")
    git.write("b.env", f"NEW={OTHER}\n")
    for name in ("diff.external", "diff.x.textconv", "diff.x.command", "core.fsmonitor",
                 "gpg.program", "core.pager", "filter.x.smudge"):  # fmt: skip
        git("config", name, str(program))
    git("config", "log.showSignature", "true")
    proof.unlink(missing_ok=True)
    (git.folder / "a.env").write_text(f"TWO={OTHER}\n")
    for how, file in (("--staged", "b.env"), ("--history", "a.env")):
        done = alone("scan", "secrets", how, str(git.folder), "--json")
        assert done.code == 1 and found(done, "file") == [(file,)], done.err
    assert not proof.exists()


def test_a_baseline_knows_what_was_looked_at_and_nothing_else(
    alone: Terminal, tmp_path: Path
) -> None:
    known, text = tmp_path / "known.json", tmp_path / "a.env"
    text.write_text(f"A={KEY}\n")
    assert alone("scan", "secrets", str(text), "--write-baseline", str(known)).code == 0
    assert KEY not in known.read_text()
    assert alone("scan", "secrets", str(text), "--baseline", str(known)).code == 0
    text.write_text(f"A={OTHER}\n")
    assert alone("scan", "secrets", str(text), "--baseline", str(known)).code == 1
    known.write_text('{"version": 2}')
    refused = alone("scan", "secrets", str(text), "--baseline", str(known))
    assert refused.code == 2 and "no baseline" in refused.err and "--write-baseline" in refused.err


def test_sarif_names_place_and_rule_and_no_secret(alone: Terminal, tmp_path: Path) -> None:
    (tmp_path / "a.env").write_text(f"X=1\nA={KEY}\n")
    done = alone("scan", "secrets", str(tmp_path / "a.env"), "--sarif")
    log = json.loads(done.out)
    (run,) = log["runs"]
    (result,) = run["results"]
    rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert (log["version"], rule["id"], result["level"]) == ("2.1.0", "slack-token", "error")
    place = result["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": 2}
    assert place["artifactLocation"]["uri"].endswith("/a.env")
    assert KEY not in done.out


def test_bad_input_says_what_to_do(alone: Terminal, tmp_path: Path) -> None:
    assert alone("scan", "secrets", "--staged", "--history", str(tmp_path)).code == 2
    none = alone("scan", "secrets", "--history", str(tmp_path))
    assert none.code == 2 and "inside a repository of git" in none.err


def test_several_processes_find_what_one_finds(tmp_path: Path) -> None:
    for number in range(200):
        (tmp_path / f"{number}.env").write_text(f"X={number}\nA={KEY}\n" * (number % 2))
    command = [sys.executable, "-m", "clawband", "scan", "secrets", str(tmp_path), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert len(json.loads(done.stdout)) == 100, done.stderr
