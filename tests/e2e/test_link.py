"""A real gateway as on another host: it reaches the server by mutual TLS at another address."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from clawband.edges.cli import keyed
from examples.sample.gateway import SampleGateway, free_port
from tests.e2e.conftest import Guard
from tests.e2e.real_server import RealServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
HOST = "127.0.0.2"


@dataclass(frozen=True)
class Elsewhere(Guard):
    """What the plugin on the other host is told: no socket."""

    url: str = ""
    folder: Path = Path()

    def plugin_config(self) -> dict[str, Any]:
        return {
            "url": self.url,
            "tlsFolder": str(self.folder),
            "credentialFile": str(self.credential_file),
        }


@pytest.fixture(scope="module")
def listen() -> str:
    return f"{HOST}:{free_port()}"


@pytest.fixture(scope="module")
def server(listen: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    folder = tmp_path_factory.mktemp("cb")
    link = {"listen": listen, "names": [HOST]}
    (folder / "tls.json").write_text(json.dumps({"link": link}))
    running = RealServer(folder)
    yield running.start()
    running.stop()


@pytest.fixture(scope="module")
def folder(server: RealServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """On the gateway's side: its key never leaves it."""
    there = tmp_path_factory.mktemp("there") / "link"
    keyed.made(there)
    issued(server, there, "sample")
    return there


@pytest.fixture(scope="module")
def guard(server: RealServer, listen: str, folder: Path) -> Guard:
    return Elsewhere(server.socket, server.credential_file, f"https://{listen}", folder)


def issued(server: RealServer, folder: Path, gateway: str) -> str:
    """A certificate for the key in the folder, put beside it; its serial."""
    request = keyed.text(folder / keyed.REQUEST)
    told = server.call("POST", "/certificates", {"gateway": gateway, "request": request})
    keyed.put(folder, told)
    listed = server.call("GET", "/certificates")["certificates"]
    mine = [each for each in listed if each["use"] == "gateway" and each["name"] == gateway]
    return str(max(mine, key=lambda each: each["made"])["serial"])


def asks(gateway: SampleGateway) -> str:
    gateway.layout.effects.write_text("")
    return gateway.chat("support", "summarise ticket 3")


def ran(gateway: SampleGateway) -> list[str]:
    return [each["tool"] for each in gateway.effects()]


def test_it_is_guarded_over_the_link_until_its_certificate_is_revoked(
    gateway: SampleGateway, server: RealServer, folder: Path
) -> None:
    assert "The tool said" in asks(gateway) and ran(gateway) == ["ticket_summary"]
    assert server.events(tag="decision:permit")
    (seen,) = server.call("GET", "/gateways")["gateways"]
    assert seen["alive"], "its heartbeats come over the link too"
    server.call("POST", "/certificates/link/renew")
    assert "The tool said" in asks(gateway), "what the server shows may change at any time"
    listed = server.call("GET", "/certificates")["certificates"]
    (serial,) = [each["serial"] for each in listed if each["use"] == "gateway"]
    server.call("POST", f"/certificates/{serial}/revoke", {"because": "the host was sold"})
    assert "The tool said" not in asks(gateway) and ran(gateway) == []
    assert any("was revoked" in json.dumps(each) for each in server.events(tag="request:refuse"))
    issued(server, folder, "sample")
    server.until(lambda: "The tool said" in asks(gateway))
    assert ran(gateway) == ["ticket_summary"], "the next certificate is shown without a restart"


def test_the_certificate_of_another_gateway_opens_nothing(
    gateway: SampleGateway, server: RealServer, folder: Path
) -> None:
    server.call("POST", "/gateways", {"name": "other", "environment": "dev"})
    issued(server, folder, "other")
    assert "The tool said" not in asks(gateway) and ran(gateway) == []
    refused = server.events(tag="request:refuse")[0]
    assert "is that of the gateway `other`" in json.dumps(refused)
    issued(server, folder, "sample")
    os.utime(folder / keyed.CHAIN)
    server.until(lambda: "The tool said" in asks(gateway))
