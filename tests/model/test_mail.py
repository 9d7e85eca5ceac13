import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.model.errors import InputError
from clawband.model.mail import MAX_ADDRESS, Mail, address, read

GOOD = {"host": "mail.example", "from": "clawband@example.com"}


def test_what_is_not_said_is_safe():
    assert read(None) is None
    assert read(GOOD) == Mail(host="mail.example", sender="clawband@example.com", port=587)
    assert read({**GOOD, "tls": "tls"}).port == 465
    local = read({**GOOD, "host": "127.0.0.1", "tls": "none", "port": 1025})
    assert (local.port, local.tls) == (1025, "none")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"host": ""}, "no `host`"),
        ({"from": ""}, "no `from`"),
        ({"from": "nobody"}, "a mail address"),
        ({"host": "mail.example\r\nQUIT"}, "wrong `host`"),
        ({"host": "mail example"}, "has the host"),
        ({"tls": "maybe"}, "to be one of"),
        ({"tls": "none"}, "without encryption"),
        ({"tls": "none", "host": "10.0.0.5"}, "without encryption"),
        ({"user": "clawband"}, "both or none"),
        ({"password_file": "key"}, "both or none"),
        ({"port": 0}, "1 to 65535"),
        ({"port": True}, "1 to 65535"),
        ({"port": "587"}, "1 to 65535"),
        ({"sender": "a@b.c"}, "wrong `sender`"),
        ({"certificate": "off"}, "wrong `certificate`"),
    ],
)
def test_a_wrong_table_is_refused(change, said):
    with pytest.raises(InputError, match=said):
        read({**GOOD, **change})


def test_a_table_it_must_be():
    with pytest.raises(InputError, match="wrong"):
        read(["mail.example"])


@pytest.mark.parametrize(
    "text",
    ["ada@example.com", "ada+x@mail.example.com", "o'neil@example.com", "a@xn--bcher-kva.example"],
)
def test_an_address_stays_itself(text):
    assert address(f" {text} ") == text


def test_the_domain_has_no_capitals():
    assert address("Ada@Example.COM") == "Ada@example.com"


@pytest.mark.parametrize(
    "text",
    [
        "", "ada", "@example.com", "ada@", "ada@@example.com", "ada@ex ample.com",
        "ada@example.com\r\nRCPT TO:<eve@evil.example>", "ada@example.com\nbcc: eve@evil.example",
        "ada\x00@example.com", "<ada@example.com>", "Ada <ada@example.com>", "a,b@example.com",
        '"a b"@example.com', "ada@-example.com", "ada@example..com", ".ada@example.com",
        "ada.@example.com", "ädä@example.com", "ada@bücher.example", f"{'a' * 65}@example.com",
        f"a@{'b' * 64}.example", f"a@{'.'.join(['b' * 60] * 5)}",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(text):
    with pytest.raises(InputError, match="expected a mail address"):
        address(text)


@given(st.text(max_size=300))
def test_nothing_in_an_address_ends_a_command_or_a_header(text):
    try:
        taken = address(text)
    except InputError:
        return
    assert taken.isascii() and taken.isprintable() and len(taken) <= MAX_ADDRESS
    assert not set(taken) & set(' \r\n\t<>(),;:\\"[]')
    assert taken.count("@") == 1
