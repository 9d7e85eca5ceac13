"""A manifest as Cedar: what each answer becomes, and that odd names stay names."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.model.access import Action, Deny, Permit
from clawband.model.label import Integrity
from clawband.policy.evaluate import evaluate
from tests.policy.asking import MANIFEST, STRANGER, around, call, policy_set, replaced, request


def permits(active, asked, circumstances=None):
    return isinstance(evaluate(asked, circumstances or around(), active), Permit)


def with_read(paths):
    lists = f"[paths]\nread = {paths}\n[tools.look]"
    return policy_set(replaced(('["look"]', '["look", "read"]'), ("[tools.look]", lists)))


def test_every_policy_is_the_workflows_own():
    active = policy_set()
    own = [policy for policy in active.policies if policy.file.startswith("desk.toml")]
    assert {policy.id.partition("/")[0] for policy in own} == {"desk"}
    principal = {"op": "in", "entity": {"type": "Workflow", "id": "desk"}}
    assert all(policy.head["principal"] == principal for policy in own)


def test_the_compiled_text_is_shown_on_request(golden: Callable[[str, str], None]):
    golden("policy/desk.cedar", policy_set().compiled["desk"])


@pytest.mark.parametrize(
    ("paths", "path", "expected"),
    [
        ('["notes/"]', "notes/a.md", True),
        ('["notes/"]', "./notes//x/../a.md", True),
        ('["notes/"]', "notes/../secret", False),
        ('["notes/"]', "notes", False),
        ('["notes/"]', "notes-old/a", False),
        ('["notes/"]', "/notes/a", False),
        ('["notes/"]', "@notes/a", False),
        ('["notes/"]', "file:///notes/a", False),
        ('["notes/"]', "", False),
        ('["notes/"]', None, False),
        ('["a*b/"]', "a*b/c", True),
        ('["a*b/"]', "axb/c", False),
        ('["faq.md"]', "faq.md", True),
        ('["faq.md"]', "faq.md/x", False),
        ('["./"]', "any/where", True),
        ('["./"]', "..hidden", True),
        ('["./"]', ".", True),
        ('["./"]', "/etc/passwd", False),
        ('["./"]', "~/.ssh/id", False),
        ('["./"]', "../up", False),
        ('["./"]', "..", False),
        ('["./"]', 5, True),
        ('["./"]', {"a": 1}, False),
        ('["*"]', "/etc/passwd", True),
        ("[]", "a", False),
    ],
)
def test_paths(paths, path, expected):
    active = with_read(paths)
    params = {} if path is None else {"path": path}
    assert permits(active, call(active, "read", params)) is expected


def test_many_paths_must_all_be_inside():
    active = with_read('["notes/", "drafts/"]')
    for paths, expected in (
        (["notes/a", "notes/b/c"], True),
        (["notes/a", "secret"], False),
        # One of each would be fine, but together they only share the workspace.
        (["notes/a", "drafts/b"], False),
    ):
        assert permits(active, request(Action.READ, "read", paths=paths)) is expected


def test_hosts_and_recipients_must_be_named_and_all_allowed():
    active = policy_set(
        replaced(
            ('["look"]', '["look", "web_fetch"]'),
            ('effect = "write"', 'effect = "send"\nrecipients = ["to"]'),
            ("[tools.look]", '[hosts]\nweb_fetch = ["a.example"]\n[recipients]\nnote = ["sales"]\n'
             "[tools.look]"),
        )
    )  # fmt: skip
    for url, expected in (
        ("https://a.example/x", True), ("https://A.example.", True), ("https://b.example", False),
        ("https://a.example@b.example", False), ("https://a.example\\@b.example", False),
        (None, False), ("", False),
    ):  # fmt: skip
        assert permits(active, call(active, "web_fetch", {"url": url})) is expected, url
    for to, expected in (
        ("sales", True), (" SALES ", True), (["sales"], True), (["sales", "eve"], False),
        (None, False),
    ):  # fmt: skip
        assert permits(active, call(active, "note", {"to": to})) is expected, to


def test_above_an_amount_a_person_is_needed():
    active = policy_set(replaced(('tool = "pay"', 'tool = "pay"\nabove = 1000')))
    for amount, alone in (
        (1000, True), (1001, False), (-1, False), ("5", False), (0.5, False), (None, False)
    ):  # fmt: skip
        asked = call(active, "pay", {"amount": amount})
        assert permits(active, asked) is alone, amount
        assert permits(active, asked, around(roles=["approver"]))


def test_unsure_stays_silent_or_asks():
    unsure = request(Action.SEND_REPLY, "telegram", unsure=True)
    silent = policy_set(MANIFEST + '[unsure]\nthen = "reply"\nreply = "later"\n')
    answer = evaluate(unsure, around(roles=["operator"]), silent)
    assert isinstance(answer, Deny)
    assert silent.reply_instead(unsure.principal, answer) == "later"
    asks = policy_set(MANIFEST + '[unsure]\nthen = "ask"\nask = "operator"\n')
    assert not permits(asks, unsure)
    assert permits(asks, unsure, around(roles=["operator"]))
    answer = evaluate(unsure, around(), asks)
    assert isinstance(answer, Deny)
    assert asks.reply_instead(unsure.principal, answer) == ""


def test_ask_lets_a_person_allow_what_the_manifest_does_not_name():
    asks = policy_set(MANIFEST + '[unsure]\nthen = "ask"\nask = "operator"\n')
    drop = call(asks, "drop")
    assert not permits(asks, drop)
    assert permits(asks, drop, around(roles=["operator"], integrity=Integrity.OUTSIDE))
    assert permits(asks, request(Action.RESULT, "drop"))
    for never in ("gateway", "unheard_of"):
        assert not permits(asks, call(asks, never), around(roles=["operator", "admin"], people=2))


@pytest.mark.parametrize(
    ("requesters", "known", "unknown"),
    [("owner", False, False), ("known", True, False), ("anyone", True, True)],
)
def test_requesters(requesters, known, unknown):
    active = policy_set(replaced(('replies = "allow"', f'requesters = "{requesters}"')))
    from_known = request(Action.RECEIVE, "telegram")
    from_nobody = request(Action.RECEIVE, "telegram", requester=STRANGER)
    assert permits(active, from_known) is known
    assert permits(active, from_nobody) is unknown


def test_replies_with_an_approval():
    active = policy_set(
        replaced(('"allow"', '"approve"')) + '[[approvals]]\nreplies = true\nrole = "operator"\n'
    )
    reply = request(Action.SEND_REPLY, "telegram")
    assert not permits(active, reply)
    assert permits(active, reply, around(roles=["operator"]))
    assert active.approval_roles(reply) == {"operator"}


@given(st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12))
def test_any_visible_name_stays_a_name(name):
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    active = policy_set(replaced(('"telegram"', f'"{escaped}"')))
    assert permits(active, request(Action.RECEIVE, name))
    assert not permits(active, request(Action.RECEIVE, f"{name}x"))


OPTIONAL = (
    ('["note", "pay"]', '["note"]'),
    ('tool = "pay"', 'tool = "note"'),
    (
        'effect = "write"',
        'effect = "send"\nrecipients = ["to?"]\nhosts = ["url?"]\npaths = ["file?"]',
    ),
)


def may_name(active, **params):
    return permits(active, call(active, "note", params), around(roles=["approver"]))


def test_what_may_be_left_out_is_left_out_unless_it_is_listed():
    active = policy_set(replaced(*OPTIONAL))
    assert may_name(active)
    assert may_name(active, to="", url="", file="")
    assert not may_name(active, to="sales")
    assert not may_name(active, url="https://a.example")
    assert not may_name(active, file="a.md")


def test_what_may_be_left_out_is_held_to_its_list():
    lists = '[recipients]\nnote = ["sales"]\n[hosts]\nnote = ["*"]\n[paths]\nnote = ["out/"]\n'
    active = policy_set(replaced(*OPTIONAL, ("[tools.look]", f"{lists}[tools.look]")))
    assert may_name(active)
    assert may_name(active, to="sales", url="https://any.example", file="out/a.md")
    assert not may_name(active, to="eve")
    assert not may_name(active, file="a.md")


def test_an_empty_list_means_none():
    reads = ('["look"]', '["look", "web_fetch"]')
    active = policy_set(replaced(reads, ("[tools.look]", "[hosts]\nweb_fetch = []\n[tools.look]")))
    assert not permits(active, call(active, "web_fetch", {"url": "https://a.example"}))
    assert not permits(active, call(active, "web_fetch", {}))
