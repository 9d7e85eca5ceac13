"""What doors show: renewed in time, kept sealed, and never dropped before the next one works."""

from dataclasses import replace
from datetime import timedelta

import pytest

from clawband.adapters.certificates import pem
from clawband.adapters.certificates.authority import VaultAuthority
from clawband.adapters.vaults.master import LocalMaster
from clawband.adapters.vaults.own import OwnVault
from clawband.model.errors import InputError, UnavailableError
from clawband.service.renewals import Renewals
from tests.simulators import certified
from tests.simulators.certified import SHOP, Elsewhere
from tests.simulators.small import small, story

THEIRS = replace(SHOP, issuer="acme")


def shown(house):
    return house.service.certificates.renewals.named("shop")


def facts(house):
    return pem.facts(pem.first(shown(house).chain))


@story
async def test_a_door_shows_one_from_the_start_and_the_next_one_in_time(tmp_path):
    tls = certified.of(SHOP, doors={"front": "shop"})
    async with small(tmp_path, certified=tls) as house:
        given, first = house.service.certificates, facts(house)
        assert given.of("front") is given.renewals.named("shop")
        house.clock.forward(days=18)
        await given.tick()
        assert facts(house) == first
        house.clock.forward(days=2)
        await given.tick()
        assert facts(house).serial != first.serial
        assert len(house.events("certificate:issue")) == 2
        assert not house.events("certificate:due")


@story
async def test_it_is_the_same_one_after_a_restart_and_its_key_is_sealed(tmp_path):
    async with small(tmp_path, certified=certified.of()) as house:
        first, again = shown(house), Renewals(house.service.running)
        await again.load()
        assert again.named("shop") == first and len(house.events("certificate:issue")) == 1
    files = [each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()]
    secret = first.key.splitlines()[1]
    assert len(secret) == 64 and not any(secret in each for each in files)


@story
async def test_other_names_in_the_settings_make_another_one(tmp_path):
    more = replace(SHOP, names=(*SHOP.names, "new.example.com"))
    async with small(tmp_path, certified=certified.of()) as house:
        running = replace(house.service.running, tls=certified.of(more)(tmp_path))
        again = Renewals(running)
        await again.load()
        assert again.named("shop") != shown(house)
        assert "new.example.com" in pem.facts(pem.first(again.named("shop").chain)).names


@story
async def test_one_that_the_vault_lost_is_made_anew_before_any_door_opens(tmp_path):
    async with small(tmp_path, certified=certified.of()) as house:
        vault = house.service.running.vaults["own"]
        vault.drop("Certificate::shop", vault.newest("Certificate::shop"))
        again = Renewals(house.service.running)
        await again.load()
        assert again.named("shop") != shown(house) and not again.failing


@story
async def test_an_authority_elsewhere_is_tried_later_and_later_and_the_old_one_is_shown(tmp_path):
    sign = VaultAuthority(OwnVault(tmp_path / "elsewhere", LocalMaster(b"x" * 32)), SHOP.names)
    clock = []
    acme = Elsewhere(lambda names: sign.server(names, clock[0]() + timedelta(days=60), clock[0]()))
    async with small(tmp_path / "s", certified=certified.of(THEIRS, acme=acme)) as house:
        clock.append(house.clock.now)
        given, standing_in = house.service.certificates, facts(house)
        acme.problem = UnavailableError("it is away")
        for _ in range(200):
            await given.tick()
            house.clock.forward(minutes=1)
        assert acme.asked == 8 and facts(house) == standing_in
        (row,) = [each for each in given.listed(house.signed("admin")) if each.problem]
        assert row.problem == "it is away" and row.certificate.issuer == "own"
        acme.problem = None
        house.clock.forward(hours=4)
        await given.tick()
        assert facts(house).serial != standing_in.serial and not given.renewals.failing
        house.clock.forward(days=39)
        first = facts(house)
        acme.problem = UnavailableError("it is away")
        house.clock.forward(days=2)
        await given.tick()
        assert facts(house) == first
        house.clock.forward(days=5)
        await given.tick()
        (told,) = house.events("certificate:due")
        assert told.outcome == "ends soon" and facts(house) == first


@story
async def test_one_that_does_not_work_is_never_shown(tmp_path):
    sign = VaultAuthority(OwnVault(tmp_path / "elsewhere", LocalMaster(b"x" * 32)), SHOP.names)
    clock = []
    over = Elsewhere(
        lambda names: sign.server(names, clock[0]() - timedelta(seconds=1), clock[0]())
    )
    async with small(tmp_path / "s", certified=certified.of(THEIRS, acme=over)) as house:
        clock.append(house.clock.now)
        before = facts(house)
        with pytest.raises(InputError, match="not now"):
            await house.service.certificates.renew("shop", await house.in_browser("admin"))
        assert facts(house) == before and len(house.events("certificate:issue")) == 1


@story
async def test_files_are_taken_when_they_change_and_are_whole(tmp_path):
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    sign = VaultAuthority(OwnVault(tmp_path / "elsewhere", LocalMaster(b"x" * 32)), SHOP.names)
    wanted = replace(SHOP, issuer="files", chain_file=str(chain), key_file=str(key))
    async with small(tmp_path / "s", certified=certified.of(wanted)) as house:
        given, now = house.service.certificates, house.clock.now()
        with pytest.raises(UnavailableError, match="cannot be read"):
            given.renewals.named("shop")
        first = sign.server(["a.example"], now + timedelta(days=90), now)
        chain.write_bytes(first.chain)
        key.write_bytes(first.key)
        key.chmod(0o600)
        house.clock.forward(minutes=1)
        await given.tick()
        assert given.renewals.named("shop") == first
        second = sign.server(["a.example"], now + timedelta(days=90), now)
        chain.write_bytes(second.chain)
        await given.tick()
        assert given.renewals.named("shop") == first, "half of the new one is none"
        key.write_bytes(second.key)
        house.clock.forward(minutes=1)
        await given.tick()
        assert given.renewals.named("shop") == second
        with pytest.raises(InputError, match="somebody else keeps"):
            await given.renew("shop", await house.in_browser("admin"))
        assert len(house.events("certificate:issue")) == 2


@story
async def test_somebody_renews_one_now(tmp_path):
    async with small(tmp_path, certified=certified.of()) as house:
        before = facts(house)
        made = await house.service.certificates.renew("shop", await house.in_browser("operator"))
        assert facts(house) == made.facts != before
        assert house.events("certificate:issue")[-1].who == "operator"
        vault = house.service.running.vaults["own"]
        assert vault.newest("Certificate::shop") == made.version
