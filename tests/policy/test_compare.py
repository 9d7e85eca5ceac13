"""What another set would change, sentence by sentence, and in which direction."""

from dataclasses import fields

import pytest

from clawband.model.deployment import GatewayPlan, Limits, Models, Patience, Workflow
from clawband.openclaw import tools
from clawband.policy.compare import compare, unguards, widens
from clawband.policy.manifest import Manifest
from clawband.policy.sets import build
from clawband.policy.steps import Direction
from tests.policy.asking import MANIFEST, policy_set, replaced

GATEWAY = """\
gateway = "sample"
owner = "ops"
purpose = "the gateway"
environment = "dev"

[[standing]]
name = "chat"
purpose = "the chat network"
hosts = ["chat.example"]
"""
PLAIN = policy_set()
PAYS = '[[approvals]]\ntool = "pay"\nrole = "approver"\n'
ABOVE = PAYS + "above = 5000\n"
TAIL = (
    '\n[tools.mail]\neffect = "send"\nrecipients = ["to"]\n[recipients]\nmail = ["a@b.example"]\n'
)


def with_mail(*more):
    writes = ('writes = ["note", "pay"]', 'writes = ["note", "pay", "mail"]')
    return replaced(writes, *more, manifest=MANIFEST + TAIL)


def told(before, after):
    return [f"{each.direction}: {each.says}" for each in compare(before, after)]


def test_the_same_set_changes_nothing():
    assert compare(PLAIN, policy_set()) == ()
    assert compare(None, None) == ()


def test_three_more_agents_may_send_mail():
    agents = ('agents = ["sample/desk"]', 'agents = ["sample/desk", "a", "b", "c"]')
    found = told(policy_set(with_mail()), policy_set(with_mail(agents)))
    mail = "with `mail` (recipients: `a@b.example`): `a`, `b` and `c`"
    assert f"more: three more agents may send {mail}" in found
    assert "more: three more agents may reply on `telegram`: `a`, `b` and `c`" in found
    assert all("`sample/desk`" not in each for each in found)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (PAYS, "", "more: `sample/desk` may pay with `pay` without an approval, before only with "
         "an approval by an approver"),
        ("", PAYS, "less: `sample/desk` must have an approval by an approver to pay with `pay`"),
        (PAYS, ABOVE, "more: `sample/desk` may pay with `pay` up to 50.00 without an approval, "
         "before never"),
        (ABOVE, "", "more: `sample/desk` may pay with `pay` above 50.00 without an approval, "
         "before only with an approval by an approver"),
        (ABOVE, PAYS + "above = 10000\n", "more: `sample/desk` may pay with `pay` up to 100.00 "
         "without an approval, before only up to 50.00"),
        (ABOVE, PAYS + "above = 10\n", "less: `sample/desk` may pay with `pay` up to 0.10 "
         "without an approval, before up to 50.00"),
        (PAYS, PAYS + "people = 2\n", "less: `sample/desk` must have an approval by 2 people with "
         "the role approver to pay with `pay`, before an approval by an approver"),
        (PAYS + "assurance = 2\n", PAYS, "more: `sample/desk` must have an approval by an approver "
         "to pay with `pay`, before an approval by an approver at assurance 2"),
        (PAYS, PAYS.replace('"approver"', '"admin"'), "more: `sample/desk` must have an approval "
         "by an admin to pay with `pay`, before an approval by an approver"),
    ],
)  # fmt: skip
def test_approvals(old, new, says):
    before, after = (policy_set(replaced((PAYS, each))) for each in (old, new))
    assert told(before, after) == [says]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('replies = "allow"', 'replies = "refuse"'),
         "less: `sample/desk` may no longer reply on `telegram`"),
        (('channels = ["telegram"]', 'channels = ["telegram", "webchat"]'),
         "more: one more agent may receive messages on `webchat`: `sample/desk`"),
        (('systems = ["crm"]', 'systems = ["crm", "bank"]'),
         "more: `sample/desk` may touch the system `bank`"),
        (("[[approvals]]", "[limits]\ncalls_per_run = 7\n[[approvals]]"),
         "less: `sample/desk` may make at most 7 calls in one run, 40 before"),
        (("[[approvals]]", '[classes]\npersonal = "public"\n[[approvals]]'),
         "more: `sample/desk` may treat personal data as `public`, `confidential` before"),
        (("channels", 'requesters = "anyone"\nchannels'),
         "more: `sample/desk` may act for anyone, people its channels admit before"),
        (("channels", 'clearance = "internal"\nchannels'),
         "more: `sample/desk` may send at most `internal` data, `public` before"),
        (("[[approvals]]", '[models]\nallow = ["p/m"]\n[[approvals]]'),
         "more: one more agent may ask the model `p/m`: `sample/desk`"),
        (("[[approvals]]", "[models]\nmask = []\n[[approvals]]"),
         "more: `sample/desk` may show models unchanged secret data, masked before"),
        (("[[approvals]]", '[models.regions]\nsecret = ["eu"]\n[[approvals]]'),
         "less: `sample/desk` may show secret data to models in eu"),
        (("[[approvals]]", '[lists]\nteam = ["42"]\n[[approvals]]'),
         "more: `sample/desk` may take as the operator's own the id `42`"),
        (("[[approvals]]", '[provenance]\naccept = ["send: recipient anchored"]\n[[approvals]]'),
         "more: `sample/desk` may send, without a person, where what it names is only anchored: "
         "recipient"),
        (("[[approvals]]", '[[after]]\nread = "outside"\nrefuse = "reply"\n[[approvals]]'),
         "less: `sample/desk` may no longer reply after it has read outside content"),
        (("[[approvals]]", '[unsure]\nthen = "ask"\nask = "admin"\n[[approvals]]'),
         "more: one more agent may do what the manifest does not name with an approval by an "
         "admin: `sample/desk`"),
        (('environment = "dev"', 'environment = "prod"'),
         "more: `sample/desk` may run in the environment `prod`"),
        (('system = "crm"', 'system = "crm"\noutside = false'),
         "more: `sample/desk` may use `look` as it is declared now, with another outside"),
        (('system = "crm"', 'system = "crm"\nconfidentiality = "internal"'),
         "less: `sample/desk` may use `look` as it is declared now, with another confidentiality"),
        (('owner = "care"', 'owner = "sales"'), "other: owner of `desk`: `sales`, `care` "
         "before"),
        (('[tools.drop]\neffect = "delete"\n', ""),
         "other: `desk` declares `drop` no more, and does not use it"),
        (('name = "desk"', 'name = "counter"'),
         "other: `sample/desk` may work under `counter`, under `desk` before"),
        (("[[approvals]]",
          '[approval]\nescalate_minutes = 5\nescalate_to = "admin"\n[[approvals]]'),
         "more: `sample/desk` may have its approvals decided by whoever is `admin` too"),
        (("[[approvals]]", "[approval]\nexpire_minutes = 30\n[[approvals]]"),
         "other: minutes an approval waits of `desk`: `30`, `0` before"),
        (('reads = ["look"]', "reads = []"), "less: `sample/desk` may no longer read with `look`"),
        (('agents = ["sample/desk"]', 'agents = ["other/desk"]'),
         "more: one more agent may read with `look`: `other/desk`"),
        (('agents = ["sample/desk"]', 'agents = ["desk"]'),
         "more: one more agent may read with `look`: `desk`"),
    ],
)  # fmt: skip
def test_one_line_of_a_manifest(change, says):
    after = policy_set(replaced(change))
    assert says in told(PLAIN, after)
    assert widens(PLAIN, after) is says.startswith("more")


