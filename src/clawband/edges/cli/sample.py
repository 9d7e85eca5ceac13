"""The sample deployment as `clawband up` brings it: policy, people, credential, gateway."""

import json
import socket
from collections.abc import Mapping
from contextlib import ExitStack
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
PARTS = ("gateway", "model", "chat", "web")
SITES = ("news.example", "status.example.com")
"""What the sample's web serves, under these names."""
ROOT = Path(clawband.__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Sample:
    """Where the sample lives and how it will be reached."""

    folder: Path
    ports: Mapping[str, int]
    """Of `gateway`, `model`, `chat` and `web`."""

    @property
    def guarded(self) -> str:
        """What the server must know to control it and to reach its parts, for `serve --guard`."""
        gateway = {
            "name": NAME,
            "environment": ENVIRONMENT,
            "url": f"ws://127.0.0.1:{self.ports['gateway']}",
            "token_file": str(self.folder / "gateway.token"),
            "config": str(self.folder / "state" / "openclaw.json"),
        }
        place = {part: f"127.0.0.1:{port}" for part, port in self.ports.items()}
        names = {"chat.sample.test": place["chat"], **dict.fromkeys(SITES, place["web"])}
        model = {"name": NAME, "url": f"http://{place['model']}/v1", "region": "here"}
        return json.dumps({"gateway": gateway, "names": names, "model": model})


def prepared(place: Place) -> Sample:
    """Raises `NotFoundError` where there is no sample: only the source has it."""
    if not (ROOT / "examples" / "sample").is_dir():
        raise NotFoundError(
            "there is no sample gateway here: it comes with the source",
            remedy="name your gateway in `clawband.toml`: `[[gateway]]` and `name = ...`",
        )
    with ExitStack() as held:
        doors = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in PARTS]
        ports = {part: int(door.getsockname()[1]) for part, door in zip(PARTS, doors, strict=True)}
    return Sample(place.settings.state / NAME, ports)


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


def _boundaries(place: Place) -> Path:
    """The file that tells the gateway how to reach network and model."""
    path = place.settings.state / f"{NAME}.boundaries"
    write_private(path, json.dumps(place.client.get(f"/gateways/{NAME}/boundaries")))
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
    arguments += ["--ports", json.dumps(sample.ports), "--guard", json.dumps(guard)]
    arguments += ["--boundaries", str(_boundaries(place))]
    log = place.settings.state / "sample.log"
    return children.start("the sample gateway", arguments, cwd=ROOT, log=log)
