"""Payloads at rest: unreadable without the key, bound to their digest, and never quietly wrong."""

import sqlite3

import pytest

from clawband.adapters.stores.sealing import Sealing
from clawband.adapters.stores.sqlite import open_store
from clawband.model.errors import InvariantError
from clawband.ports.unit import KeepPayload
from tests.contracts.writing import unit

KEY = b"k" * 32
DIGEST = "sha256:" + "d" * 64
WAIT = 30


@pytest.fixture
def path(tmp_path):
    return tmp_path / "clawband.db"


def test_a_payload_opens_only_under_its_own_digest_and_key():
    sealed = Sealing(KEY).seal(DIGEST, b"secret")
    assert Sealing(KEY).open(DIGEST, sealed) == b"secret"
    for sealing, digest, body in (
        (Sealing(b"x" * 32), DIGEST, sealed),
        (Sealing(KEY), "sha256:" + "e" * 64, sealed),
        (Sealing(KEY), DIGEST, sealed[:-1]),
        (Sealing(KEY), DIGEST, sealed[:11] + bytes([sealed[11] ^ 1]) + sealed[12:]),
    ):
        with pytest.raises(InvariantError):
            sealing.open(digest, body)


def test_the_same_payload_is_never_sealed_alike():
    sealing = Sealing(KEY)
    assert len({sealing.seal(DIGEST, b"secret") for _ in range(100)}) == 100


def test_another_payload_key_is_refused_at_the_door(path):
    store = open_store(path, KEY)
    store.commit(unit(KeepPayload(DIGEST, b"secret"))).result(WAIT)
    store.close()
    with pytest.raises(InvariantError, match="another key"):
        open_store(path, b"x" * 32)
    store = open_store(path, KEY)
    assert store.payload(DIGEST) == b"secret"
    store.close()


def test_an_altered_payload_is_not_shown(path):
    store = open_store(path, KEY)
    store.commit(unit(KeepPayload(DIGEST, b"secret"))).result(WAIT)
    with sqlite3.connect(path) as other:
        (sealed,) = other.execute("SELECT sealed FROM payloads").fetchone()
        other.execute("UPDATE payloads SET sealed = ?", (sealed[:-1] + bytes([sealed[-1] ^ 1]),))
    other.close()
    with pytest.raises(InvariantError, match="altered"):
        store.payload(DIGEST)
    store.close()


def test_payloads_are_not_readable_on_disk(path):
    store = open_store(path, KEY)
    store.commit(unit(KeepPayload(DIGEST, b"very secret words"))).result(WAIT)
    store.close()
    found = b"".join(each.read_bytes() for each in path.parent.iterdir())
    assert b"very secret words" not in found
    assert path.stat().st_mode & 0o077 == 0
