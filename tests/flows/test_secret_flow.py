"""How near agents are to each credential, and what is to be done about it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from clawband.flows import secret_flow
from clawband.flows.secret_flow import OwnUse, Reach, course
from clawband.model.deployment import Gateway
from clawband.model.secret import Secret, State, Target, Version
from clawband.openclaw.credentials import Held, Provider, Source
from clawband.ports.credentials import MAIN, Found, Reading

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SHOP = Gateway(name="shop", environment="production", credential="x", enrolled=NOW)
CRM = Secret(
    name="crm", environment="production", kind="k", owner="o", purpose="p", added=NOW,
    versions=(Version(number=1, state=State.CURRENT, print="p", by="o", made=NOW),),
)  # fmt: skip
TARGETS = (Target(hosts=("b.example", "a.example")), Target(hosts=("a.example",)))


def held(source, *, file=MAIN, id="", provider="default", referable=True):
    way = ("channels", "telegram", "botToken")
    return Found(
        file, Held(way=way, source=source, id=id, provider=provider, referable=referable),
        "telegram",
    )  # fmt: skip


def only(*found, secrets=(), governed=False, providers=None):
    reading = Reading(found=found, providers=providers or {})
    (strand,) = course(SHOP, reading, secrets, governed=governed).strands
    return strand


@pytest.mark.parametrize(("governed", "reach"), [(False, Reach.OPEN), (True, Reach.GUARDED)])
def test_a_value_in_a_file_is_as_far_from_agents_as_their_guard(governed, reach):
    strand = only(held(Source.VALUE), governed=governed)
    assert (strand.reach, strand.place, strand.to) == (reach, "openclaw.json", ("telegram",))
    assert strand.mend == "clawband secret import --gateway shop"
    assert strand.key == "channels.telegram.botToken"


def test_what_a_reference_cannot_replace_is_said():
    kept = only(held(Source.VALUE, referable=False))
    assert kept.mend == "" and "takes a value only" in kept.because
    copy = only(held(Source.VALUE, file="openclaw.json.bak"))
    assert copy.mend == "" and "a copy" in copy.because


@pytest.mark.parametrize("source", [Source.ENV, Source.FILE, Source.STORE])
def test_a_reference_to_something_in_clear_is_no_help(source):
    strand = only(held(source))
    assert strand.reach is Reach.NEAR and strand.mend


def test_a_program_that_is_not_ours():
    told = only(held(Source.EXEC, provider="op"), providers={"op": Provider("exec", "/bin/op")})
    assert (told.reach, told.place) == (Reach.ELSEWHERE, "op")
    assert only(held(Source.EXEC, provider="gone")).place == "provider gone"


def test_a_secret_of_ours_is_given_lent_or_refused():
    reference = held(Source.EXEC, provider="clawband", id="crm")
    given = only(reference, secrets=[replace(CRM, gateways=("shop",))])
    assert (given.reach, given.secret, given.place) == (Reach.GIVEN, "crm", "Clawband's vault")
    assert (given.because, given.mend) == ("", "")
    lent = only(reference, secrets=[replace(CRM, targets=TARGETS)])
    assert (lent.reach, lent.hand) == (Reach.LENT, "egress proxy")
    assert lent.to == ("a.example", "b.example")
    refused = only(reference, secrets=[CRM])
    assert (refused.reach, "is not for the gateway" in refused.because) == (Reach.BROKEN, True)
    assert "no such secret" in only(reference).because
    assert only(held(Source.EXEC, provider="clawband")).because == "", "hidden by the gateway"


def test_what_the_boundary_puts_on_unasked_is_there_once():
    crm = replace(CRM, targets=TARGETS)
    assert only(secrets=[crm]).reach is Reach.LENT
    assert only(held(Source.EXEC, provider="clawband", id="crm"), secrets=[crm]).secret == "crm"
    for other in (replace(crm, environment="dev"), replace(crm, versions=()), CRM):
        assert course(SHOP, Reading(), [other], governed=True).strands == ()


def test_the_nearest_come_first_and_the_halves_are_whole():
    crm = replace(CRM, targets=TARGETS)
    found = (held(Source.EXEC, provider="x"), held(Source.ENV), held(Source.VALUE))
    whole = course(SHOP, Reading(found=found), [crm], governed=False)
    assert [each.reach for each in whole.strands] == [
        Reach.OPEN, Reach.NEAR, Reach.ELSEWHERE, Reach.LENT,
    ]  # fmt: skip
    assert whole.unsafe + whole.safe == whole.strands


def test_a_gateway_whose_files_nobody_knows_of():
    whole = course(SHOP, None, [], governed=True)
    assert whole.strands == () and "no `config` is named" in whole.problems[0]


def test_what_clawband_uses_itself():
    (strand,) = secret_flow.own([OwnUse("mail", "file x", "mail.example")])
    assert (strand.reach, strand.gateway, strand.to) == (Reach.KEPT, "", ("mail.example",))
