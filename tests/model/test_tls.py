"""`[[certificate]]`, `[acme]` and `[link]`: what is wrong is refused."""

from pathlib import Path

import pytest

from clawband.model.errors import InputError
from clawband.model.tls import place, read
from clawband.settings import parse

SHOP = {"name": "shop", "names": ["shop.example.com"]}
ACME = {"directory": "https://ca.example/directory", "listen": "0.0.0.0:80"}
LINK = {"listen": "10.0.0.5:8630", "names": ["clawband.internal", "10.0.0.5"]}


def test_what_is_there():
    found = read({"certificate": [SHOP | {"issuer": "acme"}], "acme": ACME, "link": LINK}, {})
    assert found.certificates[0].issuer == "acme" and found.acme and found.link
    assert found.link.names == ("clawband.internal", "10.0.0.5")
    assert place(found.link.listen) == ("10.0.0.5", 8630) and place("[::1]:80") == ("::1", 80)
    assert read({}, {"shop": ""}).link is None


def test_files_are_looked_for_below_the_folder():
    text = (
        '[[certificate]]\nname = "a"\nnames = ["a.example"]\nissuer = "files"\n'
        'chain_file = "a.pem"\nkey_file = "/keys/a.key"\n'
    )
    shown = parse(text, Path("/etc/clawband")).tls.certificates[0]
    assert (shown.chain_file, shown.key_file) == ("/etc/clawband/a.pem", "/keys/a.key")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": "Shop"}, "expected small letters"),
        ({"name": ""}, "expected small letters"),
        ({"name": "link"}, "expected small letters"),
        ({"names": []}, "needs `names`"),
        ({"names": "shop.example.com"}, "needs `names`"),
        ({"names": ["*.example.com"]}, "a wildcard is none"),
        ({"names": ["Shop.example.com"]}, "needs `names`"),
        ({"names": ["1.2.3"]}, "needs `names`"),
        ({"names": ["10.0.0.05"]}, "needs `names`"),
        ({"names": ["a..b"]}, "needs `names`"),
        ({"issuer": "them"}, "one of own, acme, files"),
        ({"issuer": "acme"}, "there is no `[acme]`"),
        ({"issuer": "files"}, "names 0 files"),
        ({"chain_file": "a"}, "names 1 files"),
        ({"days": "3"}, "wrong `days`"),
        ({"issuer": 1}, "wrong `issuer`"),
    ],
)
def test_a_wrong_certificate(wrong, said):
    with pytest.raises(InputError) as refused:
        read({"certificate": [SHOP | wrong]}, {})
    assert said in f"{refused.value.message} {refused.value.remedy}"


@pytest.mark.parametrize("given", [1, "x", [1]])
def test_it_is_a_table(given):
    with pytest.raises(InputError):
        read({"certificate": given}, {})
    with pytest.raises(InputError):
        read({"acme": given}, {})
    with pytest.raises(InputError):
        read({"link": given}, {})


def test_each_has_a_name_of_its_own_and_each_door_finds_its_own():
    with pytest.raises(InputError, match="the same name"):
        read({"certificate": [SHOP, SHOP]}, {})
    with pytest.raises(InputError, match="which nobody describes"):
        read({"certificate": [SHOP]}, {"door": "other"})
    assert read({"certificate": [SHOP]}, {"door": "shop"}).certificates


@pytest.mark.parametrize(
    "wrong",
    [
        {"directory": "http://ca.example"}, {"listen": "80"}, {"listen": "localhost:80"},
        {"listen": "0.0.0.0:0"}, {"contact": "ops@example.com"}, {"contact": "https://x"},
    ],
)  # fmt: skip
def test_a_wrong_authority(wrong):
    with pytest.raises(InputError, match="`.acme.`"):
        read({"acme": ACME | wrong}, {})


@pytest.mark.parametrize("wrong", [{"listen": ""}, {"names": []}, {"port": "1"}])
def test_a_wrong_link(wrong):
    with pytest.raises(InputError, match="`.link.`"):
        read({"link": LINK | wrong}, {})
