"""Attacks by a terminal that was let in: longer than it may, and past the second factor."""

import pytest

from clawband.identity.session import LIFE, Seen
from clawband.model.errors import AuthenticationError, StepUpNeededError
from tests.simulators.signing_on import signing_on
from tests.simulators.small import story


async def let_in(world, **claims):
    """A terminal of an administrator who has two factors at the provider and none here; with the
    secret of the browser that let it in."""
    service, browser = world.house.service, world.http.cookies
    await world.sign_in(groups=["admins"], auth_time=world.issuer.now(), **claims)
    begun = service.terminals.begin("", Seen(terminal=True))
    await service.terminals.approve(begun.code, service.operators.who(browser["clawband"]))
    return await service.terminals.enter(begun.device), browser["clawband"]


@story
async def test_a_terminal_is_no_way_round_the_second_factor_at_the_provider(tmp_path):
    async with signing_on(tmp_path) as world:
        service = world.house.service
        secret, _ = await let_in(world)
        await service.people.invite("vi", ["viewer"], (), service.operators.who(secret))
        world.house.clock.forward(minutes=6)
        stale = service.operators.who(secret)
        assert stale.assurance == 2 and stale.second_factor
        with pytest.raises(StepUpNeededError) as asked:
            await service.people.invite("eve", ["admin"], (), stale)
        assert "`clawband login` again" in asked.value.remedy
        with pytest.raises(AuthenticationError) as shown:
            await service.people.step_up(stale, "000000")
        assert "from a browser" in shown.value.remedy


@story
async def test_a_terminal_renews_itself_for_nobody_and_ends_with_what_it_came_from(tmp_path):
    async with signing_on(tmp_path) as world:
        service = world.house.service
        secret, browser = await let_in(world)
        following = service.terminals.begin("", Seen(terminal=True))
        with pytest.raises(AuthenticationError, match="no other terminal"):
            await service.terminals.approve(following.code, service.operators.who(secret))
        world.house.clock.forward(minutes=4)
        late, parent = service.terminals.begin("", Seen()), service.operators.who(browser)
        await service.terminals.approve(late.code, parent)
        child = await service.terminals.enter(late.device)
        assert service.terminals.left(child) == LIFE.total_seconds() - 4 * 60
        world.house.clock.forward(seconds=LIFE.total_seconds() - 4 * 60)
        with pytest.raises(AuthenticationError, match="not signed in"):
            service.operators.who(child)
