"""Sealing: nothing is signed that does not extend what was signed before."""

import pytest

from clawband.adapters.stores.sqlite import open_store
from clawband.audit import bundle, checkpoint, proof
from clawband.flows import seal
from clawband.model.errors import ConflictError, InputError, InvariantError, NotFoundError
from clawband.ports.unit import Unit
from tests.contracts.writing import event, unit
from tests.simulators.clocks import START
from tests.simulators.keepers import MemorySigner, MemoryWitness


class Office:
    def __init__(self, folder):
        self.store = open_store(folder / "s.db", b"k" * 32)
        self.signer, self.witness = MemorySigner(), MemoryWitness()

    def grow(self, count):
        events = [event() for _ in range(count)]
        self.store.commit(Unit(events)).result(10)
        return [each.id for each in events]

    def seal(self, keep=True):
        kept = seal.seal(self.store, self.signer, self.witness, now=START)
        if kept and keep:
            self.store.commit(Unit([], [kept])).result(10)
        return kept


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path)
    yield office
    office.store.close()


def test_an_empty_log_is_not_sealed(office):
    assert office.seal() is None and office.witness.last() is None


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 700])
def test_a_seal_covers_the_log_and_is_told_to_the_witness(office, size):
    office.grow(size)
    kept = office.seal()
    assert kept.size == size and office.witness.last() == kept.note
    assert checkpoint.read(kept.note, seal.key_of(office.signer)).size == size
    assert office.seal() is None
    office.grow(1)
    assert office.seal().size == size + 1


def test_after_a_stop_between_witness_and_store_the_next_seal_covers_both(office):
    office.grow(3)
    office.seal(keep=False)
    office.grow(1)
    assert office.seal().size == 4
    assert [each.size for each in office.store.checkpoints()] == [4]


def test_another_history_is_not_signed(office, tmp_path):
    office.grow(5)
    office.seal()
    (tmp_path / "x").mkdir()
    fork = Office(tmp_path / "x")
    fork.witness = office.witness
    fork.grow(4)
    with pytest.raises(InvariantError, match="cut or replaced"):
        fork.seal()
    fork.grow(5)
    with pytest.raises(InvariantError, match="not the ones that were sealed"):
        fork.seal()
    assert len(office.witness.kept) == 1
    fork.store.close()


def test_another_key_does_not_go_on(office):
    office.grow(1)
    office.seal()
    office.grow(1)
    office.signer = MemorySigner(b"\x02" * 32)
    with pytest.raises(InputError):
        office.seal()


def test_every_leaf_under_a_checkpoint_can_be_proved(office):
    ids = office.grow(300)
    office.seal()
    later = office.grow(1)
    key = str(seal.key_of(office.signer))
    for number in (0, 1, 255, 256, 299):
        found = seal.prove(ids[number], office.store, office.signer)
        assert proof.verify_proof(found, key=key).ok
    with pytest.raises(ConflictError, match="not under a checkpoint yet"):
        seal.prove(later[0], office.store, office.signer)
    with pytest.raises(NotFoundError):
        seal.prove("evt_x", office.store, office.signer)


def test_an_export_verifies(office):
    with pytest.raises(InputError, match="no checkpoint"):
        list(seal.export(office.store, office.signer))
    for size in (3, 260):
        office.grow(size)
        office.seal()
    office.store.commit(unit()).result(10)
    lines = list(seal.export(office.store, office.signer))
    report = bundle.verify(lines, key=str(seal.key_of(office.signer)))
    assert report.ok and report.size == 263 and report.checkpoints == 2
