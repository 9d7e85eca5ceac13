"""Copies of a known value in real files: in any writing, on its line, no link followed."""

import base64
import os
import sqlite3

from clawband.adapters.filesystem.copies import BLOCK, MachineFolders
from clawband.adapters.filesystem.guarded import Guarded
from clawband.labels.known import Known

VALUE = "k4vQ8sXw2Rt7bNc9"
KNOWN = Known([("crm", VALUE.encode()), ("many", b"first line\nsecond line 42")])


def search(*places, own=()):
    return MachineFolders({}, own).search([str(each) for each in places], KNOWN.names)


def found(*places, **more):
    return [(each.name, os.path.basename(each.path), each.line) for each in
            search(*places, **more).hits]  # fmt: skip


def test_in_every_kind_of_file(tmp_path):
    (tmp_path / "a.env").write_text(f"A=1\nB=2\nKEY={VALUE}\n")
    (tmp_path / "b.bin").write_bytes(b"\0\xff" + base64.b64encode(b"x" + VALUE.encode()))
    (tmp_path / "c.json").write_text('{"k": "first line\\nsecond line 42"}')
    (tmp_path / "d.txt").write_text("one\nfirst line\nsecond line 42\n")
    base = sqlite3.connect(tmp_path / "e.db")
    base.execute("create table t (v)")
    base.execute("insert into t values (?)", (VALUE,))
    base.commit()
    base.close()
    (tmp_path / "f.txt").write_text("nothing here")
    assert [each for each in found(tmp_path) if each[1] != "e.db"] == [
        ("crm", "a.env", 3), ("crm", "b.bin", 1), ("many", "c.json", 1), ("many", "d.txt", 1),
    ]  # fmt: skip
    assert {each[0] for each in found(tmp_path / "e.db")} == {"crm"}
    looked = search(tmp_path)
    assert looked.files == 6 and looked.bytes > 8_000 and looked.unread == ()


def test_across_the_blocks_in_which_it_is_read(tmp_path):
    for before in (BLOCK - 5, BLOCK, 2 * BLOCK - len(VALUE) // 2):
        path = tmp_path / str(before)
        path.write_bytes(b"\n" * before + VALUE.encode() + b"\n" * 10)
        assert found(path) == [("crm", str(before), before + 1)]


def test_nothing_is_followed_and_nothing_is_waited_for(tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "k").write_text(VALUE)
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path / "outside" / "k")
    (folder / "folder").symlink_to(tmp_path / "outside")
    os.mkfifo(folder / "pipe")
    assert found(folder) == []
    looked = search(tmp_path / "none", folder)
    assert "there is no such file" in looked.unread[0] and looked.files == 0


def test_what_is_ours_is_passed_over_and_what_is_named_twice_is_read_once(tmp_path):
    for name in ("ours", "theirs"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "k").write_text(VALUE)
    assert len(found(tmp_path, tmp_path / "theirs", own=(str(tmp_path / "ours"),))) == 1


def test_the_state_of_the_gateways_that_are_here(tmp_path):
    (tmp_path / "openclaw.json").write_text("{}")
    here = Guarded(config=str(tmp_path / "openclaw.json"))
    away = Guarded(config="/nowhere/openclaw.json")
    folders = MachineFolders({"here": here, "away": away})
    both = {"here", "away"}
    assert list(folders.states(both)) == [str(tmp_path / "openclaw.json"), str(tmp_path)]
    assert not folders.states({"away"}) and not folders.states(())
