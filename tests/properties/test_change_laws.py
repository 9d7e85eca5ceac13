"""What is said of a change holds: where nothing is called more, nothing more is permitted."""

from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from clawband.model.access import Action, Permit
from clawband.model.label import Confidentiality, Integrity
from clawband.policy.compare import compare, widens
from clawband.policy.evaluate import evaluate
from clawband.policy.sets import PolicySet
from tests.policy.asking import KNOWN, MANIFEST, OWNER, STRANGER, around, call, policy_set, request

MAIL = '\n[tools.mail]\neffect = "send"\nrecipients = ["to"]\nsystem = "post"\n'
BASE = MANIFEST.replace('"pay"]', '"pay", "mail"]').replace('["crm"]', '["crm", "post"]') + MAIL
LINES = (
    (("name = ", 'requesters = "anyone"\nname = '), ("name = ", 'requesters = "owner"\nname = ')),
    (("name = ", 'clearance = "internal"\nname = '),
     ("name = ", 'clearance = "restricted"\nname = ')),
    (('replies = "allow"', 'replies = "refuse"'),),
    (('channels = ["telegram"]', 'channels = ["telegram", "webchat"]'),),
    (('agents = ["sample/desk"]', 'agents = ["desk"]'),
     ('agents = ["sample/desk"]', 'agents = ["other/desk"]'),),
    (('role = "approver"', 'role = "approver"\nabove = 100'),
     ('role = "approver"', 'role = "approver"\npeople = 2'),
     ('role = "approver"', 'role = "admin"')),
    (('[tools.look]', '[unsure]\nthen = "ask"\nask = "approver"\n[tools.look]'),),
    (('[tools.look]', '[limits]\ncalls_per_run = 3\n[tools.look]'),
     ('[tools.look]', '[limits]\ncalls_per_run = 90\nargument_bytes = 10\n[tools.look]')),
    (('[tools.look]', '[clearances]\n"a@b.example" = "restricted"\n[tools.look]'),
     ('[tools.look]', '[clearances]\n"*@b.example" = "internal"\n[tools.look]')),
    (('[tools.look]', '[[after]]\nread = "outside"\nrefuse = ["send", "pay"]\n[tools.look]'),),
    (('reads = ["look"]', "reads = []"),),
    (('"note", "pay"', '"pay"'),),
    (('["crm", "post"]', '["crm", "post", "bank"]'),),
    (('environment = "dev"', 'environment = "prod"'),),
    (('effect = "delete"', 'effect = "read"'), ('effect = "write"', 'effect = "send"')),
    (("name = ", 'actions = "any"\nname = '),),
)  # fmt: skip
PEOPLE = ('["*"]', '["a@b.example"]', '["a@b.example", "c@b.example"]', "[]")
CEDAR = (
    "",
    '@id("x/no") @because("no") forbid (principal, action == Action::"tool:pay", resource);',
    '@id("x/yes") @because("yes") permit (principal, action == Action::"tool:read", resource);',
    '@id("x/desk") @because("desk") permit (principal in Workflow::"desk", action, resource);',
)
sets = st.tuples(
    st.tuples(*(st.integers(-1, len(options) - 1) for options in LINES)),
    st.integers(0, len(PEOPLE) - 1),
    st.integers(0, len(CEDAR) - 1),
)


@cache
def made(chosen: tuple[tuple[int, ...], int, int]) -> PolicySet:
    lines, people, cedar = chosen
    text = BASE
    for options, number in zip(LINES, lines, strict=True):
        if number >= 0:
            text = text.replace(*options[number], 1)
    text += f"[recipients]\nmail = {PEOPLE[people]}\n"
    return policy_set(text, **({"own": CEDAR[cedar]} if CEDAR[cedar] else {}))


CALLS = (
    ("look", {}), ("note", {"x": "y" * 30}), ("pay", {"amount": 50}), ("pay", {"amount": 5000}),
    ("mail", {"to": "a@b.example"}), ("mail", {"to": "z@z.example"}), ("drop", {}),
)  # fmt: skip
OUTSIDE, ONE, BOTH = frozenset({"outside"}), ("approver",), ("admin", "approver")
AROUND = (
    around(integrity=Integrity.PERSON),
    around(integrity=Integrity.OUTSIDE, history=OUTSIDE, run_calls=2),
    around(confidentiality=Confidentiality.INTERNAL, run_calls=5),
    around(confidentiality=Confidentiality.RESTRICTED, run_calls=50),
    around(integrity=Integrity.PERSON, roles=ONE),
    around(integrity=Integrity.OUTSIDE, history=OUTSIDE, roles=ONE),
    around(confidentiality=Confidentiality.RESTRICTED, roles=BOTH, people=2),
)


def requests(active: PolicySet):
    for who, gateway in ((KNOWN, "sample"), (OWNER, "other"), (STRANGER, "sample")):
        for tool, params in CALLS:
            yield call(active, tool, params, requester=who, gateway=gateway)
        for channel in ("telegram", "webchat"):
            for action in (Action.RECEIVE, Action.SEND_REPLY):
                yield request(action, channel, requester=who, gateway=gateway)


@given(sets, sets)
@settings(max_examples=8, deadline=None)
def test_what_is_not_called_more_permits_no_more(first, second):
    for old, new in ((first, second), (second, first), (first, (first[0], *second[1:]))):
        before, after = made(old), made(new)
        if widens(before, after):
            continue
        for asked, known in zip(requests(after), requests(before), strict=True):
            for around_it in AROUND:
                if isinstance(evaluate(asked, around_it, after), Permit):
                    answer = evaluate(known, around_it, before)
                    assert isinstance(answer, Permit), (asked, around_it, compare(before, after))


@given(sets)
@settings(max_examples=6, deadline=None)
def test_nothing_is_said_of_the_same_set_and_something_of_another(chosen):
    plain = (tuple(-1 for _ in LINES), 0, 0)
    before, after = made(plain), made(chosen)
    assert compare(after, after) == ()
    if before.digest != after.digest and before.compiled != after.compiled:
        assert compare(before, after)
