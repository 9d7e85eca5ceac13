"""What is offered in a chat, and to whom."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from clawband.flows import offer
from clawband.model.access import NOBODY
from clawband.model.deployment import Gateway
from clawband.model.errors import AuthenticationError, NotFoundError
from clawband.openclaw.commands import Command
from clawband.ports.unit import Unit
from tests.contracts.writing import approval
from tests.flows.test_delegate import Staff
from tests.policy.asking import MANIFEST, policy_set
from tests.simulators.clocks import START

ACTIVE = policy_set(f"{MANIFEST}\n[approval]\nchat = true\n")
SAID = Command(
    gateway=Gateway(name="sample", environment="dev", credential="x", enrolled=START),
    channel="telegram", sender="7001", session="elsewhere", text="",
)  # fmt: skip
BODY = json.dumps({"arguments": {"order": "17"}}).encode()
ENTROPY = bytes(range(96))


def offered(staff, *cards):
    made = offer.cards([(card, BODY) for card in cards], ENTROPY)
    staff.do(offer.put([each for each, _ in made], SAID, staff, START))
    return [each.code for each, _ in made]


def meant(staff, code, said=SAID, active=ACTIVE, now=START):
    return offer.meant(code, said, desk=staff, active=active, now=now)


def test_only_where_the_workflow_takes_it_and_never_to_who_asked_or_where():
    card = approval()
    assert offer.fits(card, SAID, ACTIVE)
    assert not offer.fits(card, SAID, policy_set()) and not offer.fits(card, SAID, None)
    assert not offer.fits(card, replace(SAID, sender="4242"), ACTIVE), "who asked"
    assert not offer.fits(card, replace(SAID, session=card.session), ACTIVE), "where it was asked"
    assert not offer.fits(replace(card, session=""), SAID, ACTIVE)
    assert not offer.fits(replace(card, asker=NOBODY.id), SAID, ACTIVE), "nobody knows who asked"
    assert not offer.fits(replace(card, agent="sample2/desk"), SAID, ACTIVE)
    assert not offer.fits(replace(card, agent="sample/other"), SAID, ACTIVE)


def test_each_card_has_a_code_of_its_own_and_what_cannot_be_read_has_none():
    cards = [(approval(f"apr_{each}"), BODY) for each in range(3)]
    made = offer.cards([*cards, (approval("apr_9"), None)], ENTROPY)
    assert [each.approval for each, _ in made] == ["apr_0", "apr_1", "apr_2"]
    assert len({each.code for each, _ in made}) == 3


def test_a_code_means_its_card_and_is_used_up_with_it():
    staff = Staff(approval())
    (code,) = offered(staff, approval())
    card, spent = meant(staff, code)
    assert card == approval()
    staff.do(Unit([], [spent]))
    with pytest.raises(NotFoundError, match="not good"):
        meant(staff, code)


def test_a_code_ends_with_the_next_list_with_its_time_and_with_its_words():
    staff = Staff(approval())
    (code,) = offered(staff, approval())
    with pytest.raises(NotFoundError, match="not good"):
        meant(staff, code, now=START + timedelta(minutes=10))
    with pytest.raises(NotFoundError, match="not good"):
        meant(staff, code, replace(SAID, sender="7002"))
    changed = Staff(approval(request="other"))
    offered(changed, approval())
    with pytest.raises(NotFoundError, match="no longer what"):
        meant(changed, code)
    assert offered(staff) == []
    with pytest.raises(NotFoundError, match="not good"):
        meant(staff, code)


def test_policy_is_looked_at_again_when_the_code_is_typed():
    staff = Staff(approval())
    (code,) = offered(staff, approval())
    with pytest.raises(AuthenticationError, match="in the console"):
        meant(staff, code, active=policy_set())
