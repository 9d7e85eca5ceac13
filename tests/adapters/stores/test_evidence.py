"""Opening a store as evidence: read only, in place, also when it is no store at all."""

from pathlib import Path

import pytest

from clawband.adapters.stores.evidence import Evidence
from clawband.adapters.stores.sqlite import open_store
from clawband.model.errors import InvariantError, UnavailableError


def test_nothing_is_changed_and_nothing_is_made(tmp_path: Path) -> None:
    path = tmp_path / "odd name?#%.db"
    with pytest.raises(UnavailableError):
        Evidence(path)
    assert not path.exists()
    open_store(path, bytes(32)).close()
    before = path.read_bytes()
    with Evidence(path) as evidence:
        assert list(evidence.leaves()) == []
        assert list(evidence.tiles()) == []
        assert list(evidence.checkpoints()) == []
        assert evidence.tile(0, 0) is None
    assert path.read_bytes() == before


@pytest.mark.parametrize("data", [b"", b"not a database", b"SQLite format 3\0" + bytes(100)])
def test_what_is_no_store_is_said(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(data)
    with pytest.raises((InvariantError, UnavailableError), match="the store"), Evidence(path) as it:
        list(it.leaves())
