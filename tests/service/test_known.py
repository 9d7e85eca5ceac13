"""A kept value is known before anybody could see it, and is nowhere that Clawband writes."""

from dataclasses import replace

import pytest

from clawband.adapters.vaults.master import LocalMaster
from clawband.adapters.vaults.own import OwnVault
from clawband.flows import recorded
from clawband.flows.secrets import SECRET
from clawband.model.access import Deny, Hold, Permit
from clawband.model.errors import ConflictError, UnavailableError
from clawband.ports.unit import Unit
from clawband.ports.vault import Vault
from clawband.service.known import KnownValues
from clawband.service.masking import Masking
from clawband.service.running import Running
from clawband.service.secrets import Secrets
from tests.service.test_secrets import CRM
from tests.simulators.small import SESSION, House, small, story

VALUE = "4Jq8Zt2WmXv7Lr3NcHd6"
MASK = "[secret: crm/key]"


async def kept(house: House) -> None:
    by = house.signed("builder")
    await house.service.secrets.add(CRM, by)
    await house.service.secrets.put("crm/key", VALUE.encode(), by)


async def told(house: House, text: str) -> Permit | Deny:
    await house.ask("run", {"prompt": "which key?", "messages": []})
    called = await house.call("crm_read", "c1", {"customer": "77"})
    assert isinstance(called.decision, Permit), called.decision
    result = {"toolName": "crm_read", "toolCallId": "c1", "text": text}
    decision = (await house.ask("result", result)).decision
    assert isinstance(decision, Permit | Deny)
    return decision


@story
async def test_an_agent_is_shown_its_name_and_nothing_of_it_is_written(tmp_path):
    async with small(tmp_path) as house:
        await kept(house)
        shown = await told(house, f'{{"authorization": "Bearer {VALUE}"}}')
        assert isinstance(shown, Permit)
        assert shown.text and f"Bearer {MASK}" in shown.text
        answer = await house.ask("reply", {"payload": {"text": f"it is {VALUE}"}})
        assert isinstance(answer.decision, Permit) and answer.decision.text == f"it is {MASK}"
        assert "secret" in answer.request.facts.tags
        event = house.events("decision:permit")[-1]
        assert event.detail["kept"] == ["crm/key"]
        held = await house.call("refund", "c2", {"order": "17", "reason": VALUE})
        assert isinstance(held.decision, Hold)
        approver = house.signed("approver")
        await house.service.approvals.refuse(held.decision.approval, approver, f"not {VALUE}")
        await house.service.stops.pause("tool", "refund", house.signed("admin"), f"see {VALUE}")
        (paused,) = house.service.running.store.controls()
        assert paused.reason == f"see {MASK}"
        await house.service.log.record(house.events("server:start")[0].tag, outcome=f"x {VALUE}")
        assert house.events("server:start")[-1].outcome == f"x {MASK}"
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or VALUE.encode() not in path.read_bytes(), path


def anew(house: House, **vaults: Vault) -> tuple[Running, KnownValues]:
    """What a start makes of the same store."""
    old = house.service.running
    running = replace(old, masking=Masking(), vaults={**old.vaults, **vaults})
    return running, KnownValues(running, Secrets(running), house.service.egress.callers)


@story
async def test_a_held_call_that_has_one_is_decided_as_it_is_and_asked_again_as_it_was(tmp_path):
    async with small(tmp_path) as house:
        await kept(house)
        held = await house.call("refund", "c2", {"order": "17", "reason": VALUE})
        assert isinstance(held.decision, Hold)
        edits, by = house.service.edits, house.signed("approver")
        assert await edits.draft(held.decision.approval, by) == {}
        with pytest.raises(ConflictError, match="which nobody is shown"):
            await edits.edit(held.decision.approval, {"reason": "broken"}, by)
        running, event = house.service.running, house.events("decision:hold")[-1]
        past = recorded.past(event, running.store.payload(str(event.detail["payload"])))
        assert isinstance(past, recorded.Past) and past.arguments["reason"] == MASK
        again = recorded.request(past, house.service.policies.active, running.catalogue, "")
        assert again.facts.tags == held.request.facts.tags == {"secret"}


@story
async def test_a_session_remembers_the_mask(tmp_path):
    async with small(tmp_path) as house:
        await kept(house)
        await house.ask("run", {"prompt": f"my key is {VALUE}", "messages": []})
        readings = house.service.running.store.sources(f"sample/{SESSION}").readings
        assert [each.text for each in readings] == [f"my key is {MASK}"]


@story
async def test_values_are_known_again_after_a_start_and_a_gateways_own_passwords_too(tmp_path):
    async with small(tmp_path) as house:
        await kept(house)
        password = house.service.models.password("sample")
        told = house.service.running.masking.known.masked(password)
        assert told == "[secret: sample at models]"
        running, known = anew(house)
        assert running.masking.known.masked(VALUE) == VALUE
        await known.load()
        assert running.masking.known.masked(f"{VALUE} {password}") == f"{MASK} {told}"


class Away(OwnVault):
    """A vault that answers when it is back."""

    back = False

    def read(self, place: str, version: int) -> bytes:
        if not self.back:
            raise UnavailableError("the vault is sealed", remedy="unseal it")
        return VALUE.encode()


@story
async def test_a_vault_that_is_away_is_asked_until_it_tells(tmp_path):
    async with small(tmp_path) as house:
        await kept(house)
        found = SECRET.get("crm/key", house.service.running.store)
        far = SECRET.replace(found, replace(found.value, vault="far"))
        await house.service.running.commit(Unit([], [far]))
        away = Away(tmp_path, LocalMaster(b"m" * 32))
        running, known = anew(house, far=away)
        await known.load()
        assert known.missing == {"crm/key": "its vault was not asked yet"}
        await known.settle()
        assert known.missing == {"crm/key": "the vault is sealed"}
        away.back = True
        await known.settle()
        assert known.missing == {}
        assert running.masking.known.masked(VALUE) == MASK
