"""The server on a leash, the first people, and the way back in when nobody can sign in."""

import json
import subprocess
import sys

import pyotp
import pytest

from clawband.model.errors import SecondFactorNeededError
from clawband.model.person import Role
from clawband.service import first_run
from examples.sample.gateway import free_port
from tests.edges.cli.terminal import Terminal
from tests.simulators.small import small, story


def test_the_first_start_makes_people_and_says_so_once(alone: Terminal) -> None:
    port = free_port()
    (alone.folder / "clawband.toml").write_text(f'state = "s"\nport = {port}\n')
    told = [started(alone), started(alone)]
    assert [each["name"] for each in told[0]["operators"]] == ["ada", "olga"]
    assert told[1]["operators"] == []
    links = [each["link"] for each in told]
    assert all(each.startswith(f"http://localhost:{port}/welcome/") for each in links)
    assert links[0] != links[1], "the earlier one ends"
    assert told[0]["url"] == f"http://127.0.0.1:{port}"
    assert (alone.folder / "s").stat().st_mode & 0o077 == 0


def started(terminal: Terminal) -> dict:
    """What the server tells its starter; it ends when standard input does."""
    with subprocess.Popen(
        [sys.executable, "-m", "clawband", "-C", terminal.folder, "serve", "--leashed"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        busy = terminal("operator", "recover", "ada", "--offline")
        assert busy.code == 6
        assert "another Clawband is running" in busy.err
        process.communicate(timeout=20)
        assert process.returncode == 0
    return told


def test_recover_lets_somebody_in_again(alone: Terminal) -> None:
    recovered = alone("operator", "recover", "max", "--offline")
    assert recovered.code == 0, recovered
    name, roles, password = recovered.out.split()
    assert (name, roles) == ("max", "(admin):")
    assert len(password) >= 16
    assert alone("operator", "recover", "Bad Name", "--offline").code == 2
    assert alone("audit", "verify", "--store").code == 0


def test_recover_forgets_a_second_factor_and_a_link_is_given_until_there_is_one(tmp_path):
    @story
    async def told():
        async with small(tmp_path, bare=True) as house:
            people, clock = house.service.people, house.clock
            made = {each.name: each for each in await first_run.first_operators(house.service)}
            assert await first_run.first_link(house.service)
            signed = house.service.operators.who(await people.sign_in("ada", made["ada"].password))
            _, secret = people.begin_totp(signed)
            await people.finish_totp(signed, pyotp.TOTP(secret).at(clock.now()))
            assert await first_run.first_link(house.service) == ""
            _, machine = await first_run.sign_in(house.service)
            by_right = house.service.operators.who(machine)
            assert by_right.assurance == 1 and Role.ADMIN in by_right.operator.roles
            with pytest.raises(SecondFactorNeededError):
                await people.sign_in("ada", made["ada"].password)
            again = await first_run.recover(house.service, "ada")
            signed = house.service.operators.who(await people.sign_in("ada", again.password))
            assert signed.operator.roles == {Role.ADMIN, Role.OPERATOR}
            (lost,) = house.events("credential:remove")
            assert (lost.who, lost.outcome) == (first_run.MACHINE, "lost")

    told()
