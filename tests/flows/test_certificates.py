"""When a certificate is renewed and warned of, and what one of a gateway opens."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from clawband.flows import certificates
from clawband.flows.accounts import Doing
from clawband.flows.certificates import CERTIFICATE
from clawband.model.certificate import Certificate, Facts, Use
from clawband.model.errors import AuthenticationError, ConflictError, InputError
from clawband.model.event import Tag
from tests.simulators.small import opened

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def doing(now=NOW):
    return Doing(by="ada", now=now, entropy=b"e" * 96)


def facts(serial="1f", days=30):
    return Facts(serial=serial, names=("a",), made=NOW, until=NOW + timedelta(days=days))


def of_gateway(name="shop", **more):
    return Certificate(name=name, use=Use.GATEWAY, issuer="own", facts=facts(**more))


@pytest.fixture
def store(tmp_path):
    found = opened(tmp_path / "clawband.db")
    yield found
    found.close()


def commit(store, unit):
    store.commit(unit).result(10)
    return [each.tag for each in unit.events]


def test_it_is_renewed_when_two_thirds_of_its_life_are_over_and_not_all_at_once():
    times = {certificates.renewal(facts(serial=f"{n:x}")) - NOW for n in range(200)}
    assert len(times) > 50
    assert timedelta(days=18.4) < min(times) and max(times) <= timedelta(days=20)


@pytest.mark.parametrize(("days", "before"), [(90, 21), (365, 21), (20, 5), (1, 0.25)])
def test_the_warning_comes_weeks_before_the_end_or_a_quarter_of_a_short_life(days, before):
    each = facts(days=days)
    assert each.until - certificates.soon(each) == timedelta(days=before)
    assert certificates.renewal(each) < certificates.soon(each)


def test_a_warning_is_given_once_for_each_stage_of_each_certificate(store):
    each, later = of_gateway(), NOW + timedelta(days=25)
    assert certificates.warnings([each], store, doing()).events == []
    unit = certificates.warnings([each], store, doing(later))
    assert [event.outcome for event in unit.events] == ["ends soon"]
    assert unit.events[0].detail["until"] == each.facts.until.isoformat()
    assert commit(store, unit) == [Tag.CERTIFICATE_DUE]
    assert certificates.warnings([each], store, doing(later)).events == []
    over = certificates.warnings([each], store, doing(NOW + timedelta(days=30)))
    assert [event.outcome for event in over.events] == ["ended"]
    fresh = of_gateway(serial="2f", days=31)
    assert certificates.warnings([fresh], store, doing(later)).events


def test_what_a_gateway_shows_is_its_own_and_counts(store):
    commit(store, certificates.given(of_gateway(), doing()))
    assert certificates.bound("1f", "shop", store, NOW).name == "shop"
    for serial, name, now, said in (
        ("1f", "other", NOW, "is that of the gateway `shop`, not of `other`"),
        ("2f", "shop", NOW, "is none of ours"),
        ("1f", "shop", NOW + timedelta(days=30), "its time is over"),
    ):
        with pytest.raises(AuthenticationError, match=said):
            certificates.bound(serial, name, store, now)


def test_a_revoked_one_opens_nothing_and_is_revoked_once_for_a_reason(store):
    commit(store, certificates.given(of_gateway(), doing()))
    kept = CERTIFICATE.get("gateway/1f", store)
    with pytest.raises(InputError, match="for a reason"):
        certificates.revoke(kept, " ", doing(), store)
    unit = certificates.revoke(kept, "the host was sold", doing(), store)
    assert commit(store, unit) == [Tag.CERTIFICATE_REVOKE]
    assert unit.events[0].detail["because"] == "the host was sold"
    with pytest.raises(AuthenticationError, match="was revoked"):
        certificates.bound("1f", "shop", store, NOW)
    with pytest.raises(InputError, match="was revoked before"):
        certificates.revoke(CERTIFICATE.get("gateway/1f", store), "again", doing(), store)
    late = doing(NOW + timedelta(days=29))
    assert certificates.warnings([kept.value], store, late).events
    revoked = CERTIFICATE.get("gateway/1f", store).value
    assert certificates.warnings([revoked], store, late).events == []


def test_what_was_taken_with_a_revoked_one_goes_with_it(store):
    for serial, after in (("1f", ""), ("2f", "1f"), ("3f", "2f"), ("4f", "1f"), ("5f", "")):
        made = replace(of_gateway(serial=serial), after=after)
        commit(store, certificates.given(made, doing()))
    kept = CERTIFICATE.get("gateway/1f", store)
    unit = certificates.revoke(kept, "sold", doing(), store)
    assert commit(store, unit) == [Tag.CERTIFICATE_REVOKE] * 4
    left = [each.value.facts.serial for each in CERTIFICATE.all(store) if not each.value.revoked]
    assert left == ["5f"]


def test_what_is_revoked_while_the_next_is_signed_gets_none(store):
    commit(store, certificates.given(of_gateway(), doing()))
    kept = CERTIFICATE.get("gateway/1f", store)
    commit(store, certificates.revoke(kept, "sold", doing(), store))
    with pytest.raises(ConflictError):
        commit(store, certificates.given(of_gateway(serial="2f"), doing(), kept))


def test_those_that_ended_are_forgotten(store):
    commit(store, certificates.given(of_gateway(), doing()))
    assert certificates.over(store, NOW + timedelta(days=29)).changes == []
    commit(store, certificates.over(store, NOW + timedelta(days=30)))
    assert not CERTIFICATE.all(store)


def test_a_door_has_one_at_a_time(store):
    shown = Certificate(name="shop", use=Use.SERVER, issuer="own", facts=facts())
    assert commit(store, certificates.shown(shown, doing(), store)) == [Tag.CERTIFICATE_ISSUE]
    again = Certificate(name="shop", use=Use.SERVER, issuer="own", facts=facts(serial="2f"))
    commit(store, certificates.shown(again, doing(), store))
    assert [kept.value.facts.serial for kept in CERTIFICATE.all(store)] == ["2f"]


@pytest.mark.parametrize("days", [0, -1, 366])
def test_no_gateway_gets_one_for_longer_than_a_year(days):
    with pytest.raises(InputError, match="expected 1 to 365 days"):
        certificates.days(days)
