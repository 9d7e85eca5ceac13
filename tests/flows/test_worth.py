"""What was decided or followed meanwhile is not worth a mail."""

from clawband.flows import worth
from clawband.identity.session import stored
from clawband.model.access import Hold
from clawband.model.notice import Line
from tests.simulators.courier import Bag
from tests.simulators.small import small, story


def still(house, about):
    return worth.still(Line("x", "/", about), house.service.running.store, house.clock.now())


@story
async def test_what_is_about_nothing_is_always_worth_it(tmp_path):
    async with small(tmp_path, bare=True) as house:
        assert still(house, "")


@story
async def test_what_is_not_there_is_not(tmp_path):
    async with small(tmp_path, bare=True) as house:
        kinds = ("approval", "elevation", "proposal", "invitation", "proof ana")
        assert not any(still(house, f"{kind} none") for kind in kinds)


@story
async def test_an_approval_until_it_is_decided_or_over(tmp_path):
    async with small(tmp_path) as house:
        decided = await house.call("refund", "c1", {"order": "A-1", "amount": 1, "reason": "r"})
        assert isinstance(decided.decision, Hold)
        about = f"approval {decided.decision.approval}"
        assert still(house, about)
        house.clock.forward(days=8)
        assert not still(house, about), "nobody closed it yet, and yet"


@story
async def test_a_role_until_it_was_answered(tmp_path):
    async with small(tmp_path) as house:
        asked = await house.service.elevations.ask("operator", "why", 60, house.signed("viewer"))
        assert still(house, f"elevation {asked.id}")
        await house.service.elevations.refuse(asked.id, house.signed("admin"))
        assert not still(house, f"elevation {asked.id}")


@story
async def test_a_change_until_somebody_answered(tmp_path):
    async with small(tmp_path, two=("administer",)) as house:
        admin, proposals = house.signed("admin"), house.service.proposals
        made = (await proposals.invite("zoe", ["viewer"], [], "n", admin)).proposal
        assert still(house, f"proposal {made.id}")
        await proposals.refuse(made.id, house.signed("approver"), "no")
        assert not still(house, f"proposal {made.id}")


@story
async def test_a_link_until_it_was_followed_or_withdrawn(tmp_path):
    async with small(tmp_path) as house:
        made = await house.service.people.invite("zoe", ["viewer"], [], house.signed("admin"))
        assert still(house, f"invitation {stored(made.token)}")
        await house.service.people.withdraw("zoe", house.signed("admin"))
        assert not still(house, f"invitation {stored(made.token)}")


@story
async def test_the_proof_of_an_address_until_another_is_asked_for(tmp_path):
    async with small(tmp_path, courier=Bag()) as house:
        viewer, store = house.signed("viewer"), house.service.running.store
        await house.service.mailboxes.ask("a@example.com", viewer)
        first = house.service.mailboxes.own(viewer).proof
        assert first and still(house, f"proof viewer {first.token}")
        house.clock.forward(minutes=11)
        await house.service.mailboxes.ask("b@example.com", viewer)
        assert not still(house, f"proof viewer {first.token}")
        assert len(store.documents("letter")) == 2
