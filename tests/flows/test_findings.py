"""Over-permission: only what the record is long enough to say, and what would be enough."""

from datetime import timedelta

from clawband.flows.accounts import Held, Listed
from clawband.flows.findings import Looked, findings, since
from clawband.flows.use import Uses
from clawband.identity.findings import Kind
from clawband.identity.keys import Account, Key
from clawband.identity.roles import Act
from clawband.model.person import Role
from clawband.openclaw import tools
from clawband.policy.sets import build
from tests.flows.scenes import SAMPLE, person, scene
from tests.policy.asking import MANIFEST, replaced
from tests.simulators.clocks import START
from tests.simulators.small import small, story

NOW = START + timedelta(days=100)
LONG_AGO, LATELY = NOW - timedelta(days=60), NOW - timedelta(days=3)


def looked(*people, last=None, uses=None, accounts=(), **more):
    uses = uses or Uses(complete=True, since=START, last=last or {})
    around = scene(*people, uses=uses, **more)
    granted = {
        (name, tool): START
        for name, each in around.active.manifests.items()
        for tool in each.granted
    }
    return Looked(
        scene=around, accounts=accounts, since=granted, catalogue=tools.catalogue(), now=NOW
    )


def found(kind, *people, **more):
    return [each for each in findings(looked(*people, **more)) if each.kind is kind]


USED = {"sample/desk": {"tool:read look": LATELY, "tool:pay pay": LONG_AGO}}


def test_what_was_not_used_for_long_with_the_manifest_that_would_be_enough():
    (own,) = found(Kind.UNUSED, last=USED)
    assert own.who == "sample/desk" and own.file == "desk.toml"
    assert own.says == "`sample/desk` did not use `note`, `pay` for 30 days"
    active = build({"desk.toml": own.proposal}, tools.catalogue())
    assert set(active.manifests["desk"].granted) == {"look"}


def test_a_proposal_keeps_what_one_agent_of_the_workflow_uses():
    two = {"desk.toml": replaced(('["sample/desk"]', '["sample/desk", "sample/two"]'))}
    last = {**USED, "sample/two": {"tool:write note": LATELY}}
    first, second = found(Kind.UNUSED, last=last, files=two)
    active = build({"desk.toml": first.proposal}, tools.catalogue())
    assert set(active.manifests["desk"].granted) == {"look", "note"}
    assert first.proposal == second.proposal


def test_an_agent_that_does_nothing():
    (own,) = found(Kind.IDLE)
    assert own.says == "`sample/desk` used nothing for 30 days" and not own.proposal
    assert not found(Kind.UNUSED)


def test_nothing_is_called_unused_before_the_record_is_long_enough():
    short = Uses(complete=True, since=NOW - timedelta(days=29))
    unread = Uses(complete=False, since=START)
    for uses in (short, unread, Uses(complete=True)):
        assert not [*found(Kind.IDLE, uses=uses), *found(Kind.UNUSED, uses=uses)]


def test_a_tool_that_was_granted_lately_is_not_unused():
    around = looked(last=USED)
    lately = {**around.since, ("desk", "note"): LATELY, ("desk", "pay"): LATELY}
    told = findings(Looked(scene=around.scene, accounts=(), since=lately,
                           catalogue=around.catalogue, now=NOW))  # fmt: skip
    assert not [each for each in told if each.kind in (Kind.UNUSED, Kind.IDLE)]


@story
async def test_from_when_on_a_tool_is_granted_without_a_break(tmp_path):
    without = {"desk.toml": replaced(('["note", "pay"]', '["note"]'), (
        '[[approvals]]\ntool = "pay"\nrole = "approver"\n', ""))}  # fmt: skip
    async with small(tmp_path, policies={"desk.toml": MANIFEST}) as house:
        at = []
        for files in ({"desk.toml": MANIFEST}, without, {"desk.toml": MANIFEST}):
            house.clock.forward(days=10)
            at.append(house.clock.now())
            await house.service.policies.publish_as(files, "setup", "again")
        running = house.service.running
        told = since(running.store, running.shelf, START - timedelta(days=1))
        assert told["desk", "pay"] == at[2] and told["desk", "look"] < at[0]
        short = since(running.store, running.shelf, at[1])
        assert short["desk", "look"] == at[1], "no further back than asked"


def test_an_admin_who_needs_less():
    people = (person("ana", Role.ADMIN), person("bo", Role.ADMIN))
    last = {"ana": {"administer": LATELY}, "bo": {"publish": LATELY, "administer": LONG_AGO}}
    (own,) = found(Kind.ADMIN, *people, last=last)
    assert own.who == "bo" and own.remedy == "give `bo` the role builder instead of admin"
    assert not found(Kind.ADMIN, person("ana", Role.ADMIN)), "the last administrator stays"


def test_many_admins_and_one_person_in_two_duties():
    admins = [person(f"a{number}", Role.ADMIN) for number in range(4)]
    assert found(Kind.ADMINS, *admins) and not found(Kind.ADMINS, *admins[:3])
    crowd = [person(f"v{number}", Role.VIEWER) for number in range(40)]
    assert not found(Kind.ADMINS, *admins, *crowd)
    (own,) = found(Kind.DUTIES, person("eve", Role.BUILDER, Role.APPROVER), *admins)
    assert own.who == "eve"


def test_keys_that_are_broad_or_idle():
    account = Account(name="ci", owner="ana", purpose="p", by="ana", added=START)

    def held(made, **more):
        acts = more.get("acts", frozenset({Act.PUBLISH}))
        key = Key(account="ci", acts=acts, digest="", by="ana", made=made,
                  expires=more.get("expires", NOW + timedelta(days=1)))  # fmt: skip
        return Held("k1", key, more.get("used"))

    def told(*keys):
        listed = Listed(account, keys, owned=True)
        return [each.says for each in found(Kind.KEY, accounts=[listed])]

    assert told(held(LATELY)) == []
    assert told(held(LONG_AGO)) == ["key `k1` of `ci`: not used for 30 days"]
    assert told(held(LONG_AGO, used=LATELY)) == []
    assert told(held(START, expires=LATELY)) == [], "over already"
    both = frozenset({Act.PUBLISH, Act.EXPORT})
    assert told(held(LATELY, acts=both)) == [
        "key `k1` of `ci`: it reads what is confidential and changes things"
    ]


def test_one_agent_for_too_many_things():
    wide = replaced(('systems = ["crm"]', 'systems = ["crm", "a", "b", "c"]'))
    assert found(Kind.WIDE, files={"desk.toml": wide}) and not found(Kind.WIDE)


def test_strangers_secrets_and_a_way_out():
    changes = (
        (
            '[tools.look]\neffect = "read"',
            '[tools.look]\neffect = "read"\nconfidentiality = "confidential"',
        ),
        ('[tools.note]\neffect = "write"', '[tools.note]\neffect = "send"'),
    )
    (own,) = found(Kind.TRIFECTA, files={"desk.toml": replaced(*changes)})
    assert "sends with `note` without an approval" in own.says
    for number in range(2):
        assert not found(Kind.TRIFECTA, files={"desk.toml": replaced(changes[number])})


def test_one_name_in_several_workflows():
    prod = replaced(('name = "desk"', 'name = "prod-desk"'), ('"dev"', '"prod"'),
                    ("sample/desk", "prod/desk"))  # fmt: skip
    (own,) = found(Kind.MANY, files={"desk.toml": MANIFEST, "prod.toml": prod}, gateways=[SAMPLE])
    assert own.says == "`desk` is an agent of `desk`, `prod-desk` in dev and prod"
