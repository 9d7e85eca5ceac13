"""A workload's token for a credential: once, for minutes, with no more than its rule gives."""

from datetime import timedelta

import pytest

from clawband.flows import trade
from clawband.identity.oidc_workload import Fitting
from clawband.model import workload
from clawband.model.errors import AuthenticationError, NotFoundError
from clawband.ports.unit import Unit
from tests.flows.people import Registry
from tests.simulators.clocks import START, CountedEntropy

RULE = {
    "name": "release", "issuer": "https://ci.example", "audience": "clawband",
    "subject": "repo:shop/*", "acts": ["publish", "look"], "minutes": 10,
}  # fmt: skip
RULES = workload.read([RULE])
ENTROPY = CountedEntropy()


def fitting(**changes):
    usual = {
        "rule": RULES[0], "subject": "repo:shop/config", "id": "j",
        "until": START + timedelta(minutes=5), "acts": frozenset({"publish"}),
    }  # fmt: skip
    return Fitting(**{**usual, **changes})


def traded(documents, digest="d", **changes):
    secret, made, unit = trade.trade(
        fitting(**changes), digest, documents=documents, now=START, entropy=ENTROPY.bytes(96)
    )
    documents.commit(unit)
    return secret, made, unit


def known(secret, documents, rules=RULES, **later):
    now = START + timedelta(**later)
    return trade.known(secret, documents=documents, rules=rules, now=now)


def test_the_credential_is_known_as_a_service_with_its_acts_until_it_is_over():
    documents = Registry()
    secret, made, unit = traded(documents)
    signed = known(secret, documents, minutes=9, seconds=59)
    assert (signed.name, signed.service, signed.scope) == ("workload:release", True, {"publish"})
    assert signed.operator.roles == frozenset()
    with pytest.raises(AuthenticationError):
        known(secret, documents, minutes=10)
    assert secret not in str(unit) and made.subject == "repo:shop/config"
    (event,) = unit.events
    assert (event.tag, event.who) == ("workload:trade", "workload:release")
    assert event.detail["subject"] == "repo:shop/config"


def test_a_credential_ends_early_by_its_id_and_all_by_the_name():
    documents = Registry()
    secrets = [traded(documents, id=name)[0] for name in "abc"]
    lent = trade.lent(documents, START)
    assert len(lent) == 3 and not any(each.id in secrets for each in lent)

    def revoke(which, now=START):
        unit = trade.revoke(
            which, by="ana", documents=documents, now=now, entropy=ENTROPY.bytes(32)
        )
        documents.commit(unit)
        return unit.events[0]

    told = revoke(lent[0].id)
    assert (told.tag, told.who, told.resource) == ("key:revoke", "ana", "Workload::release")
    assert [each.id for each in trade.lent(documents, START)] == [lent[1].id, lent[2].id]
    assert revoke("release").detail["ended"] == 2
    for secret in secrets:
        with pytest.raises(AuthenticationError):
            known(secret, documents)
    with pytest.raises(NotFoundError):
        revoke("release")


def test_a_token_is_traded_once_with_an_id_and_without():
    documents = Registry()
    traded(documents)
    with pytest.raises(AuthenticationError, match="used before"):
        traded(documents, "another digest")
    traded(documents, "e", id="")
    with pytest.raises(AuthenticationError, match="used before"):
        traded(documents, "e", id="")
    traded(documents, "f", id="")


def test_what_the_rule_gives_no_more_ends():
    documents = Registry()
    secret, *_ = traded(documents, acts=frozenset({"publish", "look"}))
    less = workload.read([{**RULE, "acts": ["look"]}])
    assert known(secret, documents, less).scope == {"look"}
    elsewhere = workload.read([{**RULE, "issuer": "https://other.example"}])
    for rules in ((), elsewhere, workload.read([{**RULE, "name": "other"}])):
        with pytest.raises(AuthenticationError):
            known(secret, documents, rules)


def test_no_other_secret_is_known():
    documents = Registry()
    secret, *_ = traded(documents)
    for wrong in ("", trade.PREFIX, secret[:-1], secret + "0", secret.removeprefix(trade.PREFIX)):
        with pytest.raises(AuthenticationError):
            known(wrong, documents)
    assert trade.is_credential(secret) and not trade.is_credential("ab" * 32)


def test_what_is_over_is_forgotten():
    documents = Registry()
    secret, *_ = traded(documents)
    assert trade.swept(documents, START + timedelta(minutes=9)) == []
    documents.commit(Unit([], trade.swept(documents, START + timedelta(minutes=10))))
    with pytest.raises(AuthenticationError):
        known(secret, documents)


def test_a_refusal_names_the_issuer_and_nobody():
    unit = trade.refused("https://ci.example", "why", now=START, entropy=ENTROPY.bytes(96))
    (event,) = unit.events
    assert (event.tag, event.who, event.detail["why"]) == ("workload:refuse", "", "why")
