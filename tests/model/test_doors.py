"""Front doors as `clawband.toml` names them: what is wrong or unsafe is refused."""

from pathlib import Path

import pytest

from clawband.model.doors import read
from clawband.model.errors import InputError
from clawband.settings import parse

DOOR = {
    "name": "shop", "gateway": "shop", "listen": "127.0.0.1:8630",
    "origin": "http://shop.localhost:8630",
}  # fmt: skip
TLS = {"listen": "0.0.0.0:8443", "origin": "https://shop.example.com", "certificate": "own"}
GATEWAY = '[[gateway]]\nname = "shop"\nurl = "ws://127.0.0.1:1"\ntoken_file = "t"\n'
TEXT = "[[door]]\n" + "".join(f'{key} = "{value}"\n' for key, value in DOOR.items())


def test_a_door_says_where_it_is_and_whom_it_lets_in():
    (door,) = read(
        [DOOR | TLS | {"roles": {"operator": ["operator.read", "operator.talk.secrets"]}}]
    )
    assert (door.host, door.port, door.secure, door.tls) == ("0.0.0.0", 8443, True, "1.3")
    assert door.roles == {"operator": ("operator.read", "operator.talk.secrets")}


def test_an_address_of_the_sixth_version_stands_in_brackets():
    (door,) = read([DOOR | {"listen": "[::1]:8630"}])
    assert (door.host, door.port) == ("::1", 8630)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"nme": "x"}, "unknown key `nme`"),
        ({"name": ""}, "has no `name`"),
        ({"name": "Shop/1"}, "wrong `name`"),
        ({"tls": "1.1"}, "wrong `name` or `tls`"),
        ({"body_bytes": "1"}, "expected `body_bytes`"),
        ({"per_second": 0}, "expected `per_second`"),
        ({"listen": "8630"}, "wrong `listen`"),
        ({"listen": "shop:8630"}, "wrong `listen`"),
        ({"listen": "127.0.0.1:0"}, "no origin for a door"),
        ({"listen": "0.0.0.0:8630"}, "without a certificate"),
        ({"origin": "http://shop.example.com"}, "no origin for a door"),
        ({"origin": "http://localhost:8630"}, "no origin for a door"),
        ({"origin": "https://shop.example.com/x"}, "no origin for a door"),
        ({"origin": "https://a@shop.example.com"}, "no origin for a door"),
        ({"origin": "https://shop.example.com"}, "no certificate"),
        ({"certificate": "own"}, "a certificate"),
        ({"roles": {"boss": ["operator.read"]}}, "wrong role `boss`"),
        ({"roles": {"operator": ["read"]}}, "wrong role `operator`"),
        ({"roles": {"operator": ["operator.read,operator.admin"]}}, "wrong role `operator`"),
        ({"roles": {"operator": []}}, "wrong role `operator`"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused(changed, said):
    with pytest.raises(InputError) as refused:
        read([DOOR | changed])
    assert said in refused.value.message


@pytest.mark.parametrize("given", [1, "x", [1]])
def test_it_is_a_table(given):
    with pytest.raises(InputError):
        read(given)


def test_two_doors_share_nothing():
    with pytest.raises(InputError, match="two doors have the same `listen`"):
        read([DOOR, DOOR | {"name": "b", "gateway": "b"}])
    b = {"name": "b", "gateway": "b", "listen": "127.0.0.1:1", "origin": "http://shop.localhost:1"}
    with pytest.raises(InputError, match="two doors have the same host name"):
        read([DOOR, b])


def test_it_leads_to_a_gateway_that_can_be_reached_and_has_a_host_of_its_own():
    assert parse(GATEWAY + TEXT, Path("/")).doors[0].gateway == "shop"
    with pytest.raises(InputError, match="which has no `url`"):
        parse('[[gateway]]\nname = "shop"\n' + TEXT, Path("/"))
    console = '[people]\norigin = "https://shop.localhost"\n'
    with pytest.raises(InputError, match="host name of the console"):
        parse(GATEWAY + TEXT + console, Path("/"))


@pytest.mark.parametrize("url", ["wss://127.0.0.1:1", "ws://10.0.0.5:1", "ws://shop.internal:1"])
def test_who_comes_is_told_to_a_gateway_over_no_network(url):
    with pytest.raises(InputError, match="nothing would hide on the way who comes"):
        parse(GATEWAY.replace("ws://127.0.0.1:1", url) + TEXT, Path("/"))
    assert parse(GATEWAY.replace("127.0.0.1", "[::1]") + TEXT, Path("/")).doors
