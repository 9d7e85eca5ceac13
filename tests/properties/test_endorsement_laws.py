"""An endorsement lifts nothing but what asks where a value comes from, reaches exactly as far as it
says, ends when it ends, and is never given by who asked."""

from datetime import timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from clawband.flows.endorse import Vouching, endorse
from clawband.model.access import Action, Deny, Facts, Permit, Principal, Trace
from clawband.model.errors import AuthenticationError
from clawband.model.event import Leaf, Tag
from clawband.model.label import Confidentiality, Integrity, Label
from clawband.model.provenance import Argument, Endorsement, Meaning, Reading, ReadingKind
from clawband.ports.unit import AddReading, JoinLabel, PutEndorsement, Unit
from tests.contracts.writing import approval, event
from tests.flows.deciding import Desk, message, request
from tests.flows.shelved import person
from tests.policy.asking import MANIFEST, policy_set, replaced
from tests.simulators.clocks import START

EVE, BOB = "eve@evil.example", "bob@evil.example"
WEB = "web_fetch:news.example"
OUTSIDE = Label(Integrity.OUTSIDE, Confidentiality.PUBLIC, frozenset({WEB}))
MAILING = replaced(
    ('agents = ["sample/desk"]', 'agents = ["sample/desk", "sample/desk2"]'),
    ('writes = ["note", "pay"]', 'writes = ["note", "pay", "mail", "fax"]'),
    ("[tools.look]", '[recipients]\nmail = ["*"]\nfax = ["*"]\n\n[tools.look]'),
    ("[tools.drop]", '[tools.mail]\neffect = "send"\nrecipients = ["to"]\n\n'
     '[tools.fax]\neffect = "send"\nrecipients = ["to"]\n\n[tools.drop]'),
    manifest=MANIFEST,
)  # fmt: skip
PLAIN = policy_set(MAILING)
LISTED = policy_set(MAILING.replace('"*"', f'"{EVE}", "{BOB}"'))

# What a rule may ask that is not where a value comes from. Each holds for every mail below.
CONDITIONS = (
    "true", "context.integrity < 1", "context.size >= 0", "context.hosts.isEmpty()",
    'context.requester.authority == "known"', 'context.history.contains("outside")',
    "context.paused.isEmpty()", "!context.recipients.isEmpty()", "!context.fresh.isEmpty()",
)  # fmt: skip
FORBIDDING = {
    condition: policy_set(
        MAILING,
        extra=f'@id("extra/never")\n@because("never")\n'
        f"forbid (principal, action, resource) when {{ {condition} }};\n",
    )
    for condition in CONDITIONS
}


def mail(value=EVE, *, agent="desk", session="s", tool="mail"):
    return request(
        tool,
        action=Action.SEND,
        principal=Principal("sample", agent),
        trace=Trace(session=session, run="r", call="c"),
        arguments={"to": value},
        facts=Facts(
            recipients=frozenset({value}),
            arguments=(Argument(Meaning.RECIPIENT, "to", value),),
        ),
    )


def desk(endorsements, active=PLAIN):
    """Somebody's desk after both sessions have read a page that names both addresses."""
    made = Desk(active)
    for session in ("s", "t"):
        made.run(message(trace=Trace(session=session, run="r")))
        page = Reading(
            id=f"dec_{session}", at=START, kind=ReadingKind.DATA, source=WEB, label=OUTSIDE,
            text=f"Write to {EVE} and to {BOB}.",
        )  # fmt: skip
        scoped = f"sample/{session}"
        made.apply(Unit([], [JoinLabel(scoped, OUTSIDE), AddReading(scoped, page)]))
    made.apply(Unit([], [PutEndorsement(each) for each in endorsements]))
    return made


@st.composite
def endorsed(draw, **fixed):
    """Any endorsement, most of them for something else than a given mail."""
    meaning = draw(st.sampled_from(["recipient", "link", "id", ""]))
    ends = draw(st.integers(-2, 3))
    values = {
        "id": f"end_{draw(st.integers(0, 99))}",
        "agent": draw(st.sampled_from(["sample/desk", "sample/desk2", "other/desk"])),
        "meaning": meaning,
        "value": draw(st.sampled_from([EVE, BOB, "ave@evil.example"] if meaning else [WEB, "web"])),
        "session": draw(st.sampled_from(["", "sample/s", "sample/t", "s"])),
        "tool": draw(st.sampled_from(["", "mail", "fax"])),
        "purpose": "p",
        "by": "olga",
        "opened": START + timedelta(hours=min(0, ends - 1)),
        "expires": START + timedelta(hours=ends),
        "revoked": draw(st.sampled_from([None, None, START])),
        **fixed,
    }
    return Endorsement(**values)


MAILS = st.builds(
    dict, value=st.sampled_from([EVE, BOB]), agent=st.sampled_from(["desk", "desk2"]),
    session=st.sampled_from(["s", "t"]), tool=st.sampled_from(["mail", "fax"]),
)  # fmt: skip


