"""Rotation with a real OpenBao that keeps the values and a real PostgreSQL that issues them."""

import asyncio
from dataclasses import replace
from typing import cast

import asyncpg
import pytest

from clawband.adapters.rotors.database import DatabaseRotor
from clawband.adapters.vaults.bao import Bao
from clawband.adapters.vaults.openbao import OpenBaoVault
from clawband.model.secret import Plan, Secret, State
from clawband.ports.rotor import Job, Made, Rotor
from clawband.ports.vault import Vault
from tests.servers.openbao import OpenBao
from tests.servers.postgres import Postgres
from tests.servers.signing_in import by_token
from tests.simulators.clocks import START
from tests.simulators.rotor import MemoryRotor
from tests.simulators.small import House, small, story

NAME, FIRST = "shop/db", "the first password"
DATABASE = Secret(
    name=NAME, environment="dev", kind="database password", owner="ana", purpose="orders",
    added=START, vault="bao", place="shop/db",
    plan=Plan(
        driver="database", options={"roles": "shop_a shop_b", "admin": "secret:shop/db-admin"}
    ),
)  # fmt: skip
ADMIN = replace(DATABASE, name="shop/db-admin", vault="own", plan=None)


@pytest.fixture
def issuer(postgres: Postgres) -> Postgres:
    for each in ("shop_a", "shop_b"):
        postgres.sql(f"drop role if exists {each}")
    postgres.sql(f"create role shop_a login password '{FIRST}'")
    postgres.sql("create role shop_b nologin")
    return postgres


async def kept(house: House, issuer: Postgres, server: OpenBao) -> str:
    """The two secrets in their vaults; the mount."""
    service, by = house.service, house.signed("builder")
    mount = server.mount("kv", version="2")
    vault = OpenBaoVault(Bao(by_token(server, house.folder, f"{mount}/*")), mount)
    cast(dict[str, Vault], service.running.vaults)["bao"] = vault
    cast(dict[str, Rotor], service.running.rotors)["database"] = DatabaseRotor()
    for secret, value in (
        (ADMIN, issuer.url(password="correct%20horse%20battery")),
        (DATABASE, issuer.url("shop_a", "the%20first%20password")),
    ):
        await service.secrets.add(secret, by)
        await service.secrets.put(secret.name, value.encode(), by)
    return mount


async def opens(address: bytes) -> bool:
    try:
        await (await asyncpg.connect(address.decode(), ssl=False)).close()
    except asyncpg.InvalidPasswordError:
        return False
    return True


@story
async def test_a_database_password_is_exchanged_and_nobody_is_kept_out(issuer, openbao, tmp_path):
    async with small(tmp_path) as house:
        await kept(house, issuer, openbao)
        service, by = house.service, house.signed("operator")
        refused = 0

        async def shop() -> None:
            """Signs in with what is current, all the time."""
            nonlocal refused
            while True:
                secret = service.secrets.get(NAME, by)
                refused += not await opens(await service.secrets.value(secret))

        shopping = asyncio.create_task(shop())
        ends = []
        for _ in range(3):
            begun = await service.rotations.begin(NAME, by)
            done = await service.rotations.settled(begun.id)
            ends.append((done.outcome, done.problem))
        shopping.cancel()
        assert ends == [("rotated", "")] * 3
        assert refused == 0
        secret = service.secrets.get(NAME, by)
        states = [each.state for each in secret.versions]
        assert states == [State.DEAD, State.DEAD, State.DEAD, State.CURRENT]
        assert not issuer.opens("shop_a", FIRST)
        proofs = [each.detail["proof"] for each in house.events("secret:end")]
        assert len(proofs) == 3 and all("28P01" in str(each) for each in proofs)
        rehearsed = await service.rotations.begin(NAME, by, rehearse=True)
        assert (await service.rotations.settled(rehearsed.id)).outcome == "rehearsed"
        assert await opens(await service.secrets.value(service.secrets.get(NAME, by)))


class Sealing(DatabaseRotor):
    """The real one, and somebody seals OpenBao after this step."""

    def __init__(self, server: OpenBao, at: str) -> None:
        super().__init__()
        self.server, self.at, self.sealed = server, at, False

    def create(self, job: Job) -> Made:
        made = super().create(job)
        self._seal("create")
        return made

    def place(self, job: Job, made: Made) -> None:
        super().place(job, made)
        self._seal("place")

    def revoke(self, job: Job, made: Made) -> None:
        super().revoke(job, made)
        self._seal("revoke")

    def _seal(self, step: str) -> None:
        if step == self.at and not self.sealed:
            self.sealed = True
            self.server.seal()


@pytest.mark.parametrize("sealed_at", ["create", "place", "revoke"])
@story
async def test_openbao_is_sealed_in_the_midst_of_it(issuer, openbao, tmp_path, sealed_at):
    async with small(tmp_path) as house:
        await kept(house, issuer, openbao)
        service, by = house.service, house.signed("operator")
        rotor = Sealing(openbao, sealed_at)
        cast(dict[str, Rotor], service.running.rotors)["database"] = rotor
        begun = await service.rotations.begin(NAME, by)
        stuck = await service.rotations.settled(begun.id)
        try:
            assert rotor.sealed and "sealed" in stuck.problem, stuck
            assert stuck.ended is None
        finally:
            openbao.unseal()
        secret = service.secrets.get(NAME, by)
        assert await opens(await service.secrets.value(secret)), "what is current opens"
        await service.rotations.resume(begun.id, by)
        done = await service.rotations.settled(begun.id)
        assert done.outcome == "rotated", done.problem
        assert await opens(await service.secrets.value(service.secrets.get(NAME, by)))
        assert not issuer.opens("shop_a", FIRST)


@story
async def test_what_a_rotation_wrote_and_did_not_name_is_nobodys_value(issuer, openbao, tmp_path):
    """The process was gone between the vault and the record, and the issuer is away since."""
    async with small(tmp_path) as house:
        await kept(house, issuer, openbao)
        service, by = house.service, house.signed("builder")
        rotor = MemoryRotor(down=True)
        cast(dict[str, Rotor], service.running.rotors)["database"] = rotor
        begun = await service.rotations.begin(NAME, by)
        await service.rotations.settled(begun.id)
        written = service.running.vaults["bao"].write("shop/db", b"accepted by nobody")
        for seen in (0, written, written):
            assert await service.secrets.following.follow(NAME, seen) == written
        assert service.secrets.get(NAME, by).current.number == 1
