"""The laws of lending: environments share nothing, and nobody is given what does not name them."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from clawband.flows import lend
from clawband.labels.classify import tags
from clawband.model.access import Deny, Permit
from clawband.model.deployment import Gateway
from clawband.model.environments import ENVIRONMENTS
from clawband.model.secret import IN_PATH, Secret, State, Target, Version

AT = datetime(2026, 11, 22, tzinfo=UTC)
VERSION = Version(number=1, state=State.CURRENT, print="00", by="ana", made=AT)
TARGET = Target(hosts=("api.example.com",), methods=("GET",), paths=("/v1/",))
CRM = Secret(
    name="crm/key", environment="production", kind="api key", owner="ana", purpose="orders",
    added=AT, gateways=("shop",), targets=(TARGET,), versions=(VERSION,),
)  # fmt: skip
SHOP = Gateway(name="shop", environment="production", credential="", enrolled=AT)
REQUEST = {"host": "api.example.com", "method": "GET", "path": "/v1/orders"}
NAMES = st.sampled_from(["shop", "lab", "desk"])
PLACES = st.sampled_from(ENVIRONMENTS)


def test_the_gateway_that_it_names_has_it():
    assert isinstance(lend.resolve(CRM, SHOP), Permit)
    assert lend.put_on(CRM, SHOP, **REQUEST) == TARGET


@given(of=PLACES, where=PLACES, name=NAMES, named=st.lists(NAMES, max_size=3))
def test_another_environment_never_has_it_and_another_gateway_neither(of, where, name, named):
    secret = replace(CRM, environment=of, gateways=tuple(named))
    gateway = replace(SHOP, name=name, environment=where)
    told = lend.resolve(secret, gateway)
    assert isinstance(told, Permit) == (of == where and name in named)
    put = lend.put_on(secret, gateway, **REQUEST)
    assert (put == TARGET) == (not isinstance(put, Deny)) == (of == where)


@given(
    host=st.sampled_from(["api.example.com", "example.com", "api.example.com.evil.test"]),
    method=st.sampled_from(["GET", "POST", "get"]),
    path=st.sampled_from(["/v1/", "/v1", "/v1/orders", "/v10", "/"]),
)
def test_only_the_exact_destination_gets_it(host, method, path):
    told = lend.put_on(CRM, SHOP, host=host, method=method, path=path)
    exact = host == "api.example.com" and method == "GET" and path.startswith("/v1/")
    assert (told == TARGET) == exact


def test_without_a_value_there_is_nothing_to_lend():
    told = lend.resolve(replace(CRM, versions=()), SHOP)
    assert isinstance(told, Deny)
    assert "clawband secret set crm/key" in told.remedy


@given(of=PLACES, where=PLACES, name=NAMES, named=st.lists(NAMES, max_size=3), aimed=st.booleans())
def test_a_placeholder_stands_in_only_where_the_value_may_go_itself(of, where, name, named, aimed):
    targets = (TARGET,) if aimed else ()
    secret = replace(CRM, environment=of, gateways=tuple(named), targets=targets)
    gateway = replace(SHOP, name=name, environment=where)
    assert lend.stands_in(secret, gateway) == (of == where and aimed and name not in named)
    assert not lend.stands_in(replace(secret, versions=()), gateway)


def test_placeholders_tell_secrets_gateways_and_keys_apart():
    marks = {
        lend.placeholder(secret, gateway, key)
        for secret in ("a", "a\0b") for gateway in ("b\0a", "b") for key in (b"k", b"l")
    }  # fmt: skip
    assert len(marks) == 8
    assert all(each.startswith(lend.PLACEHOLDER) and len(each) == 53 for each in marks)


@given(path=st.sampled_from(["/bot{}/send", "/bot{}", "/bot/", "/x/bot{}/", "/bot{}x/send", "/"]))
def test_a_value_goes_into_a_path_only_where_its_placeholder_stands(path):
    mark = lend.placeholder(CRM.name, SHOP.name, b"key")
    target = Target(hosts=("api.example.com",), header=IN_PATH, form="/bot{}/")
    bot = replace(CRM, targets=(target,))
    asked = {"host": "api.example.com", "method": "GET", "path": path.replace("{}", mark)}
    found = lend.put_on(bot, SHOP, **asked, mark=mark)
    assert (found == target) == (path == "/bot{}/send")
    other = lend.placeholder(CRM.name, "lab", b"key")
    assert isinstance(lend.put_on(bot, SHOP, **asked, mark=other), Deny)


def test_who_looks_for_secrets_takes_a_placeholder_for_none():
    mark = lend.placeholder(CRM.name, SHOP.name, b"key")
    for text in (f"Authorization: Bearer {mark}", f'api_key = "{mark}"', f"x-api-key: {mark}"):
        assert "secret" in tags(text.replace(mark, "ghx-" + mark[-32:])) and not tags(text)
