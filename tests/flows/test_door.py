"""Through a front door: whose role opens it, and which browser comes back."""

from datetime import UTC, datetime

import pytest

from clawband.flows import door as rules
from clawband.model.doors import DoorSettings
from clawband.model.errors import AuthenticationError
from clawband.model.event import Tag
from clawband.model.person import Operator, SignedIn

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DOOR = DoorSettings(
    name="shop", gateway="shop", listen="127.0.0.1:1", origin="http://shop.localhost:1",
    roles={"viewer": ("operator.read",), "operator": ("operator.write", "operator.read")},
)  # fmt: skip


def signed(*roles, service=False):
    operator = Operator(name="ada", roles=frozenset(roles), added=NOW)
    return SignedIn(operator=operator, assurance=2, session="s", service=service)


@pytest.mark.parametrize(
    ("roles", "where", "granted"),
    [
        (["viewer"], "dev", ("operator.read",)),
        (["viewer", "operator"], "dev", ("operator.read", "operator.write")),
        (["viewer@production", "auditor"], "production", ("operator.read",)),
    ],
)
def test_roles_become_scopes(roles, where, granted):
    assert rules.scopes(signed(*roles), DOOR, where) == granted


@pytest.mark.parametrize(
    ("roles", "where", "service"),
    [
        ([], "dev", False),
        (["admin", "auditor"], "dev", False),
        (["operator@dev"], "production", False),
        (["operator@dev"], "", False),
        (["operator"], "dev", True),
    ],
)
def test_who_has_none_stays_out(roles, where, service):
    with pytest.raises(AuthenticationError, match="may not go through the door `shop`"):
        rules.scopes(signed(*roles, service=service), DOOR, where)


def test_only_the_browser_that_began_comes_back():
    """The example of RFC 7636, appendix B."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert rules.answers(verifier, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    assert not rules.answers(verifier, verifier)
    assert not rules.answers("", "")


def test_what_is_told_of_it_is_short():
    event = rules.happened(
        Tag.DOOR_OPEN, DOOR, "ada", "opened", {"browser": "b" * 999, "seconds": 3},
        now=NOW, entropy=bytes(16),
    )  # fmt: skip
    assert (event.resource, event.gateway, event.who) == ("Door::shop", "shop", "ada")
    assert len(event.detail["browser"]) == 300 and event.detail["seconds"] == 3
