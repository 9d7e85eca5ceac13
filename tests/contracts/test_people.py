"""What `ports.clock` and `ports.passwords` promise, for every adapter."""

from datetime import timedelta

import pytest

from tests.contracts.enrolled import CLOCKS, ENTROPIES, PASSWORDS


@pytest.fixture(params=sorted(CLOCKS))
def clock(request):
    return CLOCKS[request.param]()


@pytest.fixture(params=sorted(ENTROPIES))
def entropy(request):
    return ENTROPIES[request.param]()


@pytest.fixture(params=sorted(PASSWORDS))
def passwords(request):
    return PASSWORDS[request.param]()


def test_time_is_aware_utc_and_never_steps_back(clock):
    times = [clock.now() for _ in range(1000)]
    assert times == sorted(times)
    assert all(time.utcoffset() == timedelta() for time in times)


def test_entropy_has_the_asked_length_and_never_repeats(entropy):
    drawn = [entropy.bytes(32) for _ in range(1000)]
    assert {len(each) for each in drawn} == {32} and len(set(drawn)) == 1000
    assert len(entropy.bytes(10_000)) == 10_000


def test_a_password_is_known_by_its_own_hash_only(passwords):
    hashed = passwords.hash("correct horse battery")
    assert "horse" not in hashed
    assert passwords.verify("correct horse battery", hashed)
    assert not passwords.verify("correct horse batterx", hashed)
    assert not passwords.verify("correct horse battery", "")
    assert not passwords.verify("", "")
    assert not passwords.verify("correct horse battery", "no hash at all")
