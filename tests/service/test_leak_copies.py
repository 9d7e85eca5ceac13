"""Where a leaked value is looked for: not in the files of an environment that is not its own."""

from dataclasses import replace

import pytest

from clawband.adapters.filesystem.copies import MachineFolders
from clawband.adapters.filesystem.guarded import Guarded
from clawband.flows.leak import Asked
from clawband.model.errors import AuthenticationError
from clawband.model.leak import Step
from tests.service.rotating import kept
from tests.simulators.rotor import MemoryRotor
from tests.simulators.small import small, story

HOW = Asked(how="a colleague pasted it into a chat")


@story
async def test_a_value_is_no_question_about_the_files_of_another_environment(tmp_path):
    """Else who may set a value in one guesses, letter by letter, what stands in the other's."""
    state = tmp_path / "state"
    state.mkdir()
    (state / "openclaw.json").write_text('{"token": "the first value and more"}')
    async with small(tmp_path / "house") as house:
        await kept(house, MemoryRotor())
        await house.service.gateways.enroll("live", "production", "setup")
        files = MachineFolders({"live": Guarded(config=str(state / "openclaw.json"))})
        object.__setattr__(house.service.running, "folders", files)
        me = house.signed("operator")
        here = replace(me, operator=replace(me.operator, roles=frozenset({"operator@dev"})))
        there = replace(HOW, folders=(str(state),))
        with pytest.raises(AuthenticationError, match="everywhere"):
            await house.service.leaks.open("crm/key", there, here)
        leak = await house.service.leaks.open("crm/key", HOW, here)
        with pytest.raises(AuthenticationError, match="everywhere"):
            await house.service.leaks.take(leak.id, Step.COPIES, here, folders=[str(state)])
        await house.service.leaks.take(leak.id, Step.COPIES, here)
        assert not house.service.leaks.get(leak.id, me).value.copies
        await house.service.leaks.take(leak.id, Step.COPIES, me, folders=[str(state)])
        assert house.service.leaks.get(leak.id, me).value.copies
