"""Roles as they are held: what counts where, and what is no role at all."""

from itertools import product

import pytest

from clawband.model.environments import ENVIRONMENTS
from clawband.model.errors import InputError
from clawband.model.person import Role, anywhere, held, there


@pytest.mark.parametrize(("role", "where"), list(product(Role, ENVIRONMENTS)))
def test_a_role_of_an_environment_counts_there_only(role, where):
    limited = held(f"{role}@{where}")
    assert there({limited}, where) == {role} == anywhere({limited})
    for other in {"", "mars", *ENVIRONMENTS} - {where}:
        assert not there({limited}, other)
        assert there({held(role), limited}, other) == {role}


@pytest.mark.parametrize("text", [
    "", "emperor", "@", "@production", "approver@", "approver@mars", "approver@*", "Approver",
    "approver@production@dev", "approver @production", "approver@production\n", "approver,admin",
])  # fmt: skip
def test_what_is_no_role_is_refused(text):
    with pytest.raises(InputError, match="expected a role") as refused:
        held(text)
    assert "production" in refused.value.remedy
