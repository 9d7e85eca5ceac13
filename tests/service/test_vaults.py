"""Vaults in a small Clawband: what others write is followed, environments are kept apart, and what
is damaged is found."""

from dataclasses import replace

import pytest

from clawband.adapters.vaults.own import OwnVault
from clawband.flows.secrets import SECRET
from clawband.model.errors import AuthenticationError, InputError, NotFoundError, UnavailableError
from clawband.model.secret import Plan, Secret, State
from clawband.model.vaults import SecretsSettings, VaultSettings
from clawband.ports.unit import Unit
from clawband.ports.vault import Rewrapped
from clawband.service.vaults import SLOWLY
from tests.adapters.vaults.test_accounts import LEASES, Desk
from tests.servers.signing_in import by_token
from tests.service.test_secrets import CRM
from tests.simulators.small import small, story

RUN = replace(CRM, vault="run", place="crm")


def folder(path, environment="dev"):
    """A vault of files."""
    path.mkdir(exist_ok=True)
    given = VaultSettings(name="run", kind="files", environment=environment, folder=str(path))
    return SecretsSettings(vaults=(given,))


def put(path, value):
    path.touch(0o600)
    path.write_bytes(value)


async def rounds(vaults, number):
    for _ in range(number):
        await vaults.tick()


@story
async def test_what_stands_in_a_vault_is_current_at_once_and_when_it_changes(tmp_path):
    put_in = tmp_path / "run"
    async with small(tmp_path, kept=folder(put_in)) as house:
        put(put_in / "crm", b"first value")
        secrets, by = house.service.secrets, house.signed("builder")
        added = await secrets.add(RUN, by)
        assert await secrets.value(added) == b"first value"
        put(put_in / "crm", b"second value")
        await rounds(house.service.vaults, 1)
        now_is = secrets.get("crm/key", by)
        assert [(each.number, each.state) for each in now_is.versions] == [(1, State.CURRENT)]
        assert now_is.current.print != added.current.print
        await rounds(house.service.vaults, SLOWLY)
        told = house.events("secret:set")
        assert [each.who for each in told] == ["builder", ""], "once for each value"


@story
async def test_a_secret_whose_value_comes_later_is_followed(tmp_path):
    async with small(tmp_path, kept=folder(tmp_path / "run")) as house:
        secrets, by = house.service.secrets, house.signed("builder")
        assert (await secrets.add(RUN, by)).versions == ()
        with pytest.raises(NotFoundError, match="has no value for"):
            await secrets.refresh("crm/key", by)
        put(tmp_path / "run" / "crm", b"value")
        refreshed = await secrets.refresh("crm/key", by)
        assert (await secrets.refresh("crm/key", by)) == refreshed
        assert refreshed.current.by == "builder"
        with pytest.raises(InputError, match="only read from"):
            await secrets.put("crm/key", b"other", by)


@story
async def test_no_value_is_made_for_a_vault_that_takes_none(tmp_path):
    async with small(tmp_path, kept=folder(tmp_path / "run")) as house:
        put(tmp_path / "run" / "crm", b"value")
        service, by = house.service, house.signed("builder")
        await service.secrets.add(replace(RUN, plan=Plan(driver="http")), by)
        with pytest.raises(InputError, match="only read from"):
            await service.rotations.begin("crm/key", by)
        assert service.rotations.listed(by) == []


@story
async def test_a_vault_of_one_environment_serves_no_other(tmp_path):
    """S8: who may keep secrets of development could name the place of a production value."""
    async with small(tmp_path, kept=folder(tmp_path / "run", "production")) as house:
        put(tmp_path / "run" / "crm", b"value")
        by = house.signed("builder")
        with pytest.raises(InputError, match="is for production"):
            await house.service.secrets.add(RUN, by)
        with pytest.raises(InputError, match="no place"):
            await house.service.secrets.add(replace(RUN, place="", environment="production"), by)
        assert house.service.secrets.listed(by) == []


@story
async def test_a_vault_that_is_away_holds_nobody_up_and_is_told(tmp_path):
    given = folder(tmp_path / "run")
    away = VaultSettings(
        name="bao", kind="openbao", environment="dev", url="https://127.0.0.1:1",
        token_file=str(tmp_path / "token"), mount="secret",
    )  # fmt: skip
    put(tmp_path / "token", b"t")
    both = replace(given, vaults=(away, *given.vaults))
    async with small(tmp_path, kept=both) as house:
        secrets, by = house.service.secrets, house.signed("builder")
        with pytest.raises(UnavailableError):
            await secrets.add(replace(CRM, name="a", vault="bao", place="a"), by)
        await secrets.add(RUN, by)
        put(tmp_path / "run" / "crm", b"value")
        await rounds(house.service.vaults, 1 + 2 * SLOWLY)
        assert secrets.get("crm/key", by).current
        own, bao, run = await house.service.vaults.listed(by)
        assert (own.problem, run.problem, own.environment) == ("", "", "")
        assert "nobody answers" in bao.problem and bao.remedy
        assert (own.secrets, bao.secrets, run.secrets) == (0, 1, 1)
        assert (own.writable, bao.writable, run.writable) == (True, True, False)


