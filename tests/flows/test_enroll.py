"""A gateway gets a secret of its own, kept only as a digest."""

import pytest

from clawband.audit.entry import encode
from clawband.flows.enroll import enroll
from clawband.identity.session import stored
from clawband.model.errors import InputError
from clawband.ports.unit import EnrollGateway
from tests.simulators.clocks import START, CountedEntropy


def test_the_secret_is_in_nothing_that_is_kept():
    secret, gateway, unit = enroll(
        "shop", "dev", by="ana", now=START, entropy=CountedEntropy().bytes(96)
    )
    assert gateway.credential == stored(secret) and len(secret) >= 64
    assert unit.changes == [EnrollGateway(gateway)]
    body = encode(unit.events[0], 0)
    assert secret.encode() not in body and secret[4:24].encode() not in body
    assert gateway.credential.encode() not in body


@pytest.mark.parametrize(
    "name", ["", "Shop", "1shop", "a/b", "a b", "shop\n", "a" * 33, "shöp", "a\u200bb"]
)
def test_a_name_is_plain(name):
    with pytest.raises(InputError):
        enroll(name, "dev", by="ana", now=START, entropy=bytes(96))


@pytest.mark.parametrize("environment", ["", "prod", "DEV"])
def test_an_environment_is_one_of_three(environment):
    with pytest.raises(InputError, match="expected one of dev, staging, production"):
        enroll("shop", environment, by="ana", now=START, entropy=bytes(96))
