"""Secrets in a small Clawband: who may keep them, and what is left of a value."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from clawband.model.errors import AuthenticationError, ConflictError, InputError, NotFoundError
from clawband.model.secret import Secret, State
from tests.simulators.small import small, story

AT = datetime(2026, 11, 22, tzinfo=UTC)
CRM = Secret(
    name="crm/key", environment="dev", kind="api key", owner="ana", purpose="orders", added=AT,
    gateways=("sample",),
)  # fmt: skip


@story
async def test_a_value_comes_back_and_is_written_nowhere_in_clear(tmp_path):
    async with small(tmp_path) as house:
        secrets, by = house.service.secrets, house.signed("builder")
        await secrets.add(CRM, by)
        await secrets.put("crm/key", b"hunter2-hunter2\n", by)
        kept = await secrets.put("crm/key", b"hunter3-hunter3\n", by)
        assert [each.state for each in kept.versions] == [State.PREVIOUS, State.CURRENT]
        assert await secrets.value(kept) == b"hunter3-hunter3\n"
        assert await secrets.value(kept, 1) == b"hunter2-hunter2\n"
        assert [each.resource for each in house.events("secret:set")] == ["Secret::crm/key"] * 2
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or b"hunter" not in path.read_bytes(), path


@story
async def test_who_keeps_secrets_and_who_does_not(tmp_path):
    async with small(tmp_path) as house:
        secrets = house.service.secrets
        for role in ("operator", "approver", "auditor", "viewer"):
            with pytest.raises(AuthenticationError):
                await secrets.add(CRM, house.signed(role))
        await secrets.add(CRM, house.signed("builder"))
        assert [each.name for each in secrets.listed(house.signed("viewer"))] == ["crm/key"]
        with pytest.raises(ConflictError):
            await secrets.add(CRM, house.signed("builder"))


@story
async def test_a_change_leaves_name_environment_and_vault(tmp_path):
    async with small(tmp_path) as house:
        secrets, by = house.service.secrets, house.signed("builder")
        await secrets.add(CRM, by)
        told = await secrets.change(
            "crm/key", lambda was: replace(was, environment="production", gateways=()), by
        )
        assert (told.environment, told.gateways) == ("dev", ())


@story
async def test_what_is_removed_is_gone_from_the_vault(tmp_path):
    async with small(tmp_path) as house:
        secrets, by = house.service.secrets, house.signed("builder")
        await secrets.add(CRM, by)
        await secrets.put("crm/key", b"value", by)
        await secrets.remove("crm/key", by)
        assert not [each for each in (tmp_path / "vault").glob("*/*") if each.stat().st_size]
        with pytest.raises(NotFoundError):
            secrets.get("crm/key", by)


@story
async def test_bad_input_changes_nothing(tmp_path):
    async with small(tmp_path) as house:
        secrets, by = house.service.secrets, house.signed("builder")
        for wrong in (
            replace(CRM, name="Crm"), replace(CRM, vault="cloud"), replace(CRM, owner=" "),
        ):  # fmt: skip
            with pytest.raises(InputError):
                await secrets.add(wrong, by)
        await secrets.add(CRM, by)
        for value in (b"", b"x" * 65_537):
            with pytest.raises(InputError):
                await secrets.put("crm/key", value, by)
        assert secrets.get("crm/key", by).versions == ()
