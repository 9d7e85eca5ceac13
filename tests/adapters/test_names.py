"""Names: the machine's own, those of the settings, and nobody who waits for ever."""

import pytest

from clawband.adapters.names import MachineNames
from clawband.model.errors import UnavailableError
from clawband.ports.names import Endpoint
from tests.simulators.small import story


@story
async def test_the_machine_says_where_a_name_is():
    found = await MachineNames({}).find("localhost", 8080)
    assert Endpoint("127.0.0.1", 8080) in found or Endpoint("::1", 8080) in found
    assert len(set(found)) == len(found)


@story
async def test_the_settings_say_it_first_and_with_their_port():
    names = MachineNames({"model.test": "10.1.0.5:8080", "six.test": "[fd00::1]:443"})
    assert await names.find("model.test", 80) == [Endpoint("10.1.0.5", 8080)]
    assert await names.find("six.test", 80) == [Endpoint("fd00::1", 443)]


@pytest.mark.parametrize("place", ["model.internal:80", "10.1.0.5", "10.1.0.5:0", "", "10.1:80"])
def test_the_settings_name_addresses_with_ports(place):
    with pytest.raises(ValueError, match="expected `address:port`"):
        MachineNames({"model.test": place})


@story
async def test_a_name_that_is_none_is_said():
    with pytest.raises(UnavailableError, match="has no address"):
        await MachineNames({}).find("no-such-name.invalid", 80)


@story
async def test_nobody_waits_for_a_silent_name_server():
    names = MachineNames({}, seconds=0)
    with pytest.raises(UnavailableError, match="in time"):
        await names.find("localhost", 80)


@story
async def test_too_many_questions_are_not_kept():
    names = MachineNames({"model.test": "10.1.0.5:8080"}, waiting=0)
    with pytest.raises(UnavailableError, match="too many names"):
        await names.find("localhost", 80)
    assert await names.find("model.test", 80)
    names.close()
