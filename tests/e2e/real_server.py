"""Starts, stops, freezes and kills the real server, and speaks to its operators' API."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from clawband.adapters.keys import secret_file
from clawband.enforcement import credentials
from examples.sample.gateway import free_port
from tests.e2e.serve import PASSWORD

JSON = ("application/json", "application/problem+json")
ROOT = Path(__file__).resolve().parents[2]


class RealServer:
    """One state folder, one process at a time."""

    def __init__(
        self, folder: Path, *, hold: int = 120, approval: int = 600, canary: int = 120
    ) -> None:
        self.folder = folder
        self.state = folder / "s"
        self.socket = self.state / "gateway.sock"
        self.credential_file = folder / "credential"
        self.port = free_port()
        self.times = [str(hold), str(approval), str(canary)]
        self.process: subprocess.Popen[str] | None = None
        self._tokens: dict[str, str] = {}

    @property
    def proxy(self) -> str:
        """The egress proxy's address for the gateway `sample`. May be asked before the start."""
        keys = self.state / "keys"
        keys.mkdir(mode=0o700, parents=True, exist_ok=True)
        password = credentials.password(
            secret_file(keys / "egress.key"), credentials.EGRESS, "sample"
        )
        return f"http://gateway.sample:{password}@127.0.0.1:{self.port + 1}"

    def find(self, names: dict[str, str]) -> None:
        """Where the proxy finds these hosts; a server that runs is started again."""
        self.folder.joinpath("names.json").write_text(json.dumps(names))
        if self.process:
            self.stop()
            self.start()

    def start(self) -> "RealServer":
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.serve", self.state, str(self.port), *self.times],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the server did not start"
        credential = json.loads(line)["credential"]
        if credential:
            self.credential_file.touch(0o600)
            self.credential_file.write_text(credential)
        return self

    def stop(self) -> None:
        """The polite end."""
        if self.process and self.process.poll() is None:
            assert self.process.stdin is not None
            self.process.stdin.close()
            self.process.wait(15)
            self._close()

    def kill(self) -> None:
        """The end that nobody can prepare for."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self._close()

    def _close(self) -> None:
        assert self.process and self.process.stdin and self.process.stdout
        self.process.stdin.close()
        self.process.stdout.close()

    def freeze(self) -> None:
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGCONT)

    def call(self, method: str, path: str, body: Any = None, *, who: str = "ada") -> Any:
        """A call of the operators' API; the decoded answer, whatever its status."""
        answer = httpx.request(
            method,
            f"http://127.0.0.1:{self.port}/api/v1{path}",
            json=body if method != "GET" else None,
            headers={"authorization": f"Bearer {self._token(who)}"},
            timeout=20,
        )
        is_object = answer.headers["content-type"] in JSON
        return answer.json() if is_object else answer.content

    def events(self, **wanted: str) -> list[dict[str, Any]]:
        """Newest first."""
        query = "&".join(f"{key}={value}" for key, value in {"limit": "500", **wanted}.items())
        found: list[dict[str, Any]] = self.call("GET", f"/events?{query}")["events"]
        return found

    def decisions(self, action: str, session: str) -> list[dict[str, Any]]:
        """About this action, in sessions whose name holds this; newest first."""
        return [
            each
            for each in self.events()
            if each["tag"].startswith("decision:") and each["action"] == action
            if session in each["session"]
        ]

    def explanation(self, decision: str) -> dict[str, Any]:
        """Why, and where its values come from."""
        found: dict[str, Any] = self.call("GET", f"/decisions/{decision}/explanation")
        return found

    def waiting(self, timeout: float = 30, agent: str = "sample/") -> dict[str, Any]:
        """The approval that waits, of an agent whose name begins so, once there is one."""
        return self.until(
            lambda: [
                each
                for each in self.call("GET", "/approvals")["approvals"]
                if each["state"] == "pending" and each["agent"].startswith(agent)
            ],
            timeout,
        )[0]

    def until(self, look: Any, timeout: float = 30) -> Any:
        """What `look` returns once it is true."""
        end = time.monotonic() + timeout
        while not (found := look()):
            assert time.monotonic() < end, "waited in vain"
            time.sleep(0.1)
        return found

    def renewed(self, who: str, token: str) -> None:
        """They go on with this token."""
        self._tokens[who] = token

    def _token(self, who: str) -> str:
        if who not in self._tokens:
            answer = httpx.post(
                f"http://127.0.0.1:{self.port}/api/v1/session",
                json={"name": who, "password": PASSWORD},
                timeout=20,
            )
            self._tokens[who] = answer.json()["token"]
        return self._tokens[who]
