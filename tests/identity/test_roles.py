"""Every act has somebody who may do it: policy knows them all."""

import pytest

from clawband.identity.roles import Act
from clawband.policy.console import roles_for


@pytest.mark.parametrize("act", Act)
def test_admins_may_do_every_act(act):
    assert "admin" in roles_for(act)
