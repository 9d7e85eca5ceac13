"""Whom a provider vouches for: an account of their own, kept up, and out again."""

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from clawband.flows import federate
from clawband.flows.federate import Refused
from clawband.identity.oidc_claims import Ended, Known
from clawband.identity.session import LIFE, Seen
from clawband.model.errors import AuthenticationError, ConflictError, NotFoundError
from clawband.model.person import Role
from clawband.ports.unit import PutOperator, Unit
from tests.simulators.small import PASSWORD, small, story

ISSUER = "https://login.example"
ANA = Known(
    issuer=ISSUER, subject="u-1", groups=frozenset({"g"}), name="Ana.Lopez@shop.example",
    mail="ana@shop.example", two_factors=True, session="s-1",
)  # fmt: skip
OPERATOR, VIEWER = frozenset({Role.OPERATOR}), frozenset({Role.VIEWER})


class Desk:
    """A house, and the flows with everything they take."""

    def __init__(self, house):
        self.house, self.service = house, house.service
        self.running = house.service.running

    def known(self):
        return {
            "registry": self.running.store, "now": self.running.now(),
            "entropy": self.running.entropy(),
        }  # fmt: skip

    async def arrive(self, known=ANA, roles=OPERATOR):
        came = federate.arrive(known, roles, Seen(address="10.0.0.1", device="d"), **self.known())
        unit = came.unit if isinstance(came, Refused) else came[1]
        await self.running.commit(unit)
        return came if isinstance(came, Refused) else came[0]

    async def end(self, subject="u-1", session="s-1", id="j-1"):
        over = Ended(issuer=ISSUER, subject=subject, session=session, id=id,
                     until=self.running.now() + LIFE)  # fmt: skip
        await self.running.commit(federate.ended(over, **self.known()))

    def who(self, secret):
        return self.service.operators.who(secret)

    def is_out(self, *secrets):
        for secret in secrets:
            with pytest.raises(AuthenticationError):
                self.who(secret)


@asynccontextmanager
async def desk(folder):
    async with small(folder) as house:
        yield Desk(house)


@story
async def test_a_newcomer_has_an_account_of_their_own_with_the_roles_of_their_groups(tmp_path):
    async with desk(tmp_path) as at:
        signed = at.who(await at.arrive())
        assert (signed.name, signed.operator.roles, signed.assurance) == ("ana.lopez", OPERATOR, 2)
        assert signed.operator.aliases == {"ana@shop.example"}
        assert [event.who for event in at.house.events("operator:add")][-1] == "single sign-on"
        with pytest.raises(AuthenticationError):
            await at.service.people.sign_in("ana.lopez", "")


@story
async def test_one_factor_leaves_privileged_roles_out(tmp_path):
    async with desk(tmp_path) as at:
        once = replace(ANA, two_factors=False)
        signed = at.who(await at.arrive(once, OPERATOR | VIEWER))
        assert (signed.operator.roles, signed.assurance) == (VIEWER, 1)


@story
async def test_a_second_factor_shown_there_hours_ago_is_not_shown_now(tmp_path):
    async with desk(tmp_path) as at:
        assert at.who(await at.arrive()).proved is None
        shown = at.running.now() - timedelta(hours=2)
        assert at.who(await at.arrive(replace(ANA, at=shown))).proved == shown


@story
async def test_they_are_known_by_issuer_and_subject_and_by_nothing_else(tmp_path):
    async with desk(tmp_path) as at:
        await at.arrive()
        renamed = replace(ANA, name="boss", mail="boss@shop.example")
        assert at.who(await at.arrive(renamed)).name == "ana.lopez"
        for other in (replace(ANA, subject="u-2"), replace(ANA, issuer="https://other.example")):
            with pytest.raises(ConflictError, match="an account `ana.lopez` already"):
                await at.arrive(other)


@story
async def test_nobody_becomes_somebody_who_is_here_already(tmp_path):
    async with desk(tmp_path) as at:
        with pytest.raises(ConflictError, match="connect"):
            await at.arrive(replace(ANA, name="admin"))
        await at.service.operators.add_as("bo", ["viewer"], ["ana@shop.example"], PASSWORD, "setup")
        with pytest.raises(ConflictError, match="belongs to `bo`"):
            await at.arrive()


@pytest.mark.parametrize(
    ("name", "mail", "suggested"),
    [("Ana", "", "ana"), ("", "bo@x.example", "bo"), ("Ünal Öz", "", "nal-z"),
     ("../../etc", "", "etc"),
     ("-._", "", "sso-"), ("9lives", "", "sso-"), ("workload:ci", "", "workload-ci"),
     ("", "", "sso-"), ("a" * 99, "", "a" * 32)],
)  # fmt: skip
def test_a_name_is_only_suggested(name, mail, suggested):
    assert federate.suggested(replace(ANA, name=name, mail=mail)).startswith(suggested)


@story
async def test_other_groups_are_other_roles_and_old_sign_ins_end(tmp_path):
    async with desk(tmp_path) as at:
        first = await at.arrive()
        same = await at.arrive()
        assert at.who(first).name == at.who(same).name
        second = await at.arrive(roles=VIEWER)
        at.is_out(first, same)
        assert at.who(second).operator.roles == VIEWER
        assert [event.outcome for event in at.house.events("operator:change")] == ["changed"]


