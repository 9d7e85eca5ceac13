"""The sample deployment as `clawband up` brings it: policy, people, credential, gateway."""

import json
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import clawband
from clawband.edges.cli import files
from clawband.edges.cli.place import Place, write_private
from clawband.edges.cli.supervise import Child, Children
from clawband.model.errors import NotFoundError

NAME = "sample"
ENVIRONMENT = "dev"
ROOT = Path(clawband.__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Sample:
    """Where the sample lives and how it will be reached."""

    folder: Path
    port: int

    @property
    def guarded(self) -> str:
        """What the server must know to control it, for `serve --guard`."""
        address = {"url": f"ws://127.0.0.1:{self.port}"}
        token = {"token_file": str(self.folder / "gateway.token")}
        config = {"config": str(self.folder / "state" / "openclaw.json")}
        return json.dumps({"name": NAME, "environment": ENVIRONMENT, **address, **token, **config})


def prepared(place: Place) -> Sample:
    """Raises `NotFoundError` where there is no sample: only the source has it."""
    if not (ROOT / "examples" / "sample").is_dir():
        raise NotFoundError(
            "there is no sample gateway here: it comes with the source",
            remedy="name your gateway in `clawband.toml`: `[[gateway]]` and `name = ...`",
        )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    return Sample(place.settings.state / NAME, port)


def publish_first(place: Place) -> str:
    """Publish policy when none is in force; says what is in force now."""
    current = place.client.get("/policy")
    if current["active"]:
        return f"policy in force: {current['active'][:19]}… (change it with `policy publish`)"
    folder = place.settings.policies
    if not folder.is_dir():
        folder = ROOT / "examples" / "workflows"
    body = {"files": dict(files.policies(folder)), "note": "first set, published by set-up"}
    told = place.client.post("/policy", body)
    return f"{told['policies']} policies from {folder.name}/ are in force"


def credential(place: Place) -> Path:
    """The file with the sample's credential; enrolled when it is not known to the server."""
    path = place.settings.state / f"{NAME}.credential"
    known = {each["name"] for each in place.client.get("/gateways")["gateways"]}
    if NAME not in known or not path.exists():
        body = {"name": NAME, "environment": ENVIRONMENT}
        given: dict[str, Any] = place.client.post("/gateways", body)
        write_private(path, given["credential"] + "\n")
    return path


def start(place: Place, sample: Sample, children: Children) -> Child:
    """The gateway with its model provider and its chat network, installed first if need be."""
    guard = {
        "socket": str(place.settings.socket),
        "credentialFile": str(credential(place)),
        "deadlineMs": 1000,
    }
    arguments = ["-m", "examples.sample", str(sample.folder)]
    arguments += ["--modules", str(ROOT / ".clawband" / "openclaw")]
    arguments += ["--port", str(sample.port), "--guard", json.dumps(guard)]
    log = place.settings.state / "sample.log"
    return children.start("the sample gateway", arguments, cwd=ROOT, log=log)