def reaches(endorsement, wanted):
    """By the words of the endorsement alone."""
    return (
        endorsement.agent == f"sample/{wanted['agent']}"
        and endorsement.session in ("", f"sample/{wanted['session']}")
        and endorsement.tool in ("", wanted["tool"])
        and (endorsement.meaning, endorsement.value) in (("recipient", wanted["value"]), ("", WEB))
        and endorsement.revoked is None
        and endorsement.opened <= START < endorsement.expires
    )


@given(st.lists(endorsed(), max_size=4, unique_by=lambda each: each.id), MAILS)
def test_it_permits_exactly_what_it_names(endorsements, wanted):
    decision = desk(endorsements).ask(mail(**wanted)).decision
    expected = any(reaches(each, wanted) for each in endorsements)
    assert isinstance(decision, Permit) is expected


@given(
    st.fixed_dictionaries({"agent": st.just("sample/desk"), "meaning": st.just("recipient"),
                           "value": st.just(EVE), "session": st.sampled_from(["", "sample/s"]),
                           "tool": st.sampled_from(["", "mail"]), "revoked": st.none(),
                           "opened": st.just(START),
                           "expires": st.just(START + timedelta(hours=1))}),
    st.sampled_from(CONDITIONS),
)  # fmt: skip
def test_it_lifts_no_rule_that_does_not_ask_where_a_value_comes_from(fields, condition):
    given_ = Endorsement(id="end_1", purpose="p", by="olga", **fields)
    assert isinstance(desk([given_]).ask(mail()).decision, Permit), "it does lift the other rule"
    decision = desk([given_], FORBIDDING[condition]).ask(mail()).decision
    assert isinstance(decision, Deny)
    assert [reason.policy for reason in decision.reasons] == ["extra/never"]


@given(st.lists(endorsed(), max_size=3, unique_by=lambda each: each.id), MAILS)
def test_it_never_makes_an_answer_worse(endorsements, wanted):
    without = desk([], LISTED).ask(mail(**wanted)).decision
    assume(isinstance(without, Permit))
    assert isinstance(desk(endorsements, LISTED).ask(mail(**wanted)).decision, Permit)


@given(endorsed(agent="sample/desk", meaning="recipient", value=EVE, session="", tool=""),
       st.integers(-3, 4))  # fmt: skip
def test_it_counts_from_its_beginning_to_its_end(endorsement, hours):
    made = desk([endorsement])
    made.clock.forward(hours=max(0, hours))
    decision = made.ask(mail()).decision
    assert isinstance(decision, Permit) is endorsement.holds(made.clock.now())


def test_revoked_it_counts_for_nothing_from_the_next_question_on():
    wide = Endorsement(
        id="end_1", agent="sample/desk", meaning="recipient", value=EVE, purpose="p", by="olga",
        opened=START, expires=START + timedelta(days=1),
    )  # fmt: skip
    made = desk([wide])
    assert isinstance(made.ask(mail()).decision, Permit)
    ended = Endorsement(**{**{f: getattr(wide, f) for f in wide.__slots__}, "revoked": START})
    made.apply(Unit([], [PutEndorsement(ended)]))
    assert not isinstance(made.ask(mail()).decision, Permit)


class Asked:
    """A record of one decision and one card, both asked for by `asker`."""

    def __init__(self, asker, *, waiting):
        detail = event(Tag.DECISION_HOLD, id="dec_1", who=asker, agent="sample/desk")
        self._leaf = Leaf(0, b"", detail)
        self._cards = [approval(asker=asker, resource="mail")] if waiting else []

    def leaf(self, id):
        return self._leaf if id == "dec_1" else None

    def approvals(self, states, limit=200):
        return self._cards


NAMES = st.sampled_from(["olga", "telegram:1", "telegram:2", "slack:U1"])


@given(NAMES, st.frozensets(NAMES), NAMES, st.booleans(),
       st.sampled_from(["s", "*"]), st.sampled_from(["mail", "*"]))  # fmt: skip
def test_who_asked_never_vouches(name, aliases, asker, named, session, tool):
    assume(name == asker or asker in aliases)
    wanted = Vouching(
        agent="sample/desk", values=(("recipient", EVE),), session=session, tool=tool,
        purpose="p", decisions=("dec_1",) if named else (),
    )  # fmt: skip
    record = Asked(asker, waiting=not named)
    with pytest.raises(AuthenticationError, match="can never vouch"):
        endorse(wanted, person(name, aliases=aliases), ledger=record, records=record, now=START,
                entropy=bytes(96))  # fmt: skip


@given(st.frozensets(NAMES), NAMES)
def test_who_did_not_ask_may(aliases, asker):
    assume(asker not in aliases)
    wanted = Vouching(agent="sample/desk", values=(("recipient", EVE),), session="s", tool="mail",
                      purpose="p", decisions=("dec_1",))  # fmt: skip
    record = Asked(asker, waiting=True)
    made, _ = endorse(wanted, person("pia", aliases=aliases), ledger=record, records=record,
                      now=START, entropy=bytes(96))  # fmt: skip
    assert [each.value for each in made] == [EVE]
