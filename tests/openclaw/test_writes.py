"""What the file tools do to the files they name."""

import pytest

from clawband.openclaw.writes import Edit, Written, added, after, before, moved, written

PATCH = """*** Begin Patch
*** Add File: notes/new.md
+one
+two
*** Update File: AGENTS.md
@@ top
 keep
-old
+new
@@
+last
*** Delete File: gone.md
*** End Patch"""


def test_a_write_replaces_the_whole_file():
    assert written("write", {"path": "./a.md", "content": "x"}) == (Written("a.md", "x"),)
    assert written("write", {"file_path": "a.md", "content": 7}) == (Written("a.md"),)
    assert written("write", {"path": "a.md", "filePath": "b.md", "content": "x"}) == ()
    assert written("write", {"path": "@a.md", "content": "x"})[0].path == "?"


@pytest.mark.parametrize(
    "arguments",
    [
        {"path": "a", "edits": [{"oldText": "x", "newText": "y"}]},
        {"path": "a", "oldText": "x", "newText": "y"},
        {"file_path": "a", "old_string": "x", "new_string": "y"},
    ],
)
def test_an_edit_is_read_in_every_spelling(arguments):
    assert written("edit", arguments) == (Written("a", edits=(Edit("x", "y"),)),)


@pytest.mark.parametrize(
    "arguments",
    [
        {"path": "a", "edits": "no list"},
        {"path": "a", "edits": [{"oldText": "x"}]},
        {"path": "a", "edits": [{"oldText": "", "newText": "y"}]},
        {"path": "a", "edits": [{"oldText": "x", "old_string": "z", "newText": "y"}]},
        {"path": "a"},
    ],
)
def test_an_edit_that_cannot_be_read_is_unknown(arguments):
    assert written("edit", arguments) == (Written("a"),)


def test_a_patch_is_read_file_by_file():
    new, changed, gone = written("apply_patch", {"input": PATCH})
    assert new == Written("notes/new.md", "one\ntwo\n")
    assert changed == Written("AGENTS.md", edits=(Edit("keep\nold", "keep\nnew"), Edit("", "last")))
    assert gone == Written("gone.md", "")
    assert written("apply_patch", {"input": None}) == ()


def test_a_moved_file_leaves_and_arrives():
    text = "*** Begin Patch\n*** Update File: a\n*** Move to: AGENTS.md\n@@\n-x\n+y\n*** End Patch"
    arrived, left = written("apply_patch", {"input": text})
    assert (arrived.path, left) == ("AGENTS.md", Written("a", ""))


def test_edits_go_forth_and_back():
    change = Written("a", edits=(Edit("one", "two"), Edit("b", "c")))
    assert after("one b", change) == "two c"
    assert before("two c", change) == "one b"
    assert after("one one b", change) is None
    assert after(None, change) is None
    assert before("x", Written("a", "whole")) is None
    assert after("x", Written("a", "whole")) == "whole"
    assert after("x", Written("a")) is None


def test_what_an_edit_adds():
    assert added(Written("a", edits=(Edit("end", "end\nmore"),))) == "\n\nmore"
    assert added(Written("a", edits=(Edit("rule", "other"),))) is None
    assert added(Written("a", "whole")) is None
    assert added(Written("a")) is None


def test_a_write_goes_somewhere_else():
    given = {"file_path": "AGENTS.md", "content": "x", "mode": "w"}
    assert moved(given, "q.md", "head\nx") == {"mode": "w", "path": "q.md", "content": "head\nx"}
