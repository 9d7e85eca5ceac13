"""Two questions about many paths that one comparison can answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.policy.paths import domains, folders, within


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        ([], ""),
        (["a"], "a"),
        (["a/b.md"], "a/b.md"),
        (["a/b", "a/c/d"], "a/"),
        (["a", "a/b"], "./"),
        (["a/b", "c/d"], "./"),
        (["/etc/a", "/etc/b"], "/etc/"),
        (["/a", "/b"], "/"),
        (["~/a/x", "~/a/y"], "~/a/"),
        (["a", "/a"], "?"),
        (["a", "../a"], "?"),
        (["../a", "../../a"], "?"),
        (["a", "?"], "?"),
        (["..a", "b"], "./"),
    ],
)
def test_within(paths, said):
    assert within(frozenset(paths)) == said


def test_folders():
    assert folders(frozenset({"a/b/c"})) == {"a/", "a/b/", "a/b/c/"}
    assert "/etc/" in folders(frozenset({"/etc/passwd"}))
    assert folders(frozenset()) == frozenset()


@pytest.mark.parametrize(
    ("recipients", "expected"),
    [
        ({"ana@a.example", "bob@a.example"}, {"a.example"}),
        ({"ana@a.example", "4242"}, {"a.example", "?"}),
        ({"eve@e.example,ana@a.example"}, {"?"}),
        ({"eve@e.example ana@a.example"}, {"?"}),
        ({"ana <ana@a.example>"}, {"?"}),
        ({"eve@e.example@a.example"}, {"?"}),
        ({"@a.example", "ana@", "?"}, {"?"}),
        (set(), set()),
    ],
)
def test_domains(recipients, expected):
    assert domains(frozenset(recipients)) == expected


PART = st.sampled_from(["a", "b", "notes", ".ssh", "..x"])
PATH = st.builds(
    lambda start, parts: start + "/".join(parts),
    st.sampled_from(["", "/", "~/"]),
    st.lists(PART, min_size=1, max_size=4),
)


@given(st.frozensets(PATH, min_size=1, max_size=5), st.lists(PART, min_size=1, max_size=2))
def test_within_never_claims_more_than_holds(paths, parts):
    folder = "/".join(parts) + "/"
    if within(paths).startswith(folder):
        assert all(path.startswith(folder) for path in paths)


@given(st.frozensets(PATH, min_size=1, max_size=5), st.lists(PART, min_size=1, max_size=2))
def test_folders_say_exactly_whether_any_path_is_inside(paths, parts):
    folder = "/".join(parts) + "/"
    assert (folder in folders(paths)) is any(f"{path}/".startswith(folder) for path in paths)
