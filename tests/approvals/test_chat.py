"""Codes, what is typed, and what is shown in a chat."""

from datetime import UTC, datetime, timedelta

import pytest

from clawband.approvals import chat
from clawband.approvals.chat import Offer, Offers, Typed, Verb
from clawband.model.access import Reason, Requirement
from clawband.model.approval import Approval
from clawband.model.ids import ApprovalId, DecisionId

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
CARD = Approval(
    id=ApprovalId("apr_1"), request="digest", decision=DecisionId("dec_1"), asker="telegram:4242",
    agent="sample/support", action="tool:pay", resource="refund", session="s",
    requirements=(Requirement("approver", 1, 1),), reasons=(Reason("p", "`refund` pays"),),
    opened=NOW, wait_until=NOW, expires=NOW + timedelta(hours=8),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", Typed(Verb.LIST)),
        ("  ", Typed(Verb.LIST)),
        ("list", Typed(Verb.LIST)),
        ("approve K7Q2-M9TX", Typed(Verb.APPROVE, "K7Q2-M9TX")),
        (" APPROVE  k7q2m9tx ", Typed(Verb.APPROVE, "k7q2m9tx")),
        ("deny K7Q2-M9TX too much\nfor one", Typed(Verb.DENY, "K7Q2-M9TX", "too much\nfor one")),
        ("link\nAAAA-BBBB", Typed(Verb.LINK, "AAAA-BBBB")),
        ("approve", Typed(Verb.APPROVE)),
        ("yes", Typed(Verb.HELP)),
        ("/approve x", Typed(Verb.HELP)),
    ],
)
def test_what_is_typed_is_read(text, read):
    assert chat.read(text) == read


def test_a_code_is_known_however_it_was_typed_until_its_time_is_over():
    code = chat.code(b"\x00\x44\x32\x14\xc7")
    offer = Offer(code=code, approval="apr_1", request="digest")
    offers = Offers(offers=(offer,), until=NOW)
    before = NOW - timedelta(seconds=1)
    assert len(code) == 9 and code[4] == "-"
    assert (
        offers.meant(code, before) == offers.meant(code.lower().replace("-", ""), before) == offer
    )
    assert offers.meant(code, NOW) is None
    assert offers.meant("", before) is None
    assert offers.without(offer).meant(code, before) is None


def test_a_card_says_everything_that_who_approves_must_know():
    text = chat.card(CARD, {"order": "17", "amount": 20, "note": "two\nlines"})
    assert text.splitlines() == [
        "refund, sample/support for telegram:4242",
        'order = "17"',
        "amount = 20",
        r'note = "two\nlines"',
        "because 'refund' pays",
        "it needs somebody with role approver",
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        {"text": "a ` b"},
        {"text": "paid\u202eback"},
        {"text": "in\u200bvisible"},
        {"a\nb": 1},
        {"text": "x" * chat.LONGEST},
    ],
)
def test_what_cannot_be_shown_exactly_has_no_card(arguments):
    assert chat.card(CARD, arguments) == ""


def test_the_message_says_what_to_type_and_what_is_left():
    offer = Offer(code="K7Q2-M9TX", approval="apr_1", request="digest")
    text = chat.listed([(offer, "refund")], 2)
    assert "```\nrefund\n```\nTo approve: /clawband approve K7Q2-M9TX" in text
    assert "2 more of yours" in text
    assert chat.listed([], 0) == "Nothing waits for you here."
