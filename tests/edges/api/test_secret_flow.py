"""The flow of secrets over the API: what is read of a gateway's files, and never a value."""

from dataclasses import replace

from clawband.openclaw.credentials import Held, Source
from clawband.ports.credentials import Found, Reading
from clawband.service.secret_flow import SecretFlow
from tests.edges.api.calling import calling
from tests.simulators.small import story


class Files:
    """Implements `ports.credentials.GatewayCredentials`."""

    def read(self):
        held = Held(way=("hooks", "token"), source=Source.VALUE)
        found = Found("openclaw.json", held, "hooks")
        return Reading(found=(found,), problems=("`.env` cannot be read",))


@story
async def test_every_credential_with_how_near_agents_are(tmp_path):
    async with calling(tmp_path) as caller:
        service = caller.house.service
        running = replace(service.running, credentials={"sample": Files()})
        service.secret_flow = SecretFlow(running, service.secrets, service.enforcement.standings)
        told = (await caller.operate("GET", "/secret-flow", role="viewer")).json()
        assert told["own"] == []
        (course,) = told["gateways"]
        (strand,) = course.pop("credentials")
        assert course == {
            "gateway": "sample", "environment": "dev", "governed": False,
            "problems": ["`.env` cannot be read"],
        }  # fmt: skip
        assert (strand["key"], strand["reach"], strand["unsafe"]) == ("hooks.token", "open", True)
        assert strand["because"] == "OpenClaw takes a value only here" and strand["mend"] == ""
