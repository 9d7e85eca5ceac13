"""Which roles would have been enough."""

import pytest

from clawband.identity.findings import enough
from clawband.identity.roles import Act
from clawband.model.person import Role
from clawband.policy.console import roles_for

MAY = {role: frozenset(act for act in Act if role in roles_for(act)) for role in Role}


@pytest.mark.parametrize(("used", "roles"), [
    ((), {"viewer"}),
    ((Act.LOOK,), {"viewer"}),
    ((Act.STOP,), {"operator"}),
    ((Act.REVOKE,), {"operator"}),
    ((Act.DECIDE_APPROVAL, Act.ENDORSE), {"approver"}),
    ((Act.PUBLISH, Act.EXPORT), {"builder", "auditor"}),
    ((Act.PUBLISH, Act.EXPORT, Act.STOP), {"builder", "auditor", "operator"}),
])  # fmt: skip
def test_the_fewest_roles_with_the_fewest_acts(used, roles):
    assert enough(frozenset(used), MAY) == roles


def test_what_only_an_admin_may_needs_an_admin():
    assert enough(frozenset({Act.ADMINISTER}), MAY) is None
    assert enough(frozenset({Act.LOOK, Act.ENDORSE_SOURCE}), MAY) is None
