"""Who is told of what: those who can act on it and want to know, and nobody else."""

from contextlib import asynccontextmanager
from datetime import timedelta

from clawband.flows import announce
from clawband.identity.session import Seen
from clawband.model import ids
from clawband.model.access import Hold
from clawband.model.event import Event, Tag
from clawband.model.notice import Topic
from clawband.model.person import Role
from clawband.ports.unit import Unit
from tests.simulators.courier import Bag, proved, round_of
from tests.simulators.small import PASSWORD, small, story

REFUND = {"order": "A-1", "amount": 9_900, "reason": "it is a secret reason"}
ASKER = "telegram:4242"
BROWSER = Seen(address="192.0.2.7", agent="Firefox", device="d" * 64)


@asynccontextmanager
async def town(folder, **more):
    """A house in which every role has a mailbox."""
    bag = Bag()
    async with small(folder, courier=bag, **more) as house:
        for role in Role:
            await proved(house.service, house.signed(role), bag)
        yield house, bag


async def told(house, bag):
    await round_of(house)
    return bag.by_name()


async def happened(house, tag, **fields):
    now, entropy = house.clock.now(), house.service.running.entropy()
    event = Event(id=ids.new("evt", now, entropy), at=now, tag=tag, **fields)
    await house.service.running.commit(Unit([event]))


async def held(house, call="c1", params=REFUND):
    decided = await house.call("refund", call, params)
    assert isinstance(decided.decision, Hold)
    return decided.decision.approval


@story
async def test_an_approval_is_told_to_who_may_give_it_and_nobody_else(tmp_path):
    async with town(tmp_path) as (house, bag):
        card = await held(house)
        await round_of(house)
        assert [each.to for each in bag.taken] == ["approver@example.com"], "no admin is asked"
        (text,) = [each.text for each in bag.taken]
        assert f"http://localhost:8620/approvals/{card}\n" in text
        assert "sample/support: tool:pay" in text and "secret" not in text and "A-1" not in text


@story
async def test_who_asked_is_not_asked_to_approve(tmp_path):
    async with town(tmp_path) as (house, bag):
        service = house.service
        await service.operators.add_as("approver", ["approver"], [ASKER], PASSWORD, "t")
        house.tokens["approver"] = await service.people.sign_in("approver", PASSWORD)
        house.clock.forward(minutes=11)
        await proved(service, house.signed("approver"), bag)
        await held(house)
        assert await told(house, bag) == {}


@story
async def test_an_approval_that_waits_too_long_is_told_to_who_is_asked_then(tmp_path):
    async with town(tmp_path) as (house, bag):
        card = await held(house)
        await told(house, bag)
        for to, who in (("admin", set()), ("approver", {"approver"})):
            await happened(house, Tag.APPROVAL_ESCALATE, detail={"approval": card, "to": to})
            said = await told(house, bag)
            assert set(said) == who, "nobody is told who may not approve it"
        assert said["approver"][0].startswith("Waits too long, so you are asked too: sample/")


@story
async def test_an_approval_that_is_decided_before_the_mail_goes_is_told_to_nobody(tmp_path):
    async with town(tmp_path) as (house, bag):
        card = await held(house)
        await house.service.approvals.refuse(card, house.signed("approver"), "no")
        assert await told(house, bag) == {}


@story
async def test_an_approval_that_ends_soon_is_said_once(tmp_path):
    async with town(tmp_path) as (house, bag):
        card = await held(house)
        await told(house, bag)
        approval = house.service.running.store.approval(card)
        soon = approval.expires - announce.SOON - timedelta(minutes=3)
        house.clock.forward(seconds=(soon - house.clock.now()).total_seconds())
        await house.service.notices.warn()
        assert await told(house, bag) == {}
        house.clock.forward(minutes=2)
        for _ in range(2):
            await house.service.notices.warn()
        said = await told(house, bag)
        assert set(said) == {"approver"}
        assert [each.partition(" UTC")[0] for each in said["approver"]] == [
            f"Ends at {approval.expires:%H:%M}"
        ]
        await house.service.approvals.refuse(card, house.signed("approver"), "no")
        await house.service.notices.warn()
        assert announce.WARNED.all(house.service.running.store) == []


