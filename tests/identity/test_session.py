"""Bearer secrets at rest."""

import hashlib
from datetime import timedelta

from clawband.identity.session import LIFE, SECRET_BYTES, same, stored


def test_a_secret_is_kept_as_its_digest():
    assert stored("secret") == hashlib.sha256(b"secret").hexdigest()
    assert SECRET_BYTES >= 32 and timedelta() < LIFE <= timedelta(hours=24)


def test_equal_is_equal_also_outside_ascii():
    assert same("é", "é") and not same("é", "e") and not same("", "x")
