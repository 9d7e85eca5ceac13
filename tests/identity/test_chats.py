"""The code that links a chat."""

from clawband.identity import chats


def test_a_code_has_eighty_bits_and_is_known_however_it_was_typed():
    code = chats.code(bytes(range(chats.CODE_BYTES)))
    assert len(code.replace("-", "")) * 5 == 80
    assert chats.digest(f" {code.lower().replace('-', '')} ") == chats.digest(code)
    assert chats.digest(code[:-1]) != chats.digest(code)
    assert code not in chats.digest(code)