@story
async def test_a_role_that_is_asked_for_is_told_to_who_can_grant_it_and_its_end_to_who_asked(
    tmp_path,
):
    async with town(tmp_path) as (house, bag):
        asked = await house.service.elevations.ask("operator", "secret", 60, house.signed("viewer"))
        said = await told(house, bag)
        assert set(said) == {"admin", "approver"}
        assert said["admin"] == ["viewer asks for the role operator for 60 minutes"]
        await house.service.elevations.grant(asked.id, house.signed("admin"))
        assert await told(house, bag) == {"viewer": ["admin granted you the role operator"]}
        await house.service.elevations.end(asked.id, house.signed("viewer"))
        again = await house.service.elevations.ask("admin@dev", "why", 60, house.signed("viewer"))
        assert set(await told(house, bag)) == {"admin"}, "only an admin can grant that"
        await house.service.elevations.end(again.id, house.signed("viewer"))
        lent = await house.service.elevations.ask("approver", "why", 60, house.signed("viewer"))
        await house.service.elevations.grant(lent.id, house.signed("admin"))
        await told(house, bag)
        await house.service.elevations.ask("viewer", "why", 60, house.signed("builder"))
        assert set(await told(house, bag)) == {"admin", "approver"}, "what is lent grants nothing"


@story
async def test_a_refused_role_is_told_to_who_asked(tmp_path):
    async with town(tmp_path) as (house, bag):
        asked = await house.service.elevations.ask("operator", "why", 60, house.signed("viewer"))
        await house.service.elevations.refuse(asked.id, house.signed("approver"), "no")
        assert await told(house, bag) == {"viewer": ["approver refused you the role operator"]}


@story
async def test_a_change_that_takes_two_is_told_to_the_others(tmp_path):
    async with town(tmp_path, two=("administer",)) as (house, bag):
        await house.service.proposals.invite("zoe", ["viewer"], [], "n", house.signed("admin"))
        said = await told(house, bag)
        assert set(said) == {"approver"}
        assert said["approver"] == ["admin proposes a change that takes a second person: invite"]


@story
async def test_a_new_device_is_told_to_its_owner_alone(tmp_path):
    async with town(tmp_path) as (house, bag):
        for _ in range(2):
            await house.service.people.sign_in("viewer", PASSWORD, seen=BROWSER)
        await house.service.people.sign_in("viewer", PASSWORD)
        said = await told(house, bag)
        assert set(said) == {"viewer"}
        (subject,) = said["viewer"]
        assert subject == "Somebody signed in as you at a new device, with password. Was it you?"


@story
async def test_a_new_way_into_an_account_is_told_to_its_owner(tmp_path):
    async with town(tmp_path) as (house, bag):
        await house.service.people.recover_as("viewer", "admin")
        await house.service.people.invite_as("zoe", ["viewer"], [], "admin")
        assert await told(house, bag) == {
            "viewer": ["admin made a link that is a new way into your account. Did you ask for it?"]
        }


@story
async def test_broken_glass_is_told_to_every_administrator(tmp_path):
    async with town(tmp_path) as (house, bag):
        glass = house.service.glass
        one, two, *_ = await glass.seal(3, house.signed("admin"))
        begun = await glass.begin(one, "secret", house.signed("viewer"))
        assert await told(house, bag) == {
            "admin": ["viewer begins to break the glass; a second person is missing"]
        }
        await glass.second(begun.id, two, house.signed("operator"))
        said = await told(house, bag)
        assert said["admin"] == [
            "The glass is broken: viewer is administrator for an hour, with operator"
        ]
        assert set(said) == {"admin", "viewer"}, "who is one meanwhile is told, too"
        house.clock.forward(hours=2)
        await glass.expire()
        assert await told(house, bag) == {}
        house.clock.forward(hours=80)
        await glass.expire()
        assert set(await told(house, bag)) == {"admin", "auditor"}, "its review is overdue"


