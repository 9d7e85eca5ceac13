"""Checkpoints: the bytes, who signed, and every line that can be wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.audit.checkpoint import Checkpoint, read, seal
from clawband.audit.merkle import empty_root
from clawband.audit.note import Note, sign
from clawband.model.errors import InputError
from tests.audit.small_log import OWNER, Holder
from tests.audit.test_note import WITNESS

# The example of c2sp.org/tlog-checkpoint.
C2SP = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    "\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Z"
    "hcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)
ROOT = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


def test_the_example_of_the_specification_is_read():
    note = Note.parse(C2SP)
    checkpoint = Checkpoint.parse(note.text)
    assert checkpoint.origin == "example.com/behind-the-sofa" == note.signatures[0].name
    assert checkpoint.size == 20852163
    assert checkpoint.root[:4].hex() == "0ac5186a"
    assert checkpoint.text == note.text


def test_the_bytes_of_a_checkpoint_are_pinned():
    assert str(seal(0, empty_root(), OWNER.key, OWNER.sign)) == (
        "clawband.example/log\n"
        "0\n"
        f"{ROOT}\n"
        "\n"
        "— clawband.example/log ZWghkTYdoQHmXFlTyBlhUjt/+DM2T6i29qzDvlKAOoE28eBh08RE6aBZT"
        "dbRR6/aTFRyHgUhmhADYjugXtp1ozv98As=\n"
    )


def test_a_sealed_head_is_read_back_and_carries_cosignatures():
    note = seal(7, bytes(range(32)), OWNER.key, OWNER.sign, [WITNESS])
    assert read(str(note), OWNER.key) == Checkpoint(OWNER.name, 7, bytes(range(32)))
    assert note.signatures[1] == WITNESS


def test_a_head_that_somebody_else_signed_is_refused():
    note = str(seal(7, bytes(32), OWNER.key, OWNER.sign))
    with pytest.raises(InputError, match=r"is not signed by `clawband\.example/log"):
        read(note, Holder(seed=b"\x02" * 32).key)
    with pytest.raises(InputError, match=r"the signature of `clawband\.example/log` is false"):
        read(note.replace("\n7\n", "\n8\n"), OWNER.key)
    with pytest.raises(InputError, match="has no blank line"):
        read("text\n", OWNER.key)


def test_the_head_of_another_log_of_the_same_key_is_refused():
    text = Checkpoint("other.example", 7, bytes(32)).text
    with pytest.raises(InputError, match=r"expected origin `clawband\.example/log`"):
        read(str(sign(text, OWNER.key, OWNER.sign)), OWNER.key)


lines = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1)


@given(
    lines,
    st.integers(0, 2**63 - 1),
    st.binary(min_size=32, max_size=32),
    st.lists(lines, max_size=3).map(tuple),
)
def test_a_checkpoint_survives_its_text(origin, size, root, extensions):
    checkpoint = Checkpoint(origin, size, root, extensions)
    assert Checkpoint.parse(checkpoint.text) == checkpoint


@given(st.text())
def test_parsing_anything_gives_a_checkpoint_or_an_input_error(text):
    try:
        assert Checkpoint.parse(text).text == text
    except InputError as error:
        assert error.remedy


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "expected at least 3 lines"),
        (f"a\n1\n{ROOT}", "expected at least 3 lines"),
        (f"\n1\n{ROOT}\n", "none of them empty"),
        (f"a\n1\n{ROOT}\n\n", "none of them empty"),
        (f"a\n01\n{ROOT}\n", "line 2 is not a tree size"),
        (f"a\n-1\n{ROOT}\n", "line 2 is not a tree size"),
        (f"a\n+1\n{ROOT}\n", "line 2 is not a tree size"),
        (f"a\n1_0\n{ROOT}\n", "line 2 is not a tree size"),
        (f"a\n٣\n{ROOT}\n", "line 2 is not a tree size"),
        (f"a\n9223372036854775808\n{ROOT}\n", "line 2 is not a tree size"),
        (f"a\n{'9' * 5000}\n{ROOT}\n", "line 2 is not a tree size"),
        (f"a\n1\n{ROOT[:-1]}\n", "line 3 is not the base64 of 32 bytes"),
        (f"a\n1\n{ROOT[:-2]}V=\n", "line 3 is not the base64 of 32 bytes"),
        ("a\n1\nAAAA\n", "line 3 is not the base64 of 32 bytes"),
    ],
)
def test_what_is_not_a_checkpoint_is_refused_by_line(text, said):
    with pytest.raises(InputError, match=said):
        Checkpoint.parse(text)
