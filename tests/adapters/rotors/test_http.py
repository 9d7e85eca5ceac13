"""The driver `http` at a service over TLS: keys made, tried and ended as a plan describes."""

import json
from dataclasses import replace

import pytest

from clawband.adapters.rotors.http import HttpRotor
from clawband.adapters.rotors.requests import Requests
from clawband.model.errors import AuthenticationError, InputError, UnavailableError
from clawband.model.rotation import Shape
from clawband.ports.rotor import Job, Made
from tests.simulators.key_service import ADMIN, KeyService


def plan(service: KeyService, **more: str) -> dict[str, str]:
    return {
        "create": f"POST {service.url}/v1/keys",
        "create-body": '{"name": "clawband {rotation}"}',
        "check": f"GET {service.url}/v1/me", "check-header": "authorization: Bearer {value}",
        "revoke": f"DELETE {service.url}/v1/keys/{{id}}",
        "header": "authorization: Bearer {secret:crm/admin}",
        "value": "/data/0/secret", "id": "/data/0/id", "first-id": "first", **more,
    }  # fmt: skip


def job(service: KeyService, **more: str) -> Job:
    service.keys["first"] = "sk_first"
    return Job(
        rotation="rot_1", secret="crm/key", environment="dev", current=b"sk_first",
        lent={"crm/admin": ADMIN.encode()},
        options={key: text for key, text in plan(service, **more).items() if text},
    )  # fmt: skip


def test_a_key_from_its_making_to_its_end(service, requests):
    rotor, asked = HttpRotor(requests), job(service)
    assert rotor.shape(asked) is Shape.TWO
    made = rotor.create(asked)
    assert rotor.create(asked) == made, "asked twice under the same rotation, it is the same key"
    assert service.keys[made.issued] == made.value.decode()
    rotor.place(asked, made)
    old = Made(value=b"sk_first")
    assert rotor.check(asked, made).alive and rotor.check(asked, old).alive
    rotor.revoke(asked, old)
    rotor.revoke(asked, old)
    seen = rotor.check(asked, old)
    assert (seen.alive, seen.words) == (False, "`localhost` answered 401 Unauthorized")
    rotor.revoke(asked, made)
    assert service.keys == {}
    (_, _, fields, body), *_ = service.asked
    assert json.loads(body) == {"name": "clawband rot_1"}
    assert fields["idempotency-key"] == "rot_1-create"


def test_what_a_value_holds_is_no_word_and_no_syntax(service, requests):
    rotor = HttpRotor(requests)
    asked = job(service, **{
        "check": f"POST {service.url}/v1/{{value}}", "check-body": '{"key": "{value}"}',
        "check-header": "",
    })  # fmt: skip
    value = 'a"}/../{id}?{secret:crm/admin}#é'
    with pytest.raises(UnavailableError, match="404"):
        rotor.check(asked, Made(value=value.encode(), issued="x"))
    (_, path, _, body) = service.asked[-1]
    assert path.startswith("/v1/a%22%7D%2F..%2F%7Bid%7D%3F") and "#" not in path
    assert json.loads(body) == {"key": value}
    with pytest.raises(InputError, match="printable ASCII"):
        rotor.check(job(service), Made(value=b"a\r\nx: y"))


@pytest.mark.parametrize(("more", "says"), [
    ({"create": "POST http://localhost/keys"}, "METHOD https://host/path"),
    ({"create": "TRACE https://localhost/keys"}, "METHOD https://host/path"),
    ({"create": "POST https://{value}/keys"}, "METHOD https://host/path"),
    ({"create": "POST https://a@localhost/keys"}, "METHOD https://host/path"),
    ({"create": "POST https://[::1/keys"}, "METHOD https://host/path"),
    ({"create": "POST https://localhost{value}/keys"}, "METHOD https://host/path"),
    ({"create": "POST https://localhost{value}.elsewhere.example/"}, "METHOD https://host/path"),
    ({"create": "POST https://localhost\\@elsewhere.example/"}, "no host|METHOD"),
    ({"check": "GET https://elsewhere.example/me"}, "no host for rotations"),
    ({"revoke": ""}, "says no `revoke`"),
    ({"value": ""}, "says no `value`"),
    ({"first-id": ""}, "what its issuer calls"),
    ({"chekc": "x"}, "unknown option `chekc`"),
])  # fmt: skip
def test_a_plan_that_cannot_work(service, requests, more, says):
    with pytest.raises(InputError, match=says):
        HttpRotor(requests).shape(job(service, **more))
    assert service.asked == [], "nothing is sent"


def test_a_word_that_stands_for_nothing_is_refused(service, requests):
    asked = job(service, **{"create-body": '{"a": "{secret:crm/none}"}'})
    with pytest.raises(InputError, match="where there is none"):
        HttpRotor(requests).create(asked)
    with pytest.raises(InputError, match="as `name: text`"):
        HttpRotor(requests).create(job(service, header="authorization"))


@pytest.mark.parametrize("field", ["Host: elsewhere.example", "transfer-encoding : chunked"])
def test_no_field_says_where_a_request_goes_or_ends(service, requests, field):
    """A host that many share would hand it to whoever else is there."""
    header = f"authorization: Bearer {{secret:crm/admin}}\n{field}"
    with pytest.raises(InputError, match="sets the field"):
        HttpRotor(requests).create(job(service, header=header))
    assert service.asked == []


@pytest.mark.parametrize(("answer", "says"), [
    ((500, b"sk_first"), "answered 500"),
    ((200, b"[]"), "without a text at"),
    ((200, b'{"data": [{"secret": true}]}'), "without a text at"),
    ((200, b'{"data": [{"secret": "\\ud800"}]}'), "without a text at"),
    ((200, b"x" * 300_000), "answered more than"),
    ((302, b""), "answered 302"),
])  # fmt: skip
def test_an_answer_that_is_none_makes_nothing(service, requests, answer, says):
    service.answer = answer
    with pytest.raises(UnavailableError, match=says) as told:
        HttpRotor(requests).create(job(service))
    assert "sk_first" not in str(told.value)


def test_what_says_nothing_proves_nothing(service, requests):
    rotor, asked = HttpRotor(requests), job(service)
    for status in (302, 404, 429, 500):
        service.answer = (status, b"")
        with pytest.raises(UnavailableError, match="says nothing about the value"):
            rotor.check(asked, Made(value=b"sk_first"))
    service.answer = (404, b"")
    assert not rotor.check(job(service, dead="404"), Made(value=b"sk_first")).alive


def test_who_may_not_make_or_end_is_told_so(service, requests):
    asked = replace(job(service), lent={"crm/admin": b"no key of an administrator"})
    for act in (HttpRotor(requests).create, lambda job: HttpRotor(requests).revoke(job, OLD)):
        with pytest.raises(AuthenticationError, match="403"):
            act(asked)


def test_who_shows_no_certificate_is_told_nothing(service):
    untrusting = Requests(frozenset({"localhost"}))
    with pytest.raises(UnavailableError, match="gave no answer: ConnectError"):
        HttpRotor(untrusting).create(job(service))
    assert service.asked == []


OLD = Made(value=b"sk_first", issued="first")
