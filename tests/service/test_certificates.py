"""Certificates for people and gateways: given, given again, revoked, listed and warned of."""

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from clawband.adapters.certificates import pem
from clawband.model.errors import (
    AuthenticationError,
    InputError,
    NotFoundError,
    StepUpNeededError,
    UnavailableError,
)
from tests.simulators import certified
from tests.simulators.small import small, story


def asked():
    return pem.request(pem.fresh(), []).public_bytes(Encoding.PEM).decode()


def serial(chain):
    return pem.PemPapers().certified(chain).serial


class Seen:
    """Servers elsewhere that show what a test says."""

    def __init__(self, facts):
        self.facts = facts

    async def shown(self, host, port):
        if self.facts is None:
            raise UnavailableError("there is no TLS with it")
        return self.facts


@story
async def test_a_gateway_is_given_one_and_takes_the_next_with_it(tmp_path):
    async with small(tmp_path, certified=certified.of()) as house:
        given, admin = house.service.certificates, await house.in_browser("admin")
        chain = await given.give("sample", asked(), 90, admin)
        assert given.bound(serial(chain), house.gateway).name == "sample"
        house.clock.forward(days=60)
        again = await given.give_again(house.gateway, asked(), serial(chain))
        assert serial(again) != serial(chain)
        house.clock.forward(days=31)
        assert given.bound(serial(again), house.gateway).name == "sample"
        with pytest.raises(AuthenticationError, match="its time is over"):
            given.bound(serial(chain), house.gateway)
        issued = house.events("certificate:issue")
        assert [(each.resource, each.who) for each in issued[-2:]] == [
            ("Certificate::gateway/sample", "admin"),
            ("Certificate::gateway/sample", "gateway:sample"),
        ]


@story
async def test_a_revoked_one_opens_nothing_and_gets_no_next(tmp_path):
    async with small(tmp_path, certified=certified.of()) as house:
        given, admin = house.service.certificates, await house.in_browser("admin")
        chain = await given.give("sample", asked(), 90, admin)
        await given.revoke(serial(chain), "the host was sold", admin)
        with pytest.raises(AuthenticationError, match="was revoked"):
            given.bound(serial(chain), house.gateway)
        with pytest.raises(AuthenticationError, match="was revoked"):
            await given.give_again(house.gateway, asked(), serial(chain))
        assert house.events("certificate:revoke")[0].detail["because"] == "the host was sold"


@story
async def test_a_revoked_one_takes_along_what_was_taken_with_it(tmp_path):
    async with small(tmp_path, certified=certified.of()) as house:
        given, admin = house.service.certificates, await house.in_browser("admin")
        chain = await given.give("sample", asked(), 90, admin)
        again = await given.give_again(house.gateway, asked(), serial(chain))
        await given.revoke(serial(chain), "the host was sold", admin)
        with pytest.raises(AuthenticationError, match="was revoked"):
            given.bound(serial(again), house.gateway)


@story
async def test_only_who_keeps_secrets_gives_and_revokes(tmp_path):
    async with small(tmp_path, certified=certified.of()) as house:
        given = house.service.certificates
        chain = await given.give("sample", asked(), 1, await house.in_browser("builder"))
        for role in ("operator", "approver", "auditor", "viewer"):
            signed = await house.in_browser(role)
            with pytest.raises((AuthenticationError, StepUpNeededError)):
                await given.give("sample", asked(), 1, signed)
            with pytest.raises((AuthenticationError, StepUpNeededError)):
                await given.revoke(serial(chain), "x", signed)
        with pytest.raises(AuthenticationError):
            await given.renew("shop", await house.in_browser("viewer"))
        assert given.listed(house.signed("viewer"))


@story
async def test_what_is_wrongly_asked(tmp_path):
    async with small(tmp_path, certified=certified.of()) as house:
        given, admin = house.service.certificates, await house.in_browser("admin")
        with pytest.raises(NotFoundError, match="no gateway `other`"):
            await given.give("other", asked(), 1, admin)
        with pytest.raises(InputError, match="expected a certificate request"):
            await given.give("sample", "x", 1, admin)
        with pytest.raises(InputError, match="expected 1 to 365 days"):
            await given.give("sample", asked(), 0, admin)
        with pytest.raises(NotFoundError):
            await given.revoke("ff", "x", admin)
        with pytest.raises(NotFoundError, match="no certificate `other`"):
            await given.renew("other", admin)


@story
async def test_what_ends_soon_is_told_of_once_and_is_listed_first(tmp_path):
    async with small(tmp_path, certified=certified.of()) as house:
        given, admin = house.service.certificates, await house.in_browser("admin")
        chain = await given.give("sample", asked(), 10, admin)
        await given.tick()
        assert given.due(admin) == [] and not house.events("certificate:due")
        house.clock.forward(days=8)
        await given.tick()
        await given.tick()
        (told,) = house.events("certificate:due")
        assert (told.outcome, told.detail["serial"]) == ("ends soon", serial(chain))
        assert [each.certificate.name for each in given.due(admin)] == ["sample"]
        assert given.listed(admin)[0].certificate.use == "gateway"
        house.clock.forward(days=2)
        await given.tick()
        assert [each.outcome for each in house.events("certificate:due")][-1] == "ended"
        await given.tick()
        assert {each.certificate.use for each in given.listed(admin)} == {"server", "issuer"}


@story
async def test_servers_elsewhere_are_looked_at_and_their_end_is_told(tmp_path):
    peers = Seen(None)
    tls = certified.of(peers=peers, upstreams=(("api.example.com", 443),))
    async with small(tmp_path, certified=tls) as house:
        given, admin = house.service.certificates, house.signed("admin")
        facts = pem.PemPapers().certified(
            await given.give("sample", asked(), 10, await house.in_browser("admin"))
        )
        await given.tick()
        assert "upstream" not in {each.certificate.use for each in given.listed(admin)}
        peers.facts = facts
        house.clock.forward(hours=7)
        await given.tick()
        assert "api.example.com:443" in {each.certificate.name for each in given.listed(admin)}
        peers.facts = None
        house.clock.forward(days=8)
        await given.tick()
        told = {each.resource for each in house.events("certificate:due")}
        assert "Certificate::upstream/api.example.com:443" in told
        found = {each.certificate.name: each.problem for each in given.listed(admin)}
        assert found["api.example.com:443"] == "there is no TLS with it"


@story
async def test_without_any_nobody_shows_anything(tmp_path):
    async with small(tmp_path) as house:
        given, admin = house.service.certificates, await house.in_browser("admin")
        await given.tick()
        assert given.listed(admin) == []
        with pytest.raises(UnavailableError):
            given.of("shop")
        for act in (given.trust(admin), given.give("sample", asked(), 1, admin)):
            with pytest.raises(NotFoundError, match="no certificate is asked for"):
                await act
