"""What the secret provider asks and is told: OpenClaw's protocol 1, for enrolled gateways."""

from tests.edges.api.calling import calling, is_problem
from tests.service.test_lending import AWAY, KEY, kept
from tests.simulators.small import story

PATH = "/gateway/v1/secrets"


@story
async def test_values_and_errors_by_id(tmp_path):
    async with calling(tmp_path) as caller:
        await kept(caller.house, KEY, AWAY)
        asked = {"protocolVersion": 1, "provider": "clawband", "ids": ["key", "away", "none"]}
        told = (await caller.post(PATH, asked)).json()
        mark = caller.house.service.lending.placeholder("away", caller.house.gateway)
        assert told == {
            "protocolVersion": 1,
            "values": {"key": "value of key", "away": mark},
            "errors": {"none": {"code": "NOT_FOUND"}},
        }


@story
async def test_who_is_no_gateway_and_what_is_no_question(tmp_path):
    async with calling(tmp_path) as caller:
        await kept(caller.house, KEY)
        asked = {"protocolVersion": 1, "ids": ["key"]}
        for credential in ("", "wrong", caller.house.tokens["admin"]):
            is_problem(await caller.post(PATH, asked, credential), 401)
        newer, odd = {**asked, "protocolVersion": 2}, {**asked, "ids": [1]}
        for wrong in (newer, odd, {"ids": ["key"]}, b"{"):
            is_problem(await caller.post(PATH, wrong), 400)
        assert caller.house.events("secret:lend") == []
