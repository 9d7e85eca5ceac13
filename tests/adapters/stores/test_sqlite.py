"""The embedded store when its file, its disk or its key is not as it should be."""

import os
import sqlite3
import subprocess
import sys
import textwrap

import pytest

from clawband.adapters.stores.sqlite import BUSY_MILLISECONDS, open_store
from clawband.model.errors import InvariantError, UnavailableError
from clawband.ports.store import Query
from clawband.ports.unit import JoinLabel, KeepPayload
from tests.contracts.test_store import OUTSIDE, check_tree
from tests.contracts.writing import unit

KEY = b"k" * 32
DIGEST = "sha256:" + "d" * 64
WAIT = 30


@pytest.fixture
def path(tmp_path):
    return tmp_path / "clawband.db"


def test_a_locked_store_refuses_and_recovers_by_itself(path):
    store = open_store(path, KEY)
    store.commit(unit()).result(WAIT)
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        futures = [store.commit(unit(KeepPayload(DIGEST, b"x"))) for _ in range(3)]
        for future in futures:
            with pytest.raises(UnavailableError, match="cannot write"):
                future.result(WAIT + BUSY_MILLISECONDS / 1000)
        assert store.size() == 1 and store.payload(DIGEST) is None
        other.execute("ROLLBACK")
    other.close()
    assert store.commit(unit(KeepPayload(DIGEST, b"x"))).result(WAIT).leaves == (1,)
    check_tree(store)
    store.close()


def test_a_label_outlives_the_lock_it_could_not_be_written_under(path):
    store = open_store(path, KEY, busy=200)
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(UnavailableError):
            store.commit(unit(JoinLabel("s", OUTSIDE))).result(WAIT)
        other.execute("ROLLBACK")
    other.close()
    assert store.label("s") == OUTSIDE, "stricter at once, written or not"
    store.commit(unit(JoinLabel("s", OUTSIDE))).result(WAIT)
    store.close()
    store = open_store(path, KEY)
    assert store.label("s") == OUTSIDE
    store.close()


FILL = textwrap.dedent("""
    import resource, sys
    from pathlib import Path
    from clawband.adapters.stores.sqlite import open_store
    from clawband.model.errors import UnavailableError
    from clawband.ports.unit import KeepPayload
    from tests.contracts.test_store import check_tree
    from tests.contracts.writing import unit

    store = open_store(Path(sys.argv[1]), b"k" * 32)
    store.commit(unit()).result(10)
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, hard))
    refused, number = 0, 0
    while refused < 3:
        number += 1
        before = store.size()
        digest = "sha256:" + f"{number:064d}"
        try:
            store.commit(unit(KeepPayload(digest, bytes(50_000)))).result(30)
        except UnavailableError:
            refused += 1
            assert store.size() == before
            assert store.payload(digest) is None
    assert number > 3
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    before = store.size()
    again = unit(KeepPayload("sha256:" + "e" * 64, bytes(50_000)))
    assert store.commit(again).result(30).leaves == (before,)
    check_tree(store)
    store.close()
    store = open_store(Path(sys.argv[1]), b"k" * 32)
    assert store.size() == before + 1
    check_tree(store)
    store.close()
    print("recovered")
""")


def test_a_full_store_refuses_and_recovers_by_itself(path):
    """A limit of file size stands for a full disk: the process may not write beyond it."""
    done = subprocess.run(
        [sys.executable, "-c", FILL, str(path)],
        capture_output=True, text=True, env={**os.environ, "PYTHONPATH": os.getcwd()}, timeout=60,
    )  # fmt: skip
    assert done.stdout.strip() == "recovered", done.stderr[-2000:]


READ_ONLY = textwrap.dedent("""
    import os, sys
    from pathlib import Path
    from clawband.adapters.stores.sqlite import open_store
    from clawband.model.errors import UnavailableError
    if os.geteuid() == 0:
        os.seteuid(65534)
    try:
        open_store(Path(sys.argv[1]), b"k" * 32)
    except UnavailableError as error:
        print("refused:", error.message)
""")


def test_a_read_only_store_is_refused(path):
    store = open_store(path, KEY)
    store.commit(unit()).result(WAIT)
    store.close()
    path.chmod(0o444)
    path.parent.chmod(0o555)
    done = subprocess.run(
        [sys.executable, "-c", READ_ONLY, str(path)], capture_output=True, text=True, timeout=60
    )
    path.parent.chmod(0o755)
    assert done.stdout.startswith("refused: the store `clawband.db` cannot be opened"), done.stderr


@pytest.mark.parametrize("content", [b"not a database, but long enough to be read" * 50, None])
def test_what_is_no_store_of_ours_is_refused(path, content):
    path.write_bytes(content) if content else path.mkdir()
    with pytest.raises(UnavailableError, match="cannot be opened"):
        open_store(path, KEY)


def test_a_log_with_a_hole_at_its_end_is_refused(path):
    store = open_store(path, KEY)
    store.commit(unit(events=10)).result(WAIT)
    store.close()
    with sqlite3.connect(path) as other:
        other.execute("DELETE FROM leaves WHERE n = 7")
    other.close()
    with pytest.raises(InvariantError, match="missing"):
        open_store(path, KEY)


def test_a_store_that_cannot_be_read_says_so(path):
    store = open_store(path, KEY, busy=200)
    with sqlite3.connect(path) as other:
        other.execute("DROP TABLE checkpoints")
    other.close()
    with pytest.raises(UnavailableError, match="cannot be read"):
        store.checkpoints()
    assert store.find(Query()) == []
    store.close()


def test_a_path_with_odd_characters_is_only_a_path(tmp_path):
    folder = tmp_path / "a?b%20#c"
    folder.mkdir()
    store = open_store(folder / "x&y.db", KEY)
    store.commit(unit()).result(WAIT)
    store.close()
    assert (folder / "x&y.db").exists()
