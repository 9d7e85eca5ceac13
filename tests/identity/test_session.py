"""Bearer secrets at rest."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from clawband.identity.assurance import Method
from clawband.identity.session import LIFE, SECRET_BYTES, SignIn, same, stored

NOW = datetime(2026, 11, 22, tzinfo=UTC)
KNOWN = SignIn(
    operator="ana", opened=NOW, expires=NOW + LIFE, used=NOW, proved=None, method=Method.PASSWORD,
    address="10.0.0.4", agent="", new_device=False, new_address=False, terminal=False,
)  # fmt: skip


def test_a_secret_is_kept_as_its_digest():
    assert stored("secret") == hashlib.sha256(b"secret").hexdigest()
    assert SECRET_BYTES >= 32 and timedelta() < LIFE <= timedelta(hours=24)


def test_equal_is_equal_also_outside_ascii():
    assert same("é", "é") and not same("é", "e") and not same("", "x")


def test_what_is_odd_about_a_sign_in():
    assert KNOWN.odd == ""
    assert replace(KNOWN, new_address=True).odd == "new address"
    fresh = replace(KNOWN, new_address=True, new_device=True)
    assert fresh.odd == "new device"
    assert replace(fresh, terminal=True).odd == "", "a terminal keeps no device"