@story
async def test_without_a_group_nobody_comes_in_and_what_was_given_ends(tmp_path):
    async with desk(tmp_path) as at:
        assert isinstance(await at.arrive(roles=frozenset()), Refused)
        assert at.running.store.operator("ana.lopez") is None
        secret = await at.arrive()
        refused = await at.arrive(roles=frozenset())
        assert "none of their groups" in str(refused.error)
        at.is_out(secret)
        assert at.running.store.operator("ana.lopez")[0].roles == frozenset()
        assert at.who(await at.arrive()).operator.roles == OPERATOR


@story
async def test_an_account_that_was_removed_here_stays_out_until_it_is_forgotten(tmp_path):
    async with desk(tmp_path) as at:
        await at.arrive()
        await at.service.operators.remove("ana.lopez", at.house.signed("admin"))
        assert isinstance(await at.arrive(), Refused)
        at.house.clock.forward(minutes=1)
        await at.service.operators.add_as("ana.lopez", ["admin"], [], PASSWORD, "setup")
        refused = await at.arrive()
        assert isinstance(refused, Refused), "another account of that name is another person's"
        await at.service.federation.forget("ana.lopez", at.house.signed("admin"))
        with pytest.raises(ConflictError):
            await at.arrive()
        with pytest.raises(NotFoundError):
            await at.service.federation.forget("ana.lopez", at.house.signed("admin"))


@story
async def test_an_account_that_was_here_is_connected_by_its_owner_and_keeps_its_roles(tmp_path):
    async with desk(tmp_path) as at:
        auditor = at.house.signed("auditor")
        await at.running.commit(federate.connect(ANA, auditor, **at.known()))
        signed = at.who(await at.arrive(roles=OPERATOR))
        assert (signed.name, signed.operator.roles) == ("auditor", {Role.AUDITOR})
        with pytest.raises(ConflictError, match="sign in as `auditor`"):
            federate.connect(ANA, at.house.signed("admin"), **at.known())
        assert isinstance(await at.arrive(roles=frozenset()), Refused)
        assert at.running.store.operator("auditor")[0].roles == {Role.AUDITOR}


@story
async def test_an_account_belongs_to_one_person_of_the_provider(tmp_path):
    """Or who leaves it would come back as somebody else, with roles that no group gives now."""
    other = replace(ANA, subject="u-2", session="s-2")
    async with desk(tmp_path) as at:
        brought = at.who(await at.arrive())
        with pytest.raises(ConflictError, match="connected already"):
            federate.connect(other, brought, **at.known())
        auditor = at.house.signed("auditor")
        await at.running.commit(federate.connect(other, auditor, **at.known()))
        with pytest.raises(ConflictError, match="connected already"):
            federate.connect(replace(other, subject="u-3"), auditor, **at.known())


@story
async def test_who_has_left_the_provider_has_no_other_way_in(tmp_path):
    async with desk(tmp_path) as at:
        secret = await at.arrive()
        account, _ = at.running.store.operator("ana.lopez")
        hashed = at.running.passwords.hash(PASSWORD)
        await at.running.commit(Unit([], [PutOperator(account, hashed)]))
        at.is_out(secret)
        with pytest.raises(AuthenticationError, match="single sign-on only"):
            await at.service.people.sign_in("ana.lopez", PASSWORD)
        with pytest.raises(AuthenticationError, match="wrong"):
            await at.service.people.sign_in("ana.lopez", "another password")
        assert at.who(await at.arrive()).name == "ana.lopez"
        await at.service.federation.forget("ana.lopez", at.house.signed("admin"))
        assert at.who(await at.service.people.sign_in("ana.lopez", PASSWORD)).name == "ana.lopez"


@pytest.mark.parametrize(("subject", "session"), [("u-1", ""), ("", "s-1"), ("u-1", "s-1")])
@story
async def test_who_is_signed_out_at_the_provider_is_signed_out_here(tmp_path, subject, session):
    async with desk(tmp_path) as at:
        one, two = await at.arrive(), await at.arrive()
        other = await at.arrive(replace(ANA, subject="u-2", name="bo", mail="", session="s-2"))
        await at.end(subject, session)
        at.is_out(one, two)
        assert at.who(other).name == "bo"
        (event,) = at.house.events("session:revoke")
        assert event.resource == "Operator::ana.lopez" and event.detail["ended"] == 2


@story
async def test_a_logout_token_is_good_once_and_one_of_a_stranger_ends_nothing(tmp_path):
    async with desk(tmp_path) as at:
        await at.end("u-9", "s-9", "j-9")
        secret = await at.arrive()
        await at.end()
        at.is_out(secret)
        again = await at.arrive()
        with pytest.raises(AuthenticationError, match="used before"):
            await at.end()
        assert at.who(again).name == "ana.lopez"


@story
async def test_sessions_of_the_provider_are_forgotten_when_ours_are_over(tmp_path):
    async with desk(tmp_path) as at:
        await at.arrive()
        now = at.running.now()
        assert federate.swept(at.running.store, now) == []
        gone = federate.swept(at.running.store, now + LIFE)
        await at.running.commit(Unit([], gone))
        assert len(gone) == 1 and federate.swept(at.running.store, now + LIFE) == []
