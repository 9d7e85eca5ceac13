"""The set in force: when the first of all may be one person's."""

from dataclasses import replace

from clawband.model.errors import InvariantError
from clawband.service.policies import NEVER, Policies
from tests.simulators.small import small, story


class Broken:
    """A shelf that cannot be read, and says what is said where nothing was ever published."""

    def __getattr__(self, _name):
        raise InvariantError(NEVER)


@story
async def test_a_set_that_cannot_be_read_was_published_whatever_the_error_says(tmp_path):
    async with small(tmp_path) as house:
        assert house.service.policies.ever
        policies = Policies(replace(house.service.running, shelf=Broken()))
        policies.load()
        assert policies.problem == NEVER and policies.active is None
        assert policies.ever, "so the next one may take two people"
