"""`[people]` of the settings."""

import pytest

from clawband.model.errors import InputError
from clawband.model.people import Rules, read


def test_without_a_table_the_console_is_this_machine():
    assert read({}, 9000) == Rules(origin="http://localhost:9000")
    assert read({}, 9000).site == "localhost" and not read({}, 9000).required


def test_a_console_elsewhere_and_a_second_factor_for_everybody():
    rules = read({"origin": "https://console.example", "second_factor": "required"}, 1)
    assert rules.site == "console.example" and rules.required


@pytest.mark.parametrize(
    "origin",
    ["", "console.example", "http://console.example", "https://console.example/", "https://",
     "https://127.0.0.1", "http://[::1]:8620", "https://a@console.example", "https://x:bad",
     "http://127.0.0.1:8620", "https://CONSOLE.example"],
)  # fmt: skip
def test_an_address_that_gets_no_passkeys_is_refused(origin):
    with pytest.raises(InputError, match="passkeys"):
        read({"origin": origin}, 8620)


@pytest.mark.parametrize(
    "given", [[], "x", {"second_factor": "never"}, {"factor": "x"}, {"origin": 3}]
)
def test_what_it_does_not_know_is_refused(given):
    with pytest.raises(InputError):
        read(given, 8620)


def test_what_takes_two_people_is_chosen_by_name():
    assert read({"dual_control": ["widen", "administer"]}, 1).dual_control == (
        "widen",
        "administer",
    )
    for wrong in (["everything"], "publish ", [7], [["widen"]], {"widen": True}):
        with pytest.raises(InputError, match="dual_control"):
            read({"dual_control": wrong}, 1)


def test_proxies_are_networks_and_never_everybody():
    rules = read({"trusted_proxies": ["127.0.0.1", "10.1.0.0/16", "fd00::/8"]}, 1)
    assert rules.trusted_proxies == ("127.0.0.1", "10.1.0.0/16", "fd00::/8")
    assert rules.forwarded == "x-forwarded-for"
    for wrong in (["proxy.example"], "0.0.0.0/0", ["::/0"], [7], [True], ["10.1.0.1/16"], {}):
        with pytest.raises(InputError, match="trusted_proxies"):
            read({"trusted_proxies": wrong}, 1)
    with pytest.raises(InputError, match="forwarded"):
        read({"forwarded": "x-real-ip"}, 1)
