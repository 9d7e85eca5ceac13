"""Reviews by the clock, their evidence, and a no that is in force before anybody is told."""

import asyncio

import pytest

from clawband.audit.proof import verify_proof
from clawband.model.errors import AuthenticationError, ConflictError
from clawband.model.person import Operator, Role, SignedIn
from tests.simulators.clocks import START
from tests.simulators.small import PASSWORD, small, story


@story
async def test_one_opens_by_itself_after_a_month_and_reminds_until_it_is_closed(tmp_path):
    async with small(tmp_path) as house:
        tick = house.service.reviews.tick
        await tick()
        assert house.events("review:open") == []
        house.clock.forward(days=30)
        await tick()
        await tick()
        (opened,) = house.events("review:open")
        assert opened.who == "" and opened.detail["items"] == 12
        house.clock.forward(days=12)
        await tick()
        house.clock.forward(days=3)
        await tick()
        await tick()
        assert len(house.events("review:remind")) == 1
        assert len(house.events("review:overdue")) == 1


@story
async def test_a_revoked_person_is_signed_out_when_the_answer_comes(tmp_path):
    async with small(tmp_path) as house:
        reviews, auditor = house.service.reviews, house.signed("auditor")
        kept = await reviews.open(14, auditor)
        assert house.signed("viewer").name == "viewer"
        await reviews.decide(kept.id, "person:viewer", "revoke", "left", auditor)
        with pytest.raises(AuthenticationError):
            house.signed("viewer")


@story
async def test_two_administrators_who_revoke_each_other_leave_one(tmp_path):
    async with small(tmp_path) as house:
        for name in ("ana", "bo"):
            await house.service.operators.add_as(name, ["admin"], [], PASSWORD, "setup")
        await house.service.operators.remove("admin", house.signed("admin"))
        known = {each.name: each for each in house.service.operators.list()}
        ana, bo = (
            SignedIn(operator=known[name], assurance=2, session=name) for name in ("ana", "bo")
        )
        reviews = house.service.reviews
        kept = await reviews.open(14, ana)
        ended = await asyncio.gather(
            reviews.decide(kept.id, "person:bo", "revoke", "", ana),
            reviews.decide(kept.id, "person:ana", "revoke", "", bo),
            return_exceptions=True,
        )
        assert sum(isinstance(each, ConflictError) for each in ended) == 1, ended
        left = [each for each in house.service.operators.list() if Role.ADMIN in each.roles]
        assert len(left) == 1


@story
async def test_one_administrator_stays_whatever_two_do_to_each_other_at_once(tmp_path):
    async with small(tmp_path) as house:
        reviews, operators = house.service.reviews, house.service.operators
        admin, role = house.signed("admin"), "role:admin:admin"
        for _ in range(5):
            await operators.add_as("bo", ["admin", "viewer"], [], PASSWORD, "setup")
            kept = await reviews.open(14, house.signed("auditor"))
            ended = await asyncio.gather(
                operators.remove("bo", admin),
                reviews.decide(kept.id, "role:bo:viewer", "revoke", "", house.signed("auditor")),
                reviews.decide(kept.id, role, "keep", "", house.signed("auditor")),
                return_exceptions=True,
            )
            wrong = [each for each in ended if isinstance(each, Exception)]
            assert all(isinstance(each, ConflictError) for each in wrong), ended
            there = "bo" in {each.name for each in operators.list()}
            assert there is isinstance(ended[0], ConflictError), "nobody is brought back"
            if there:
                await operators.remove("bo", admin)
            for each in (await reviews.shown(kept.id, house.signed("auditor")))[1]:
                if each.open and each.item.of != "auditor":
                    await reviews.decide(kept.id, each.item.id, "keep", "", house.signed("auditor"))
                elif each.open:
                    await reviews.decide(kept.id, each.item.id, "keep", "", admin)
            await reviews.close(kept.id, admin)


@story
async def test_where_removing_takes_two_a_review_removes_nobody_alone(tmp_path):
    async with small(tmp_path, two=("administer",)) as house:
        reviews, auditor = house.service.reviews, house.signed("auditor")
        kept = await reviews.open(14, auditor)
        with pytest.raises(ConflictError, match="takes two people") as refused:
            await reviews.decide(kept.id, "person:viewer", "revoke", "", auditor)
        assert "`clawband propose remove viewer`" in refused.value.remedy
        left = await reviews.decide(kept.id, "person:viewer", "keep", "", auditor)
        assert left.id == "person:viewer"


@story
async def test_a_role_was_used_by_what_was_done_with_it(tmp_path):
    async with small(tmp_path) as house:
        await house.service.stops.pause("tool", "exec", house.signed("operator"), "")
        await asyncio.sleep(0.01)  # who follows the log is told in the next turn of the loop
        kept = await house.service.reviews.open(14, house.signed("admin"))
        _, shown = await house.service.reviews.shown(kept.id, house.signed("viewer"))
        items = {each.item.id: each.item for each in shown}
        assert items["role:operator:operator"].used == START
        assert items["role:builder:builder"].used is None
        assert items["person:builder"].used == START, "they signed in"


@story
async def test_the_evidence_proves_each_decision(tmp_path):
    async with small(tmp_path) as house:
        reviews, auditor = house.service.reviews, house.signed("auditor")
        kept = await reviews.open(14, auditor)
        done = await reviews.decide(kept.id, "role:viewer:viewer", "keep", "needed", auditor)
        told = await reviews.evidence(kept.id, auditor)
        assert set(told["proofs"]) == {done.event}
        proof = told["proofs"][done.event]
        assert verify_proof(proof.encode(), key=told["key"]).ok
        assert done.event in proof and "role:viewer:viewer" in proof
        (exported,) = house.events("log:export")
        assert exported.outcome == f"evidence of {kept.id}"


@pytest.mark.parametrize("role", ["operator", "approver", "builder", "viewer"])
@story
async def test_only_who_may_review_opens_decides_and_exports(tmp_path, role):
    async with small(tmp_path) as house:
        reviews, other = house.service.reviews, house.signed(role)
        with pytest.raises(AuthenticationError):
            await reviews.open(14, other)
        kept = await reviews.open(14, house.signed("admin"))
        assert reviews.listed(other) == [kept]
        for refused in (
            reviews.decide(kept.id, "person:admin", "keep", "", other),
            reviews.close(kept.id, other),
            reviews.evidence(kept.id, other),
        ):
            with pytest.raises(AuthenticationError):
                await refused


@story
async def test_no_service_account_reviews_anything(tmp_path):
    async with small(tmp_path) as house:
        program = SignedIn(
            operator=Operator(name="service:ci", roles=frozenset({Role.ADMIN}), added=START),
            assurance=2, session="k", service=True, scope=frozenset({"review", "export"}),
        )  # fmt: skip
        with pytest.raises(AuthenticationError, match="only a person"):
            await house.service.reviews.open(14, program)