def test_a_bare_name_stood_for_the_agent_everywhere():
    bare = policy_set(replaced(('agents = ["sample/desk"]', 'agents = ["desk"]')))
    assert not widens(bare, PLAIN)
    assert "less: `desk` may no longer read with `look`" in told(bare, PLAIN)


@pytest.mark.parametrize(
    ("hosts", "says"),
    [
        ('["a@b.example", "c@d.example"]', "more: `sample/desk` may write to `c@d.example` to send "
         "with `mail`"),
        ('["*"]', "more: `sample/desk` may write to any recipient to send with `mail`"),
        ("[]", "less: `sample/desk` may no longer write to `a@b.example` to send with `mail`"),
    ],
)  # fmt: skip
def test_lists(hosts, says):
    wider = with_mail(('mail = ["a@b.example"]', f"mail = {hosts}"))
    assert says in told(policy_set(with_mail()), policy_set(wider))
    if hosts == '["*"]':
        back = told(policy_set(wider), policy_set(with_mail()))
        assert back[-1] == (
            "less: `sample/desk` may only write to `a@b.example` to send with `mail`"
        )


EGRESS = '[[egress]]\nhosts = ["a.example", "b.example"]\ntools = ["look"]\n[[approvals]]'


@pytest.mark.parametrize(
    ("change", "more"),
    [
        ((', "b.example"', ""), False),
        (('"b.example"', '"c.example"'), True),
        (("tools", "ports = [443, 8443]\ntools"), True),
        (("tools", 'addresses = ["10.0.0.0/8"]\ntools'), True),
        (("tools", 'inspect = true\nmethods = ["GET"]\ntools'), False),
        (("tools", 'inspect = true\ncredential = "key"\ntools'), True),
        (("tools", 'clearance = "restricted"\ntools'), True),
    ],
)
def test_destinations(change, more):
    first = replaced(("[[approvals]]", EGRESS))
    assert widens(policy_set(first), policy_set(replaced(change, manifest=first))) is more


