"""Credentials that Clawband uses itself: from a file or a secret, and anew each time."""

import pytest

from clawband.bootstrap.own import Owned
from clawband.model.errors import UnavailableError
from tests.service.test_lending import KEY, kept
from tests.simulators.small import House, small, story


def owned_by(house: House) -> Owned:
    running = house.service.running
    return Owned(running.store, running.vaults, running.masking)


@story
async def test_a_new_value_of_a_secret_needs_no_restart(tmp_path):
    async with small(tmp_path) as house:
        read = owned_by(house).named("token_file", "secret:key", "dev")
        with pytest.raises(UnavailableError, match="`key`, which has no value"):
            read()
        await kept(house, KEY)
        assert read() == "value of key"
        await house.service.secrets.put("key", b"another\n", house.signed("admin"))
        assert read() == "another"
        await house.service.secrets.put("key", b"\xff", house.signed("admin"))
        with pytest.raises(UnavailableError, match="cannot be used as text"):
            read()
        await house.service.secrets.remove("key", house.signed("admin"))
        with pytest.raises(UnavailableError):
            read()


@story
async def test_a_secret_of_another_environment_is_not_used(tmp_path):
    async with small(tmp_path) as house:
        await kept(house, KEY)
        owned = owned_by(house)
        assert owned.named("key_file", "secret:key")() == "value of key"
        with pytest.raises(UnavailableError, match="which is of dev"):
            owned.named("token_file", "secret:key", "production")()


@story
async def test_a_file_is_read_as_ever(tmp_path):
    async with small(tmp_path / "house") as house:
        owned = owned_by(house)
        path = tmp_path / "password"
        path.touch(0o600)
        read = owned.named("password_file", str(path))
        for value in ("first", "second"):
            path.write_text(value)
            assert read() == value
        path.write_text("4Jq8Zt2WmXv7Lr3NcHd6")
        owned.named("password_file", str(path))
        shown = house.service.running.masking.known.masked(f"AUTH {path.read_text()}")
        assert shown == "AUTH [secret: password_file password]"
