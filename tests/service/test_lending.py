"""Secrets lent to the configuration of a gateway: on record before they leave, never to another."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from clawband.flows.leak import Asked as Leaked
from clawband.flows.lend import PLACEHOLDER
from clawband.model.errors import InputError, UnavailableError
from clawband.model.leak import Step
from clawband.model.secret import Secret, Target
from tests.simulators.small import small, story

AT = datetime(2026, 11, 22, tzinfo=UTC)
KEY = Secret(
    name="key", environment="dev", kind="api key", owner="ana", purpose="orders", added=AT,
    gateways=("sample",),
)  # fmt: skip
AWAY = replace(KEY, name="away", gateways=(), targets=(Target(hosts=("api.example.com",)),))


async def kept(house, *secrets):
    by = house.signed("admin")
    for each in secrets:
        await house.service.secrets.add(each, by)
        await house.service.secrets.put(each.name, f"value of {each.name}".encode(), by)


@story
async def test_the_gateway_that_it_names_gets_it_and_others_get_nothing(tmp_path):
    async with small(tmp_path) as house:
        strange = replace(KEY, name="strange", gateways=("other",))
        far = replace(KEY, name="far", environment="production")
        await kept(house, KEY, strange, far)
        await house.service.secrets.add(replace(KEY, name="empty"), house.signed("admin"))
        asked = ["key", "strange", "far", "empty", "none", "key"]
        answers = await house.service.lending.resolve(house.gateway, asked)
        assert {name: each.value for name, each in answers.items()} == {
            "key": "value of key", "strange": "", "far": "", "empty": "", "none": "",
        }  # fmt: skip
        assert [name for name, each in answers.items() if each.found] == ["key"]
        lent = house.events("secret:lend")
        assert [(each.resource, each.gateway, each.outcome) for each in lent] == [
            ("Secret::key", "sample", "value")
        ]
        assert lent[0].detail["version"] == 1
        because = [str(each.detail["because"]) for each in house.events("secret:refuse")]
        assert len(because) == 4
        assert "is not for the gateway" in because[0] and "is of production" in because[1]
        assert len({each.id for each in house.events("secret:lend", "secret:refuse")}) == 5


@story
async def test_what_goes_to_destinations_only_is_a_placeholder_here(tmp_path):
    async with small(tmp_path) as house:
        await kept(house, AWAY, replace(AWAY, name="both", gateways=("sample",)))
        answers = await house.service.lending.resolve(house.gateway, ["away", "both"])
        mark = answers["away"].value
        assert mark.startswith(PLACEHOLDER) and "value" not in mark
        assert answers["both"].value == "value of both"
        again = await house.service.lending.resolve(house.gateway, ["away"])
        assert again["away"].value == mark, "a reload changes nothing"
        assert house.gateway
        other = replace(house.gateway, name="other")
        stand_in = house.service.lending.placeholder
        assert len({mark, stand_in("away", other), stand_in("both", other)}) == 3
        outcomes = [each.outcome for each in house.events("secret:lend")]
        assert outcomes == ["placeholder", "value", "placeholder"]


@story
async def test_without_a_record_nothing_is_lent(tmp_path):
    async with small(tmp_path) as house:
        await kept(house, KEY)
        house.service.running.store.close()
        with pytest.raises(UnavailableError):
            await house.service.lending.resolve(house.gateway, ["key"])


@story
async def test_a_vault_that_fails_is_an_error_and_no_other_value(tmp_path):
    async with small(tmp_path) as house:
        await kept(house, KEY)
        by = house.signed("admin")
        await house.service.secrets.add(replace(KEY, name="bytes"), by)
        await house.service.secrets.put("bytes", b"\xff\xfe", by)
        where = sha256(b"key").hexdigest()
        (first,) = (
            each for each in tmp_path.joinpath("vault").rglob("*")
            if where in str(each) and each.is_file()
        )  # fmt: skip
        first.write_bytes(first.read_bytes()[:-1])
        answers = await house.service.lending.resolve(house.gateway, ["key", "bytes"])
        assert all(each.found and not each.value for each in answers.values())
        outcomes = [each.outcome for each in house.events("secret:refuse")]
        assert outcomes == ["unavailable", "unavailable"]


class Slow:
    """Implements the reading of `ports.vault.Vault`: something happens while it is asked."""

    def __init__(self, vault, meanwhile):
        self._vault, self._meanwhile = vault, meanwhile

    def read(self, place, version):
        self._meanwhile()
        return self._vault.read(place, version)


@story
async def test_what_leaks_while_its_vault_is_asked_is_lent_to_nobody(tmp_path):
    async with small(tmp_path) as house:
        await kept(house, KEY)
        running, me = house.service.running, house.signed("operator")
        leak = await house.service.leaks.open("key", Leaked(how="it was in a paste"), me)
        loop = asyncio.get_running_loop()

        def contained():
            taken = house.service.leaks.take(leak.id, Step.CONTAIN, me)
            asyncio.run_coroutine_threadsafe(taken, loop).result(10)

        vaults = dict(running.vaults)
        object.__setattr__(running, "vaults", vaults | {"own": Slow(vaults["own"], contained)})
        answers = await house.service.lending.resolve(house.gateway, ["key"])
        object.__setattr__(running, "vaults", vaults)
        assert not answers["key"].value and not house.events("secret:lend")
        (told,) = house.events("secret:refuse")
        assert "changed in this moment" in str(told.detail["because"])


@story
async def test_no_more_than_a_gateway_asks_for(tmp_path):
    async with small(tmp_path) as house:
        with pytest.raises(InputError):
            await house.service.lending.resolve(house.gateway, ["x"] * 513)
        assert await house.service.lending.resolve(house.gateway, []) == {}
