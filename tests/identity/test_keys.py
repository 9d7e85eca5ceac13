"""What a key looks like, what opens it, and what is said about one that is too broad."""

from datetime import timedelta

import pytest

from clawband.identity import keys
from clawband.identity.keys import Key
from clawband.identity.roles import Act
from tests.simulators.clocks import START

SECRET = keys.written("01J", bytes(range(32)))


def key(*acts, days=90):
    return Key(
        account="ci", acts=frozenset(acts), digest=keys.digest(SECRET), by="ana", made=START,
        expires=START + timedelta(days=days),
    )  # fmt: skip


def test_a_key_says_its_id_and_256_bits():
    assert "cbk_01J_" + bytes(range(32)).hex() == SECRET
    assert keys.is_key(SECRET) and keys.id_of(SECRET) == "01J"
    assert not keys.is_key("a" * 64)


@pytest.mark.parametrize("secret", ["", "cbk", "cbk_", "cbk_01J", "cbk_01J_a_b", "xyz_01J_a"])
def test_what_is_no_key_has_no_id(secret):
    assert keys.id_of(secret) == "" and not keys.opens(key(Act.LOOK), secret)


def test_only_the_whole_secret_opens_and_only_its_digest_is_kept():
    held = key(Act.LOOK)
    assert keys.opens(held, SECRET)
    for other in (SECRET[:-1], SECRET + "0", SECRET.upper(), SECRET.replace("01J", "01K")):
        assert not keys.opens(held, other)
    assert bytes(range(32)).hex() not in repr(held)


def test_it_is_alive_until_the_instant_it_expires():
    held = key(Act.LOOK, days=1)
    assert held.alive(held.expires - timedelta(microseconds=1)) and not held.alive(held.expires)


def test_a_key_for_one_job_is_not_broad():
    assert keys.broad(key(Act.PUBLISH)) == ()
    assert keys.broad(key(Act.LOOK, Act.STOP, Act.REVOKE)) == ()
    assert keys.broad(key(Act.LOOK, Act.EXPORT, Act.READ_PAYLOAD)) == ()


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (key(Act.EXPORT, Act.STOP), "reads what is confidential and changes things"),
        (key(Act.LOOK, Act.PUBLISH, Act.STOP, Act.REVOKE), "4 different things"),
        (key(Act.LOOK, days=181), "longer than 180 days"),
    ],
)
def test_a_broad_key_is_said_to_be(held, said):
    (reason,) = keys.broad(held)
    assert said in reason


def test_idle_counts_from_the_last_use_or_from_the_beginning():
    held, month = key(Act.LOOK), START + timedelta(days=30)
    assert keys.idle(held, None, month)
    assert not keys.idle(held, START + timedelta(minutes=1), month)