@story
async def test_reviews_are_told_to_who_decides_them(tmp_path):
    async with town(tmp_path) as (house, bag):
        await house.service.reviews.open(14, house.signed("auditor"))
        assert await told(house, bag) == {
            "admin": ["The access review is open"], "auditor": ["The access review is open"],
        }  # fmt: skip
        house.clock.forward(days=15)
        await house.service.reviews.tick()
        said = await told(house, bag)
        assert said["auditor"] == ["The access review is overdue"]


@story
async def test_lost_enforcement_is_told_to_who_can_stop_the_agent(tmp_path):
    async with town(tmp_path) as (house, bag):
        where = {"gateway": "sample", "agent": "sample/support"}
        await happened(house, Tag.ENFORCEMENT_LOST, **where, detail={"reason": "a secret"})
        line = ["sample/support is no longer governed"]
        assert await told(house, bag) == {"admin": line, "operator": line}


@story
async def test_nobody_gets_what_they_do_not_want(tmp_path):
    async with town(tmp_path) as (house, bag):
        others = [each for each in Topic if each is not Topic.REVIEWS]
        await house.service.mailboxes.choose(others, house.signed("admin"))
        assert await told(house, bag) == {"admin": ["Which notices you get was changed"]}
        await house.service.reviews.open(14, house.signed("auditor"))
        assert set(await told(house, bag)) == {"auditor"}


@story
async def test_whoever_has_no_mailbox_is_told_nothing(tmp_path):
    bag = Bag()
    async with small(tmp_path, courier=bag) as house:
        await house.service.mailboxes.ask("admin@example.com", house.signed("admin"))
        await told(house, bag)
        await held(house)
        assert await told(house, bag) == {}, "an address that was not confirmed is none"


def test_what_is_worth_a_look_is_little_of_what_happens():
    decisions = {each for each in Tag if each.startswith(("decision:", "call:", "message:"))}
    assert not announce.TAGS & decisions
    assert not {each for each in announce.TAGS if each.startswith("notice:")}, "or it never ends"


@story
async def test_a_honeytoken_is_told_to_who_can_carry_it_on_without_its_place(tmp_path):
    async with town(tmp_path) as (house, bag):
        detail = {"kind": "github", "where": "a secret place", "environment": "dev"}
        await happened(
            house, Tag.HONEYTOKEN_USE, gateway="sample", agent="sample/support",
            action="honeytoken:egress", outcome="used", detail=detail,
        )  # fmt: skip
        found = await told(house, bag)
        assert set(found) == {"admin", "builder", "operator"}
        assert "A honeytoken (github) was used by sample/support" in str(found["operator"])
        assert "a secret place" not in str(found)


@story
async def test_a_leak_is_told_to_its_owner_and_who_can_carry_it_on(tmp_path):
    async with town(tmp_path) as (house, bag):
        detail = {"leak": "lkg_1", "environment": "dev", "owner": "viewer"}
        await happened(house, Tag.LEAK_OPEN, resource="Secret::crm/key", detail=detail)
        found = await told(house, bag)
        assert set(found) == {"admin", "builder", "operator", "viewer"}
        assert "The secret crm/key has leaked" in str(found["viewer"])


@story
async def test_an_overdue_rotation_is_told_to_its_owner_and_who_can_rotate(tmp_path):
    async with town(tmp_path) as (house, bag):
        detail = {"environment": "dev", "owner": "viewer"}
        await happened(house, Tag.ROTATION_DUE, resource="Secret::crm/key", detail=detail)
        found = await told(house, bag)
        assert set(found) == {"admin", "builder", "operator", "viewer"}
        assert "The rotation of crm/key is overdue" in str(found["viewer"])


@story
async def test_a_certificate_that_ends_soon_is_told_to_who_can_renew_it(tmp_path):
    async with town(tmp_path) as (house, bag):
        resource = "Certificate::server/shop"
        await happened(house, Tag.CERTIFICATE_DUE, resource=resource, outcome="ends soon")
        found = await told(house, bag)
        assert set(found) == {"admin", "builder", "operator"}
        assert "The certificate of server/shop ends soon" in str(found["operator"])
