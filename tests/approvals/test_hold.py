"""A hold is a denial that an admissible approval lifts; the weakest that do are named."""

from hypothesis import given
from hypothesis import strategies as st

from clawband.approvals.hold import as_fact, hypotheses, requirements
from clawband.model.access import Deny, Permit, Reason, Requirement

DENY, PERMIT = Deny((Reason("p", "b"),)), Permit((Reason("p", "b"),))
ROLES = st.sets(st.sampled_from(["admin", "approver", "operator"]))


def policy(*accepted):
    """Permits an approval that meets one of the requirements."""

    def evaluate(fact):
        for wanted in accepted:
            if (
                fact
                and wanted.role in fact.roles
                and fact.people >= wanted.people
                and fact.assurance >= wanted.assurance
            ):
                return PERMIT
        return DENY

    return evaluate


REQUIREMENTS = st.builds(
    Requirement, st.sampled_from(["admin", "approver", "operator"]), st.integers(1, 2),
    st.integers(1, 3),
)  # fmt: skip


@given(ROLES)
def test_a_forbid_that_no_approval_lifts_stays_a_denial(roles):
    assert requirements(lambda _: DENY, roles) == ()


@given(st.lists(REQUIREMENTS, max_size=3), ROLES)
def test_each_named_requirement_lifts_it_and_only_asked_roles_are_named(accepted, roles):
    found = requirements(policy(*accepted), roles)
    assert {each.role for each in found} == {each.role for each in accepted} & roles
    for each in found:
        assert policy(*accepted)(as_fact(each)) is PERMIT


@given(REQUIREMENTS)
def test_the_weakest_is_found(wanted):
    assert requirements(policy(wanted), {wanted.role}) == (wanted,)


def test_weaker_hypotheses_come_first():
    tried = hypotheses(["b", "a"])
    assert tried[:2] == (Requirement("a"), Requirement("b"))
    assert [(each.people, each.assurance) for each in tried] == sorted(
        (each.people, each.assurance) for each in tried
    )
