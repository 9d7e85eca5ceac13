"""May X do Y, for people and keys: the answer of policy, with its reason and what is missing."""

import pytest

from clawband.flows.may import may
from clawband.flows.may_call import Asked
from clawband.identity.roles import Act
from clawband.model.errors import InputError, NotFoundError
from clawband.model.person import Role
from tests.flows.scenes import person, scene
from tests.simulators.clocks import START
from tests.simulators.small import small, story

PEOPLE = (person("ana", Role.ADMIN), person("cleo", Role.BUILDER), person("vi", Role.VIEWER))


def asked(who, action, resource="", **how):
    return may(Asked(who=who, action=action, resource=resource), scene(*PEOPLE, **how), None, START)


def test_yes_with_the_policy_that_says_so():
    told = asked("vi", "look")
    assert (told.verdict, told.reasons[0].policy) == ("yes", "console/look")


def test_what_wants_the_second_factor_again_is_an_if():
    told = asked("cleo", "publish")
    assert (told.verdict, told.terms) == ("if", ("the second factor",))
    assert told.reasons[0].policy == "console/builder"


def test_no_names_the_roles_that_may():
    told = asked("vi", "publish")
    assert told.verdict == "no" and "admin, builder" in told.remedy


def test_a_key_may_what_it_names():
    keys = {"service:ci": frozenset({"publish"})}
    assert asked("service:ci", "publish", keys=keys).verdict == "if"
    told = asked("service:ci", "export", keys=keys)
    assert (told.verdict, told.reasons[0].policy) == ("no", "console/key-scope")
    told = asked("service:ci", "agree", keys={"service:ci": frozenset(map(str, Act))})
    assert (told.verdict, told.reasons[0].policy) == ("no", "console/people-only")


def test_a_role_for_a_time_counts():
    assert asked("vi", "stop", lent={"vi": frozenset({"operator"})}).verdict == "yes"


def test_who_stands_in_may_decide():
    away = {"vi": [person("bo", Role.APPROVER)]}
    assert asked("vi", "decide-approval", away=away).verdict == "yes"
    assert asked("vi", "endorse", away=away).verdict == "no"


def test_unknown_people_and_acts_are_errors_with_a_remedy():
    with pytest.raises(NotFoundError, match="nobody here is called `eve`") as missing:
        asked("eve", "look")
    assert missing.value.remedy
    with pytest.raises(InputError, match="got `fly`"):
        asked("ana", "fly")


@story
async def test_an_approval_is_asked_about_as_it_would_be_given(tmp_path):
    async with small(tmp_path) as house:
        await house.ask("run", {"prompt": "my money back"})
        held = await house.call("refund", "c1", {"order": "A", "amount": 900_000, "reason": "x"})
        approval = held.decision.approval
        access = house.service.access

        async def answer(who):
            return await access.may(
                Asked(who=who, action="decide-approval", resource=approval), house.signed("viewer")
            )

        assert (await answer("approver")).verdict == "yes"
        assert (await answer("viewer")).verdict == "no"
        await house.service.operators.add_as(
            "twin", ["approver"], ["telegram:4242"], "correct horse battery", "setup"
        )
        own = await answer("twin")
        assert own.verdict == "no" and "can never approve it" in own.reasons[0].because
        with pytest.raises(NotFoundError):
            await access.may(
                Asked(who="approver", action="decide-approval", resource="apr_none"),
                house.signed("viewer"),
            )


@story
async def test_of_one_environment_it_says_where(tmp_path):
    async with small(tmp_path) as house:
        access, asks = house.service.access, house.signed("viewer")
        await house.service.operators.add_as(
            "olga", ["approver@dev", "operator@staging"], [], "correct horse battery", "setup"
        )

        async def answer(action, resource=""):
            return await access.may(Asked(who="olga", action=action, resource=resource), asks)

        stop = await answer("stop")
        assert (stop.verdict, stop.terms) == ("if", ("only in staging",))
        assert (await answer("look")).terms == ("only in dev and staging",)
        assert (await answer("publish")).verdict == "no"
        for resource, verdict in (
            ("staging", "yes"), ("dev", "no"), ("sample", "no"), ("sample/support", "no"),
            ("unknown", "no"),
        ):  # fmt: skip
            assert (await answer("stop", resource)).verdict == verdict
        assert (await answer("decide-approval", "dev")).verdict == "yes"
        assert (await answer("decide-approval", "production")).verdict == "no"
