"""The real server as a process of its own, so that a test can kill it.

    python -m tests.e2e.serve STATE PORT HOLD_SECONDS APPROVAL_SECONDS CANARY_SECONDS

The first start on a state folder publishes the sample workflows, enrolls the gateway `sample` and
adds two operators; what they need to know is printed as one line of JSON.
"""

import json
import logging
import sys
from pathlib import Path

import uvloop

from clawband.bootstrap import running
from clawband.model import mail, providers, tls
from clawband.model.gateways import GatewaySettings
from clawband.service.service import Service
from clawband.settings import Settings

WORKFLOWS = Path(__file__).resolve().parents[2] / "examples" / "workflows"
PASSWORD = "correct horse battery staple"


async def first_start(service: Service) -> str:
    files = {path.name: path.read_text() for path in WORKFLOWS.glob("*.toml")}
    await service.policies.publish_as(files, "tests", "")
    await service.operators.add_as("ada", ["admin"], [], PASSWORD, "tests")
    # `olga` is also the person behind a chat account: she may not approve what she asked for.
    await service.operators.add_as("olga", ["approver"], ["telegram:4242"], PASSWORD, "tests")
    await service.operators.add_as("pia", ["approver"], [], PASSWORD, "tests")
    credential, _ = await service.gateways.enroll("sample", "dev", "tests")
    return credential


async def main(state: Path, port: int, hold: int, approval: int, canary: int) -> None:
    control = state.parent / "control.json"
    reach = json.loads(control.read_text()) if control.exists() else {}
    names = state.parent / "names.json"
    models = state.parent / "models.json"
    post = state.parent / "mail.json"
    authorities = state.parent / "authorities.pem"
    shown = state.parent / "tls.json"
    gateway = GatewaySettings(name="sample", **reach)
    settings = Settings(
        state=state,
        port=port,
        hold_seconds=hold,
        approval_seconds=approval,
        canary_seconds=canary,
        gateways=(gateway,),
        names=json.loads(names.read_text()) if names.exists() else {},
        authorities=str(authorities) if authorities.exists() else "",
        providers=providers.read(json.loads(models.read_text())) if models.exists() else (),
        tls=tls.read(json.loads(shown.read_text()) if shown.exists() else {}, {}),
        mail=mail.read(json.loads(post.read_text())) if post.exists() else None,
    )
    fresh = not settings.store.exists()
    async with running(settings) as service:
        credential = await first_start(service) if fresh else ""
        print(json.dumps({"credential": credential}), flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    import asyncio

    logging.basicConfig()
    state, *numbers = sys.argv[1:]
    port, hold, approval, canary = map(int, numbers)
    uvloop.run(main(Path(state), port, hold, approval, canary))
