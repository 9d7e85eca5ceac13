"""The driver `webhook`: two secrets that sign for a while, and one that no longer does."""

import pytest

from clawband.adapters.rotors.webhook import WebhookRotor
from clawband.model.errors import AuthenticationError, InputError
from clawband.model.rotation import Shape
from clawband.ports.rotor import Job, Made
from tests.simulators.key_service import ADMIN, KeyService


def job(service: KeyService, **more: str) -> Job:
    service.signing["first"] = "the first secret"
    options = {
        "place": f"PUT {service.url}/hooks/secrets/{{id}}", "place-body": '{"secret": "{value}"}',
        "check": f"POST {service.url}/hooks/in", "check-body": '{"event": "ping"}',
        "revoke": f"DELETE {service.url}/hooks/secrets/{{id}}", "first-id": "first",
        "header": "authorization: Bearer {secret:hook/admin}", **more,
    }  # fmt: skip
    return Job(
        rotation="rot_1", secret="hook/secret", environment="dev", current=b"the first secret",
        lent={"hook/admin": ADMIN.encode()},
        options={key: text for key, text in options.items() if text},
    )  # fmt: skip


def test_two_sign_for_a_while(service, requests):
    rotor, asked = WebhookRotor(requests), job(service)
    assert rotor.shape(asked) is Shape.TWO
    made, old = rotor.create(asked), Made(value=asked.current)
    assert not rotor.check(asked, made).alive
    rotor.place(asked, made)
    rotor.place(asked, made)
    assert rotor.check(asked, made).alive and rotor.check(asked, old).alive
    rotor.revoke(asked, old)
    assert not rotor.check(asked, old).alive and rotor.check(asked, made).alive
    assert list(service.signing) == ["rot_1"]


@pytest.mark.parametrize(("more", "says"), [
    ({"check-body": ""}, "no body to sign"),
    ({"sign": "x-signature: sha256"}, "no place for the signature"),
    ({"first-id": ""}, "what its issuer calls"),
    ({"create": "POST https://localhost/"}, "unknown option `create`"),
])  # fmt: skip
def test_a_plan_that_cannot_work(service, requests, more, says):
    with pytest.raises(InputError, match=says):
        WebhookRotor(requests).shape(job(service, **more))


def test_a_receiver_that_does_not_take_it_is_told(service, requests):
    rotor, asked = WebhookRotor(requests), job(service, header="authorization: Bearer x")
    with pytest.raises(AuthenticationError, match="403"):
        rotor.place(asked, rotor.create(asked))
    with pytest.raises(AuthenticationError, match="403"):
        rotor.revoke(asked, Made(value=b"x"))