@story
async def test_check_names_what_is_missing_altered_and_exchanged(tmp_path):
    async with small(tmp_path, kept=folder(tmp_path / "run")) as house:
        service, by = house.service, house.signed("builder")
        for name in ("a", "b", "c", "d"):
            await service.secrets.add(replace(CRM, name=name), by)
            await service.secrets.put(name, f"value {name}".encode(), by)
        put(tmp_path / "run" / "crm", b"value")
        await service.secrets.add(RUN, by)
        assert {each.problem for each in await service.vaults.check(by)} == {""}
        own = service.running.vaults["own"]
        assert isinstance(own, OwnVault)
        own._file("a", 1).unlink()
        own._file("b", 1).write_bytes(own._file("c", 1).read_bytes())
        put(tmp_path / "run" / "crm", b"exchanged")
        found = {each.secret: each for each in await service.vaults.check(by)}
        assert "has no version 1" in found["a"].problem
        assert "was altered" in found["b"].problem
        assert "another value" in found["crm/key"].problem
        assert all(each.remedy for each in found.values() if each.problem)
        assert (found["c"].problem, found["d"].problem) == ("", "")
        with pytest.raises(AuthenticationError):
            await service.vaults.check(house.signed("viewer"))


@story
async def test_a_rewrap_is_on_record_and_for_who_keeps_secrets_everywhere(tmp_path):
    async with small(tmp_path) as house:
        service, by = house.service, house.signed("builder")
        await service.secrets.add(CRM, by)
        await service.secrets.put("crm/key", b"value", by)
        assert await service.vaults.rewrap(by) == Rewrapped(changed=0, damaged=0)
        done = await service.vaults.rewrap(by, again=True)
        assert done.changed >= 1
        master = await service.vaults.master(by)
        assert (master.behind, master.source) == (0, "file")
        with pytest.raises(AuthenticationError):
            await service.vaults.rewrap(house.signed("operator"))
        told = house.events("master:change")
        assert [each.detail["changed"] for each in told] == [0, done.changed]
        assert {each.detail["master"] for each in told} == {master.id}


@pytest.fixture
def desk(openbao, postgres, tmp_path):
    made = Desk(openbao, postgres, tmp_path)
    yield made
    made.close()


@pytest.fixture
def bao(openbao, tmp_path):
    """Settings of a KV vault, and its mount."""
    mount = openbao.mount("kv", version="2")
    given = by_token(openbao, tmp_path, f"{mount}/*", environment="dev", mount=mount)
    return SecretsSettings(vaults=(given,)), mount


@story
async def test_what_a_team_writes_into_openbao_is_followed_at_the_second_look(
    tmp_path, bao, openbao
):
    """At the first one it could be a rotation that has not named it yet."""
    kept, mount = bao
    async with small(tmp_path, kept=kept) as house:
        service, by = house.service, house.signed("builder")
        secret = replace(CRM, vault="bao", place="team/crm")
        openbao.call("POST", f"{mount}/data/team/crm", {"data": {"value": "one"}})
        added = await service.secrets.add(secret, by)
        assert await service.secrets.value(added) == b"one"
        openbao.call("POST", f"{mount}/data/team/crm", {"data": {"value": "two"}})
        await rounds(service.vaults, SLOWLY)
        assert service.secrets.get("crm/key", by).current.number == 1
        await rounds(service.vaults, SLOWLY)
        now_is = service.secrets.get("crm/key", by)
        assert [each.state for each in now_is.versions] == [State.PREVIOUS, State.CURRENT]
        assert await service.secrets.value(now_is) == b"two"
        assert await service.secrets.value(now_is, 1) == b"one", "until it is ended"


@story
async def test_a_version_that_a_rotation_made_is_left_to_it(tmp_path, bao):
    kept, _ = bao
    async with small(tmp_path, kept=kept) as house:
        service, by = house.service, house.signed("builder")
        await service.secrets.add(replace(CRM, vault="bao", place="crm"), by)
        secret = await service.secrets.put("crm/key", b"one", by)
        await pending(service, secret, b"two")
        await rounds(service.vaults, 2 * SLOWLY + 1)
        refreshed = await service.secrets.refresh("crm/key", by)
        assert [each.state for each in refreshed.versions] == [State.CURRENT, State.PENDING]


@story
async def test_an_account_that_is_over_is_followed_by_the_next(tmp_path, desk):
    given = by_token(
        desk.bao, tmp_path, f"{desk.mount}/*", *LEASES,
        kind="openbao-database", environment="dev", mount=desk.mount,
    )  # fmt: skip
    async with small(tmp_path, kept=SecretsSettings(vaults=(given,))) as house:
        service, by = house.service, house.signed("builder")
        first = await service.secrets.add(replace(CRM, vault="bao", place="reader"), by)
        value = await service.secrets.value(first)
        assert desk.opens(value)
        await rounds(service.vaults, 2)
        assert service.secrets.get("crm/key", by) == first, "it is alive"
        await service.secrets.drop(first, 1)
        assert not desk.opens(value)
        with pytest.raises(NotFoundError):
            await service.secrets.value(first)
        next_one = await service.secrets.refresh("crm/key", by)
        assert [each.state for each in next_one.versions] == [State.PREVIOUS, State.CURRENT]
        assert desk.opens(await service.secrets.value(next_one))


async def pending(service, secret: Secret, value: bytes) -> None:
    """As a rotation leaves it before it has proved the value."""
    number = await service.secrets.write(secret, value)
    assert secret.current
    made = replace(
        secret.current, number=number, state=State.PENDING, print=service.secrets.printed(value)
    )
    was = SECRET.get(secret.name, service.running.store)
    after = replace(secret, versions=(*secret.versions, made))
    await service.running.commit(Unit([], [SECRET.replace(was, after)]))
