"""Two people, two codes, an hour."""

from datetime import timedelta

import pytest

from clawband.identity import glass
from clawband.identity.glass import LASTS, WAITS, Seal, Stage
from clawband.model.errors import AuthenticationError, ConflictError, InputError
from clawband.model.person import Operator, Role, SignedIn
from tests.simulators.clocks import START, CountedEntropy

ENTROPY = CountedEntropy()
ONE, TWO, OLD = (glass.code(ENTROPY.bytes(15)) for _ in range(3))
SEAL = Seal(codes=(glass.digest(ONE), glass.digest(TWO)), by="ana", at=START)
LATER = START + timedelta(minutes=1)


def person(name, *aliases, service=False):
    operator = Operator(
        name=name, roles=frozenset({Role.VIEWER}), aliases=frozenset(aliases), added=START
    )
    return SignedIn(operator=operator, assurance=1, session=f"s-{name}", service=service)


VI, BO, TESS = person("vi", "telegram:7"), person("bo"), person("tess")


def begun(code=ONE, by=VI, purpose="the agent mails customers", seal=SEAL):
    return glass.begin("gls_1", code, purpose, by, seal, now=START)


def broken(code=TWO, by=BO, now=LATER, seal=SEAL):
    return glass.second(begun(), code, by, seal, now=now)


def test_a_code_is_long_and_forgives_how_it_is_typed():
    assert len(ONE.replace("-", "")) == 24 and ONE != TWO
    assert glass.digest(ONE) == glass.digest(f" {ONE.upper().replace('-', ' ')} ")
    assert ONE not in str(SEAL) and glass.digest(ONE) != glass.digest(TWO)


def test_it_lends_the_role_for_an_hour_after_the_second_person():
    assert not begun().holds(LATER)
    held = broken()
    assert held.until == LATER + LASTS and (held.name, held.second) == ("vi", "bo")
    moment = timedelta(microseconds=1)
    times = [LATER - moment, LATER, held.until - moment, held.until]
    assert [held.holds(now) for now in times] == [False, True, True, False]
    assert not glass.end(held, now=LATER).holds(LATER)
    with pytest.raises(ConflictError):
        glass.end(begun(), now=LATER)


@pytest.mark.parametrize("by", [VI, person("vi2", "telegram:7"), person("bot", service=True)])
def test_the_second_person_is_another_person(by):
    with pytest.raises(AuthenticationError, match="second person"):
        broken(by=by)


@pytest.mark.parametrize(("code", "seal"), [(OLD, SEAL), ("", SEAL), (ONE, None)])
def test_only_a_sealed_code_opens(code, seal):
    with pytest.raises(AuthenticationError, match="sealed"):
        begun(code, seal=seal)
    with pytest.raises(AuthenticationError):
        broken(code, seal=seal)


def test_one_envelope_is_not_two():
    with pytest.raises(AuthenticationError, match="first person used"):
        broken(ONE)


def test_the_second_comes_in_time_and_once():
    for now in (START + WAITS, START - timedelta(seconds=1)):
        with pytest.raises(ConflictError, match="waits for nobody"):
            broken(now=now)
    with pytest.raises(ConflictError):
        glass.second(broken(), TWO, TESS, SEAL, now=LATER)


def test_a_program_and_no_purpose_begin_nothing():
    with pytest.raises(AuthenticationError, match="service account"):
        begun(by=person("bot", service=True))
    for purpose in ("", "x" * 501):
        with pytest.raises(InputError):
            begun(purpose=purpose)


def test_a_third_person_reviews_what_is_over():
    over = glass.end(broken(), now=LATER)
    glass.refuse_reviewer(over, TESS)
    for by in (VI, BO, person("bo2", "bo")):
        with pytest.raises(AuthenticationError, match="review"):
            glass.refuse_reviewer(over, by)
    with pytest.raises(ConflictError, match="not over"):
        glass.refuse_reviewer(broken(), TESS)
    assert over.stage is Stage.OVER and glass.alerted(over).overdue and not over.overdue
