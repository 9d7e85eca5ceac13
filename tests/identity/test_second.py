"""A second person is somebody else, and a person."""

import pytest

from clawband.identity.second import names, refuse_program, refuse_same
from clawband.model.errors import AuthenticationError
from clawband.model.person import Operator, Role, SignedIn
from tests.simulators.clocks import START


def person(name, *aliases, service=False):
    operator = Operator(
        name=name, roles=frozenset({Role.ADMIN}), aliases=frozenset(aliases), added=START
    )
    return SignedIn(operator=operator, assurance=1, session=f"s-{name}", service=service)


@pytest.mark.parametrize(
    ("asker", "by"),
    [
        (person("ana"), person("ana")),
        (person("ana", "telegram:1"), person("ana2", "telegram:1")),
        (person("ana"), person("bo", "ana")),
        (person("bo", "ana"), person("ana")),
        (person("ana"), person("bo", service=True)),
    ],
)
def test_neither_the_asker_under_any_name_nor_a_program(asker, by):
    with pytest.raises(AuthenticationError, match="can never agree") as refused:
        refuse_same(names(asker.operator), by, "agree")
    assert refused.value.remedy


def test_somebody_else_may():
    refuse_same(names(person("ana", "telegram:1").operator), person("bo", "telegram:2"), "agree")
    refuse_program(person("bo"), "agree")
