"""The pages of secrets: who has which, a new value, and that no page ever shows one."""

import pytest

from clawband.model.secret import Secret, State, Target
from tests.edges.console.browsing import Page
from tests.edges.console.shop import HOSTILE

PLACE = "/secrets"
NAME = "crm/api-key"
ONE = f"{PLACE}/of/{NAME}"
VALUE = "the-value-that-nobody-sees-4711"


def look(house, path=PLACE, name="ana"):
    answer = house.as_(name).get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def kept(house, name=NAME):
    return house.shop.service.secrets.get(name, house.shop.as_("ana"))


@pytest.fixture(scope="module", autouse=True)
def crm(own):
    made = own.post("cleo", f"{PLACE}/add", name=NAME, environment="dev", kind="api key",
                    purpose=f"leads {HOSTILE}", gateway="sample")  # fmt: skip
    assert made.headers["location"] == ONE


def test_a_secret_is_named_first_and_has_no_value(own):
    assert "is kept. It has no value yet." in Page(look(own, ONE, "cleo")).text
    listed = Page(look(own)).text
    assert "1 secret is kept, 1 without a value, 1 without a date." in listed
    assert "missing" in listed and "sample" in listed and HOSTILE not in look(own)
    assert (kept(own).owner, kept(own).gateways, kept(own).current) == ("cleo", ("sample",), None)


def test_a_value_goes_in_and_never_comes_out(own):
    for number, value in enumerate((VALUE, f"{VALUE}\r\nsecond line\r\n"), 1):
        put = own.post("cleo", f"{PLACE}/set/{NAME}", value=value)
        assert put.headers["location"] == ONE
        assert (
            f"Version {number} of crm/api-key is the current one."
            in Page(look(own, ONE, "cleo")).text
        )
    secrets = own.shop.service.secrets
    value = own.served.run(secrets.value(kept(own)))
    assert value == f"{VALUE}\nsecond line".encode()
    same = own.post("cleo", f"{PLACE}/set/{NAME}", value=value.decode())
    assert same.status_code == 303
    assert "nothing was changed" in Page(look(own, ONE, "cleo")).text
    assert [each.state for each in kept(own).versions] == [State.PREVIOUS, State.CURRENT]
    for path in (PLACE, ONE, "/", "/activity", "/palette"):
        assert VALUE not in look(own, path), path


def test_the_field_of_a_value_is_not_for_browsers_to_keep(own):
    (field,) = [
        each for each in Page(look(own, ONE, "cleo")).all("textarea")
        if each.attributes["name"] == "value"
    ]  # fmt: skip
    assert field.attributes["autocomplete"] == "off"
    assert field.attributes["spellcheck"] == "false"
    answer = own.as_("cleo").get(ONE)
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("value", ["", "x" * 60_000])
def test_what_is_no_value_is_refused_and_not_repeated(own, value):
    before = kept(own)
    answer = own.post("cleo", f"{PLACE}/set/{NAME}", value=value and value + VALUE * 200)
    assert answer.status_code == 400
    assert VALUE not in answer.text and "Nothing was changed." in answer.text
    assert kept(own) == before


def test_who_has_it_is_changed(own):
    def change(**fields):
        done = own.post("cleo", f"{PLACE}/change/{NAME}", **fields)
        assert done.headers["location"] == ONE

    change(what="take", gateway="sample")
    assert kept(own).gateways == ()
    assert "Give it to a gateway" in look(own, ONE, "cleo")
    change(what="give", gateway="sample")
    assert kept(own).gateways == ("sample",)
    change(what="put-on", hosts="API.crm.example eu.crm.example", form="Bearer {}",
           methods="get post", paths="/v1/")  # fmt: skip
    (target,) = kept(own).targets
    assert target == Target(hosts=("api.crm.example", "eu.crm.example"), form="Bearer {}",
                            methods=("GET", "POST"), paths=("/v1/",))  # fmt: skip
    text = Page(look(own, ONE)).text
    assert "puts it on requests to api.crm.example, eu.crm.example" in text
    assert "authorization: Bearer {}, GET, POST, /v1/" in text
    wrong = own.post("cleo", f"{PLACE}/change/{NAME}", what="put-on", hosts="a", form="no place")
    assert wrong.status_code == 400
    for number in ("9", "-1", "x"):
        answer = own.post("cleo", f"{PLACE}/change/{NAME}", what="take-off", number=number)
        assert answer.status_code == 400
    change(what="take-off", number="0")
    assert kept(own).targets == ()
    change(what="describe", kind="token", owner="dov", purpose="leads")
    assert (kept(own).kind, kept(own).owner, kept(own).purpose) == ("token", "dov", "leads")


def test_who_used_it_last_and_what_nobody_uses(own):
    service, cleo = own.shop.service, own.shop.as_("cleo")
    own.served.run(service.lending.resolve(own.shop.gateway, [NAME]))
    assert "Who was lent it last sample just now" in Page(look(own, ONE)).text
    asked = Secret(name="lone/key", environment="dev", kind="k", owner="gone", purpose="p",
                   added=own.shop.clock.now())  # fmt: skip
    own.served.run(service.secrets.add(asked, cleo))
    own.served.run(service.secrets.put("lone/key", b"a lone value", cleo))
    text = Page(look(own)).text
    assert "To tidy up" in text and "clawband secret remove lone/key" in text
    assert "Its owner gone has no account here" in text


def test_who_only_looks_changes_nothing(own):
    before = kept(own)
    for who in ("bo", "dov", "vi"):
        text = look(own, ONE, who)
        assert "Your roles may look." in text and "<textarea" not in text
        for path in (f"{PLACE}/add", f"{PLACE}/set/{NAME}", f"{PLACE}/change/{NAME}",
                     f"{PLACE}/remove/{NAME}"):  # fmt: skip
            answer = own.post(who, path, value="x", name="other", environment="dev")
            assert answer.status_code == 403, (who, path)
    assert kept(own) == before


def test_what_another_environment_has_is_not_told(own):
    house = own.shop
    asked = Secret(name="far/key", environment="production", kind="api key", owner="cleo",
                   purpose="p", added=house.clock.now())  # fmt: skip
    own.served.run(house.service.secrets.add(asked, house.as_("cleo")))
    own.served.run(
        house.service.operators.add_as("dora", ["builder@dev"], [], "a long enough password", "ana")
    )
    house.secrets["dora"] = own.served.run(
        house.service.people.sign_in("dora", "a long enough password")
    )
    assert "far/key" in look(own) and "far/key" not in look(own, name="dora")
    assert own.as_("dora").get(f"{PLACE}/of/far/key").status_code == 404
    assert own.post("dora", f"{PLACE}/set/far/key", value="x").status_code == 404


def test_it_is_removed_with_its_values(own):
    was = kept(own)
    gone = own.post("cleo", f"{PLACE}/remove/{NAME}")
    assert gone.headers["location"] == PLACE
    assert "crm/api-key is gone" in Page(look(own, PLACE, "cleo")).text
    assert own.as_("cleo").get(ONE).status_code == 404
    vault = own.shop.service.running.vaults["own"]
    for each in was.versions:
        with pytest.raises(Exception, match="no version"):
            vault.read(was.place, each.number)
