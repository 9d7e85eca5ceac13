"""The flow of secrets for who looks: their own gateways, read again after a while."""

from dataclasses import replace

from clawband.flows.secret_flow import OwnUse, Reach
from clawband.model.person import Role
from clawband.openclaw.credentials import Held, Source
from clawband.ports.credentials import Found, Reading
from clawband.service.secret_flow import FRESH, SecretFlow
from tests.simulators.small import PASSWORD, small, story


class Counted:
    """Implements `ports.credentials.GatewayCredentials`."""

    def __init__(self):
        self.reads = 0

    def read(self):
        self.reads += 1
        held = Held(way=("hooks", "token"), source=Source.VALUE)
        return Reading(found=(Found("openclaw.json", held, "hooks"),))


@story
async def test_a_reading_holds_for_a_while(tmp_path):
    async with small(tmp_path) as house:
        files, service = Counted(), house.service
        uses = (OwnUse("mail", "file m", "mail.example"),)
        running = replace(service.running, credentials={"sample": files}, own_uses=uses)
        flow = SecretFlow(running, service.secrets, service.enforcement.standings)
        viewer = house.signed(Role.VIEWER)
        for reads in (1, 1):
            (course,) = await flow.courses(viewer)
            assert files.reads == reads
        assert [each.reach for each in course.strands] == [Reach.OPEN], "no canary has flown"
        house.clock.forward(seconds=FRESH.total_seconds())
        await flow.courses(viewer)
        assert files.reads == 2
        assert [each.key for each in flow.own(viewer)] == ["mail"]


@story
async def test_each_sees_their_own_environment(tmp_path):
    async with small(tmp_path) as house:
        people = house.service.people
        await house.service.operators.add_as("away", ["viewer@staging"], [], PASSWORD, "setup")
        away = house.service.operators.who(await people.sign_in("away", PASSWORD))
        assert await house.service.secret_flow.courses(away) == []
        assert house.service.secret_flow.own(away) == ()
        (course,) = await house.service.secret_flow.courses(house.signed(Role.VIEWER))
        assert course.problems, "nobody named its files"
