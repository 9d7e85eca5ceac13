"""Who can do what: everybody and everything that policy lets, with last use, the gravest first."""

from clawband.flows.use import Uses
from clawband.flows.who_can import agents, dated, powers, principals
from clawband.identity.reach import Kind
from clawband.model.deployment import Gateway
from clawband.model.person import Role
from tests.flows.scenes import SAMPLE, noticed, person, scene
from tests.policy.asking import replaced
from tests.simulators.clocks import START
from tests.simulators.small import WORKFLOWS, small, story

GATEWAY = """\
gateway = "sample"
owner = "ops"
purpose = "reach its model"
environment = "dev"
ungoverned = "alert"
[[standing]]
name = "chat"
purpose = "its channel"
hosts = ["*.chat.example"]
"""


def told(scene, **filters):
    critical = filters.pop("critical", True)
    return [
        dated(each, scene.uses) for each in powers(scene)
        if (each.critical or not critical)
        and all(getattr(each, name) == value for name, value in filters.items())
    ]  # fmt: skip


def test_people_by_the_policy_that_lets_them():
    people = scene(person("ana", Role.ADMIN), person("cleo", Role.BUILDER, Role.VIEWER))
    own, *more = told(people, who="cleo")
    assert (own.can, own.by, own.broad) == ("publish", "console/builder", "")
    assert [each.can for each in more] == ["keep-secrets", "rotate"]
    every = told(people, who="ana")
    assert every[0].can == "administer" and every[0].broad == "every act"
    assert "look" in {each.can for each in told(people, who="cleo", critical=False)}
    assert not told(scene(person("vi", Role.VIEWER)), kind=Kind.PERSON)


def test_a_role_for_a_time_is_told_as_one():
    lent = {"vi": frozenset({"builder"})}
    own, *_ = told(scene(person("vi", Role.VIEWER), lent=lent), who="vi")
    assert (own.can, own.terms) == ("publish", "for a time")
    own, *_ = told(scene(person("vi", Role.BUILDER), lent=lent), who="vi")
    assert own.terms == "the second factor"


def test_a_key_counts_only_for_what_policy_leaves_to_keys():
    keys = {"service:ci": frozenset({"publish", "administer"}), "service:old": frozenset()}
    (own,) = told(scene(keys=keys), kind=Kind.ACCOUNT)
    assert (own.who, own.can, own.terms) == ("service:ci", "publish", "its key")


def test_agents_with_the_approval_that_must_come_with_it_and_their_last_use():
    uses = Uses(last={"sample/desk": {"tool:pay pay": START}})
    (own,) = told(scene(uses=uses), kind=Kind.AGENT)
    assert (own.who, own.can, own.what, own.where) == ("sample/desk", "tool:pay", "pay", "dev")
    assert (own.terms, own.last) == ("an approval by approver", START)
    more = {each.what for each in told(scene(), kind=Kind.AGENT, critical=False)}
    assert {"look", "note", "pay"} <= more and "drop" not in more


def test_a_bare_name_is_the_agent_of_every_gateway():
    other = Gateway(name="other", environment="dev", credential="", enrolled=START)
    bare = {"desk.toml": replaced(('"sample/desk"', '"desk"'))}
    found = told(scene(files=bare, gateways=[SAMPLE, other]), can="tool:pay")
    assert {each.who for each in found} == {"sample/desk", "other/desk"}
    assert principals(["desk"], []) == ["*/desk"], "a power that waits for a gateway is one too"


def test_gateways_that_go_on_without_a_guard_and_what_they_install():
    found = told(scene(files={"gateway.toml": GATEWAY}), kind=Kind.GATEWAY)
    loose = {each.what for each in found if each.can == "gateway:loosen"}
    assert loose == {"a guard that is not asked only alerts", "always connects to *.chat.example"}
    (install,) = (each for each in found if each.can == "plugin:install")
    assert install.terms == "an approval by admin"


def test_who_may_use_a_credential():
    egress = (
        '[[egress]]\nhosts = ["api.example"]\ntools = ["note"]\ninspect = true\n'
        'credential = "crm-token"\n[[approvals]]'
    )
    (own,) = told(scene(files={"d.toml": replaced(("[[approvals]]", egress))}), can="secret:use")
    assert (own.who, own.what, own.terms) == ("sample/desk", "crm-token", "at api.example")


def test_without_a_policy_set_no_agent_can_do_anything():
    assert not told(scene(active=None), kind=Kind.AGENT, critical=False)


@story
async def test_the_last_use_comes_from_the_log(tmp_path):
    async with small(tmp_path, policies=WORKFLOWS) as house:
        house.clock.forward(minutes=20)
        await house.service.stops.pause("tool", "exec", house.signed("operator"), "odd")
        await noticed(house, "operator", "stop")
        seen = {
            (each.who, each.can): each.last
            for each in await house.service.access.who_can(house.signed("viewer"), critical=True)
        }
        assert seen["operator", "stop"] == house.clock.now()
        assert seen["admin", "stop"] is None


def test_who_stands_in_decides_approvals_and_nothing_else():
    away = {"vi": [person("bo", Role.APPROVER)], "cy": [person("al", Role.AUDITOR)]}
    people = (person("vi", Role.VIEWER), person("cy", Role.VIEWER))
    (own,) = told(scene(*people, away=away), kind=Kind.PERSON)
    assert (own.who, own.can) == ("vi", "decide-approval")
    assert own.terms == "the approvals of `bo`, who is away"


def test_who_may_write_what_later_sessions_obey():
    paths = '[paths]\nnote = ["notes/", "skills/"]\n[[approvals]]'
    files = {"desk.toml": replaced(
        ('effect = "write"', 'effect = "write"\npaths = ["path"]'), ("[[approvals]]", paths),
    )}  # fmt: skip
    (own,) = told(scene(files=files), can="skill:write")
    assert (own.who, own.what, own.terms) == ("sample/desk", "note", "in skills/")


def test_a_role_of_one_environment_is_told_with_it():
    (own,) = told(scene(person("olga", "approver@production")), can="decide-approval")
    assert (own.who, own.where) == ("olga", "production")
    every = told(scene(person("olga", "admin@production", "admin@dev")), who="olga")
    assert {each.where for each in every} == {"production", "dev"}
    assert not {"administer", "publish", "agree"} & {each.can for each in every}
    assert not any(each.broad for each in every)


def test_what_is_held_everywhere_is_told_once():
    both = person("olga", Role.APPROVER, "approver@production")
    assert [each.where for each in told(scene(both), can="decide-approval")] == [""]
    lent = {"vi": frozenset({"operator@staging"})}
    (own,) = told(scene(person("vi", Role.VIEWER), lent=lent), can="stop")
    assert (own.where, own.terms) == ("staging", "for a time")


def test_a_key_of_one_environment_is_told_with_it():
    keys = {"service:ci": frozenset({"stop@staging", "publish@staging"})}
    (own,) = told(scene(keys=keys), kind=Kind.ACCOUNT)
    assert (own.can, own.where) == ("stop", "staging")


def test_an_agent_is_told_with_who_answers_for_it():
    (own,) = agents(scene())
    assert (own.who, own.where, own.channels) == ("sample/desk", "dev", ("telegram",))
    assert own.owner and own.purpose and own.workflow
    assert {each.owner for each in told(scene(), kind=Kind.AGENT, critical=False)} == {own.owner}
    nobody = scene(files={})
    assert list(agents(nobody)) == []
