"""What secrets can be, which version is current, and what a print tells."""

from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.flows import secrets
from clawband.flows.accounts import Doing
from clawband.flows.kept import Kept
from clawband.model.errors import InputError
from clawband.model.secret import Plan, Secret, State, Target

AT = datetime(2026, 11, 22, tzinfo=UTC)
DOING = Doing(by="ana", now=AT, entropy=b"e" * 96)
CRM = Secret(
    name="crm/key", environment="dev", kind="api key", owner="ana", purpose="orders", added=AT
)


@given(st.lists(st.sampled_from([b"one", b"two", b"three"]), min_size=1, max_size=6))
def test_one_version_is_current_and_none_is_lost(values):
    secret = CRM
    for number, value in enumerate(values, 1):
        kept = Kept("crm/key", number, secret)
        secret, _ = secrets.take(kept, number, secrets.printed(value, b"k" * 32), DOING)
    assert [each.state for each in secret.versions].count(State.CURRENT) == 1
    assert secret.current == secret.versions[-1]
    assert len(secret.alive) == len(values)


def test_a_print_tells_the_same_value_and_needs_the_key():
    assert secrets.printed(b"a", b"k" * 32) == secrets.printed(b"a", b"k" * 32)
    assert secrets.printed(b"a", b"k" * 32) != secrets.printed(b"b", b"k" * 32)
    assert secrets.printed(b"a", b"k" * 32) != secrets.printed(b"a", b"j" * 32)


@pytest.mark.parametrize(("changes", "says"), [
    ({"name": "Crm"}, "lower-case"),
    ({"name": "../etc"}, "lower-case"),
    ({"environment": "prod"}, "expected one of"),
    ({"owner": "  "}, "an owner"),
    ({"name": "a/../b"}, "lower-case"),
    ({"name": "a//b"}, "lower-case"),
    ({"targets": (Target(hosts=()),)}, "cannot be a target's host"),
    ({"gateways": ("a\nb",)}, "control character"),
    ({"plan": Plan(driver="http", every_days=10**12)}, "expected 0 to 3650 days"),
    ({"plan": Plan(driver="http", every_days=-1)}, "expected 0 to 3650 days"),
    ({"plan": Plan(driver="http", overlap_minutes=-5)}, "expected 0 to 525600 minutes"),
    ({"plan": Plan(driver="")}, "a driver"),
])  # fmt: skip
def test_what_no_secret_can_be(changes, says):
    with pytest.raises(InputError, match=says):
        secrets.add(replace(CRM, **changes), DOING)


def test_in_the_own_vault_a_secret_has_its_own_place():
    secret, _ = secrets.add(replace(CRM, place="somebody/elses"), DOING)
    assert secret.place == "crm/key"


def test_in_another_vault_it_says_where():
    with pytest.raises(InputError, match="no place in the vault `bao`"):
        secrets.add(replace(CRM, vault="bao"), DOING)


def test_what_a_vault_has_by_now_is_current_once():
    first, _ = secrets.take(Kept("crm/key", 1, CRM), 1, "p1", DOING)
    assert secrets.follow(Kept("crm/key", 2, first), 1, "p1", DOING) is None
    unit = secrets.follow(Kept("crm/key", 2, first), 2, "p2", DOING)
    assert [(each.resource, each.detail["version"]) for each in unit.events] == [
        ("Secret::crm/key", 2)
    ]


def test_in_a_vault_with_one_version_the_value_changes_under_its_number():
    first, _ = secrets.take(Kept("crm/key", 1, CRM), 1, "p1", DOING)
    unit = secrets.follow(Kept("crm/key", 2, first), 1, "p2", DOING)
    (put,) = unit.changes
    kept = msgspec.json.decode(put.document.body, type=Secret)
    assert [(each.number, each.print, each.state) for each in kept.versions] == [
        (1, "p2", State.CURRENT)
    ]


def test_what_a_rotation_has_not_proved_is_not_followed():
    first, _ = secrets.take(Kept("crm/key", 1, CRM), 1, "p1", DOING)
    pending = replace(first.versions[0], number=2, state=State.PENDING, print="p2")
    both = replace(first, versions=(*first.versions, pending))
    for told in ("p2", "p3"):
        assert secrets.follow(Kept("crm/key", 2, both), 2, told, DOING) is None
