"""What `ports.shelf`, `ports.witness` and `ports.sign` promise, for every adapter."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from clawband.model.errors import InvariantError
from tests.contracts.enrolled import SHELVES, SIGNERS, WITNESSES

DIGEST = "sha256:" + "a" * 64


@pytest.fixture(params=sorted(SHELVES))
def shelf(request, tmp_path):
    return SHELVES[request.param](tmp_path)


@pytest.fixture(params=sorted(WITNESSES))
def witness(request, tmp_path):
    return WITNESSES[request.param](tmp_path)


@pytest.fixture(params=sorted(SIGNERS))
def signer(request, tmp_path):
    return SIGNERS[request.param](tmp_path)


def test_a_shelf_gives_back_what_it_was_given(shelf):
    files = {"b.toml": 'name = "ü"\r\n', "a.cedar": "// \u2028\n"}
    shelf.keep(DIGEST, files)
    shelf.keep(DIGEST, files)
    assert dict(shelf.files(DIGEST)) == files


def test_a_shelf_says_what_is_not_there(shelf):
    with pytest.raises(InvariantError):
        shelf.files(DIGEST)


def test_a_witness_remembers_in_order(witness):
    assert witness.last() is None and witness.notes() == []
    notes = [f"origin\n{n}\nroot\n\n— origin sig{n}\n" for n in range(40)]
    for note in notes:
        witness.keep(note)
        assert witness.last() == note
    assert witness.notes() == notes


def test_a_signature_verifies_under_the_public_key(signer):
    key = Ed25519PublicKey.from_public_bytes(signer.public_key)
    key.verify(signer.sign(b"message"), b"message")
    assert signer.name == "clawband.example/log"
