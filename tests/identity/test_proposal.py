"""A proposal is bound to exactly what it says, and moves once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from clawband.identity import proposal
from clawband.identity.proposal import LIFE, NEEDS, Stage, What
from clawband.model.errors import AuthenticationError, ConflictError, InputError, InvariantError
from clawband.model.person import Operator, Role, SignedIn
from tests.simulators.clocks import START

LATER = START + timedelta(minutes=1)


def person(name, *aliases, service=False):
    operator = Operator(
        name=name, roles=frozenset({Role.ADMIN}), aliases=frozenset(aliases), added=START
    )
    return SignedIn(operator=operator, assurance=1, session=f"s-{name}", service=service)


ANA, BO = person("ana", "telegram:1"), person("bo")


def made(name="vi", note="she left"):
    return proposal.propose("chg_1", What.REMOVE, {"name": name}, note, ANA, now=START)


def agree(one, by=BO, digest="", now=LATER):
    return proposal.agree(one, digest or one.digest, by, ANA.operator, now=now)


def test_every_kind_needs_a_right():
    assert set(NEEDS) == set(What)


def test_who_agrees_agrees_to_exactly_this():
    one, other = made(), made("tess")
    assert one.says == {"name": "vi"} and one.digest != other.digest
    with pytest.raises(ConflictError, match="not what you were shown"):
        agree(one, digest=other.digest)
    invite = proposal.propose("chg_1", What.INVITE, {"name": "vi"}, "x", ANA, now=START)
    assert invite.digest != one.digest, "the same words for another act"
    with pytest.raises(InvariantError):
        _ = replace(one, content=other.content).says
    done = agree(one)
    assert (done.stage, done.closed_by, done.closed) == (Stage.DONE, "bo", LATER)


@pytest.mark.parametrize(
    "by", [ANA, person("ana2", "telegram:1"), person("x", "ana"), person("bot", service=True)]
)
def test_neither_who_proposed_it_nor_a_program_agrees(by):
    with pytest.raises(AuthenticationError, match="can never agree"):
        agree(made(), by)


def test_it_is_closed_once_and_lapses():
    closed = [
        agree(made()),
        proposal.close(made(), Stage.REFUSED, "bo", "no", now=LATER),
        proposal.lapse(made(), now=START + LIFE),
    ]
    for one in closed:
        with pytest.raises(ConflictError, match=one.stage):
            agree(one)
        with pytest.raises(ConflictError):
            proposal.close(one, Stage.REFUSED, "bo", "", now=LATER)
    for now in (START + LIFE, START - timedelta(seconds=1)):
        with pytest.raises(ConflictError, match="lapsed"):
            agree(made(), now=now)


@pytest.mark.parametrize("note", ["", "x" * 501])
def test_a_reason_is_given(note):
    with pytest.raises(InputError):
        made(note=note)
