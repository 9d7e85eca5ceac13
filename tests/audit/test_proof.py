"""One leaf by itself: the bytes, the size, and every way to lie about it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.audit.canonical import encode
from clawband.audit.merkle import inclusion_path, leaf_hash
from clawband.audit.proof import verify_proof, write_proof
from clawband.audit.report import Kind
from clawband.audit.tiles import TileReader
from clawband.model.errors import InputError
from tests.audit.small_log import KEY, OWNER, Holder, SmallLog, leaf

LOG = SmallLog.of(11)


def path(index, log=LOG):
    reader = TileReader(lambda level, number: None, len(log.leaves), [*map(leaf_hash, log.leaves)])
    return inclusion_path(index, len(log.leaves), reader.node)


def proof(index):
    return write_proof(OWNER.key, LOG.leaves[index], index, path(index), LOG.head())


def altered(**fields):
    return encode(json.loads(proof(7)) | fields) + b"\n"


def test_every_leaf_can_be_proven():
    for index in range(11):
        report = verify_proof(proof(index), key=KEY)
        assert report.ok
        assert (report.size, report.proven, report.checkpoints) == (11, 11, 1)
        assert (report.origin, report.key, report.pinned) == (OWNER.name, KEY, True)
    assert verify_proof(proof(0)).ok
    assert not verify_proof(proof(0)).pinned


def test_the_bytes_of_a_proof_are_pinned():
    head = LOG.head().replace("\n", "\\n")
    steps = ",".join(f'"{step.hex()}"' for step in path(10))
    said = LOG.leaves[10].decode().replace('"', '\\"')
    assert proof(10).decode() == (
        f'{{"checkpoint":"{head}","clawband":"audit-proof","index":10,"key":"{KEY}",'
        f'"leaf":"{said}","path":[{steps}],"v":1}}\n'
    )


@given(st.integers(0, len(proof(7)) * 8 - 1))
def test_no_flipped_bit_passes(bit):
    data = bytearray(proof(7))
    data[bit // 8] ^= 1 << bit % 8
    assert not verify_proof(bytes(data), key=KEY).ok
    assert not verify_proof(bytes(data)).ok


@given(st.binary() | st.integers(0, 10).map(lambda n: proof(7)[: -1 - n]))
def test_any_bytes_give_a_report(data):
    report = verify_proof(data, key=KEY)
    (problem,) = report.problems
    assert problem.kind is Kind.FORMAT
    assert problem.what
    assert problem.remedy


@pytest.mark.parametrize(
    ("fields", "kind", "said"),
    [
        ({"more": 1}, Kind.FORMAT, "is not an audit proof"),
        ({"leaf": 1}, Kind.FORMAT, "is not an audit proof"),
        ({"clawband": "audit-export"}, Kind.FORMAT, "is not an audit proof of version 1"),
        ({"v": True}, Kind.FORMAT, "is not an audit proof of version 1"),
        ({"key": "x"}, Kind.KEY, "of another key"),
        ({"checkpoint": "x"}, Kind.CHECKPOINT, "the note does not end in a newline"),
        ({"checkpoint": LOG.head(9)}, Kind.EDITED, "not at this place in the 9 leaves"),
        ({"index": 6}, Kind.EDITED, "not at this place in the 11 leaves"),
        ({"index": 11}, Kind.EDITED, "not at this place"),
        ({"index": "7"}, Kind.EDITED, "no usable index and path"),
        ({"path": 7}, Kind.EDITED, "no usable index and path"),
        ({"path": ["zz"]}, Kind.EDITED, "no usable index and path"),
        ({"path": ["AB" * 32]}, Kind.EDITED, "no usable index and path"),
        ({"path": ["ab"]}, Kind.EDITED, "no usable index and path"),
        ({"path": []}, Kind.EDITED, "not at this place"),
        ({"leaf": leaf(7, "no").decode()}, Kind.EDITED, "not at this place"),
    ],
)
def test_a_lie_is_named(fields, kind, said):
    (problem,) = verify_proof(altered(**fields), key=KEY).problems
    assert problem.kind is kind
    assert said in problem.what


def test_a_leaf_that_states_another_number_is_refused():
    log = SmallLog([leaf(0), leaf(2)])
    with pytest.raises(InputError, match="the leaf states another number than its place"):
        write_proof(OWNER.key, log.leaves[1], 1, path(1, log), log.head())


def test_another_holder_is_not_the_pinned_key():
    (problem,) = verify_proof(proof(7), key=str(Holder(seed=b"2" * 32).key)).problems
    assert problem.kind is Kind.KEY
    (problem,) = verify_proof(proof(7), key="rubbish").problems
    assert problem.kind is Kind.KEY


def test_a_proof_that_would_not_verify_is_not_written():
    with pytest.raises(InputError, match="the leaf is not at this place"):
        write_proof(OWNER.key, LOG.leaves[7], 8, path(7), LOG.head())
    with pytest.raises(InputError, match="the leaf is not at this place"):
        write_proof(OWNER.key, b"\xff", 7, path(7), LOG.head())