def test_a_part_of_what_a_wildcard_named_is_less():
    wide = replaced(("[[approvals]]", EGRESS.replace('"a.example"', '"*.files.example"')))
    part = replaced(('"*.files.example"', '"x.files.example"'), manifest=wide)
    assert not widens(policy_set(wide), policy_set(part))
    assert widens(policy_set(part), policy_set(wide))
    models = replaced(("[[approvals]]", '[models]\nallow = ["p/*"]\n[[approvals]]'))
    one = replaced(('"p/*"', '"p/m"'), manifest=models)
    assert not widens(policy_set(models), policy_set(one))
    assert widens(policy_set(one), policy_set(models))


def gateway(text=GATEWAY):
    return build({"desk.toml": MANIFEST, "gateway.toml": text}, tools.catalogue())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("[[standing]]", 'ungoverned = "alert"\n[[standing]]'),
         "more: `sample/(gateway)` may answer canaries that fail with alert, cut before"),
        (("[[standing]]", 'uncontained = "accept"\n[[standing]]'),
         "more: `sample/(gateway)` may answer commands that cannot be contained with accept, "
         "refuse before"),
        (("hosts", "connections = 3\nhosts"),
         "less: `sample/(gateway)` may connect at any time to `chat.example` for the chat network, "
         "1,000,000,000 bytes an hour, 3 connections"),
    ],
)  # fmt: skip
def test_a_gateway_itself(change, says):
    after = gateway(replaced(change, manifest=GATEWAY))
    assert says in told(gateway(), after)
    assert widens(gateway(), after) is says.startswith("more")


NIGHT = '@id("night/no") @because("nobody pays at night") forbid (principal, action, resource);'
ANY = '@id("any/yes") @because("anybody may look") permit (principal, action, resource);'


def test_rules_that_somebody_wrote():
    strict, wide = policy_set(rules=NIGHT), policy_set(rules=ANY)
    assert told(PLAIN, strict) == ["less: a new rule refuses: nobody pays at night (`night/no`)"]
    assert told(strict, PLAIN) == [
        "more: no rule refuses any more: nobody pays at night (`night/no`)"
    ]
    assert told(PLAIN, wide) == ["more: a new rule permits: anybody may look (`any/yes`)"]
    assert told(wide, PLAIN) == ["less: no rule permits any more: anybody may look (`any/yes`)"]
    other = policy_set(rules=ANY.replace("anybody may look", "said otherwise"))
    assert told(wide, other) == [], "words about a rule change nothing"


def test_what_a_wide_rule_could_meet_is_wider():
    moved = replaced(('name = "desk"', 'name = "counter"'))
    assert widens(policy_set(rules=NIGHT), policy_set(moved, rules=NIGHT))
    less = replaced(('[tools.drop]\neffect = "delete"\n', '[tools.drop]\neffect = "read"\n'))
    assert widens(policy_set(rules=ANY), policy_set(less, rules=ANY))
    assert not widens(PLAIN, policy_set(less))


def test_from_nothing_everything_is_more_and_back_everything_is_less():
    assert {each.direction for each in compare(None, gateway())} == {Direction.MORE}
    assert {each.direction for each in compare(gateway(), None)} == {Direction.LESS}


def test_no_key_of_a_manifest_is_left_out():
    """Whoever adds a field says in `powers` or here what more of it means."""
    known = {
        Workflow: "name owner purpose environment agents channels reads writes systems tools "
        "limits unsure unsure_reply listed accepts classes egress models patience budgets source",
        Manifest: "workflow file granted approvals replies reply_approval requesters clearance "
        "hosts paths recipients clearances after egress budgets asks",
        GatewayPlan: "gateway workflow standing ungoverned uncontained unjoined honeytoken prices",
        Models: "allow mask pseudonymise regions clearance",
        Patience: "escalate_minutes escalate_to expire_minutes chat",
        Limits: "calls_per_run calls_per_minute message_bytes argument_bytes result_bytes",
    }
    for kind, names in known.items():
        assert [field.name for field in fields(kind)] == names.split(), kind


@pytest.mark.parametrize(
    ("before", "after", "goes"),
    [
        (GATEWAY, GATEWAY, False),
        (GATEWAY, 'ungoverned = "alert"\n' + GATEWAY, True),
        ('ungoverned = "alert"\n' + GATEWAY, 'ungoverned = "alert"\n' + GATEWAY, False),
        ("", 'uncontained = "accept"\n' + GATEWAY, True),
        (GATEWAY, "", False),
    ],
)
def test_what_goes_on_unguarded(before, after, goes):
    was, now = (
        build({"desk.toml": MANIFEST, **({"g.toml": text} if text else {})}, tools.catalogue())
        for text in (before, after)
    )
    assert unguards(was, now) is goes


def test_a_set_that_governs_nobody_lets_everybody_go():
    nothing = build({}, tools.catalogue())
    assert unguards(PLAIN, nothing) and not unguards(None, nothing)
    assert not unguards(nothing, PLAIN)
