"""Runs the sample deployment: a real OpenClaw gateway and its model, chat network and web."""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from examples.sample.chat_network import ChatNetwork
from examples.sample.config import AGENTS, Layout, openclaw_json, plugin_entries
from examples.sample.model_server import ModelServer
from examples.sample.web import Web

HERE = Path(__file__).parent
GUARD = HERE.parent.parent / "plugin"
READY = "[gateway] ready"
START_SECONDS = 240.0
"""It takes 15 s on an idle machine of two processors, and minutes on a busy one."""
MODEL, CHAT = "model.sample.test", "chat.sample.test"


def free_port() -> int:
    """A loopback port that nobody listens on now, nor on the two after it.

    Below those that systems hand out by themselves, so that nobody is given one of them meanwhile.
    """
    while True:
        port = 10_000 + secrets.randbelow(20_000)
        if all(_is_free(port + more) for more in range(3)):
            return port


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def real_program(node: Path) -> Path:
    """The program behind `node`, which may be a wrapper: signals must reach the gateway itself."""
    answer = subprocess.run(
        [node, "-p", "process.execPath"], capture_output=True, text=True, check=True
    )
    return Path(answer.stdout.strip())


class SampleGateway:
    """One deployment in one folder. Not thread-safe; `start` and `stop` may be repeated.

    `plugin_config` is what Clawband's plugin gets; None leaves the gateway unguarded.
    `modules` is a `node_modules` folder with OpenClaw in it; `more_plugins` are plugin folders.
    `proxy` is the address of the guard's: then everything goes through that, under the host names
    of `names`, and there are sites to read.
    What is put into `wrap`, such as `clawband contain run --`, starts the gateway process.
    `models` may be set to the address and the key of a model gateway in front of its model.
    `ports` names those of `gateway`, `model`, `chat` and `web`; else they are free ones.
    """

    def __init__(
        self,
        directory: Path,
        plugin_config: dict[str, Any] | None,
        *,
        node: Path,
        modules: Path,
        tool_search: bool = False,
        more_plugins: Sequence[Path] = (),
        proxy: str = "",
        ports: Mapping[str, int] | None = None,
    ) -> None:
        self.layout = Layout(directory)
        self.node, self.modules = real_program(node), modules
        self.tool_search = tool_search
        self.plugin_config, self.proxy = plugin_config, proxy
        self.wrap: Sequence[str] = ()
        self.models: tuple[str, str] | None = None
        self.plugins = [HERE / "tools", *([] if plugin_config is None else [GUARD]), *more_plugins]
        self.port = (ports or {}).get("gateway", 0) or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.config_path, self.log = self.layout.config, self.layout.output
        given = ports or {}
        self.model, self.web = ModelServer(given.get("model", 0)), Web(given.get("web", 0))
        self.chat_network = ChatNetwork(given.get("chat", 0))
        self.process: subprocess.Popen[bytes] | None = None
        self.token = ""

    def prepare(self) -> None:
        """Write the folder: configuration, token, company. What is there already is kept."""
        layout = self.layout
        workspaces = [layout.root / "workspaces" / agent for agent in AGENTS]
        for folder in (layout.state, layout.home, *workspaces):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not layout.token.exists():
            _write_private(layout.token, secrets.token_hex(32))
        self.token = layout.token.read_text()
        if not layout.company.exists():
            shutil.copyfile(HERE / "company.json", layout.company)
        layout.effects.touch()
        plugins = plugin_entries(layout, self.plugins, self.plugin_config or {})
        config = openclaw_json(
            layout,
            plugins,
            addresses=self._addresses(),
            model_key=self.models[1] if self.models else "none",
            gateway={"port": self.port, "token": self.token},
            tool_search=self.tool_search,
        )
        _write_private(layout.config, json.dumps(config, indent=2))

    def _addresses(self) -> dict[str, str]:
        model = self.models[0] if self.models else ""
        if self.proxy:
            model = model or f"http://{MODEL}"
            return {"model": model, "chat": f"http://{CHAT}", "proxy": self.proxy}
        return {"model": model or self.model.url, "chat": self.chat_network.url, "proxy": ""}

    @property
    def names(self) -> dict[str, str]:
        """Where the guard's proxy finds the sample's parts, for `[names]` of its settings."""
        places = {MODEL: self.model.url, CHAT: self.chat_network.url}
        sites = dict.fromkeys(("news.example", "status.example.com"), self.web.url)
        return {name: url.removeprefix("http://") for name, url in {**places, **sites}.items()}

    def start(self, timeout: float = START_SECONDS) -> "SampleGateway":
        """Start everything and wait for the gateway; raises `RuntimeError` if it is not ready."""
        self.prepare()
        for part in (self.model, self.chat_network, self.web):
            part.start()
        try:
            self.launch(timeout)
        except BaseException:
            self.stop()
            raise
        return self

    def launch(self, timeout: float = START_SECONDS) -> None:
        """Start only the gateway process, in a process group of its own."""
        self._end_left_over()
        begin = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [*self.wrap, self.node, self.modules / "openclaw/openclaw.mjs", "gateway", "run"],
                cwd=self.layout.home,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.layout.pid.write_text(str(self.process.pid))
        self._await_ready(begin, time.monotonic() + timeout)

    def _end_left_over(self) -> None:
        """End a gateway of this folder whose starter was killed; it would keep the state locked."""
        if not self.layout.pid.exists():
            return
        pid = self.layout.pid.read_text().strip()
        looks = subprocess.run(
            ["ps", "-o", "pgid=,command=", "-p", pid],
            capture_output=True,
            text=True,
            check=False,
        )
        group, _, command = looks.stdout.strip().partition(" ")
        if group == pid and "openclaw" in command:
            os.killpg(int(pid), signal.SIGKILL)
            time.sleep(0.5)
        self.layout.pid.unlink()

    def _await_ready(self, begin: int, end: float) -> None:
        while True:
            said = self.log.read_bytes()[begin:].decode("utf-8", "replace")
            if READY in said:
                return
            if self.process is None or self.process.poll() is not None or time.monotonic() > end:
                self.halt()
                raise RuntimeError(f"the sample gateway did not become ready:\n{said[-3000:]}")
            time.sleep(0.1)

    def _environment(self) -> dict[str, str]:
        path = f"{self.node.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        return {
            "PATH": path,
            "HOME": str(self.layout.home),
            "LANG": os.environ.get("LANG", "C.UTF-8"),
            "OPENCLAW_STATE_DIR": str(self.layout.state),
            "OPENCLAW_CONFIG_PATH": str(self.layout.config),
            "OPENCLAW_NO_RESPAWN": "1",
            "OPENCLAW_NO_AUTO_UPDATE": "1",
        }

    def halt(self, grace: float = 15) -> None:
        """Stop the gateway process and all its children."""
        process, self.process = self.process, None
        if process is None:
            return
        try:
            process.terminate()
            process.wait(grace)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            pass
        try:
            os.killpg(process.pid, signal.SIGKILL)  # children that outlived it
        except ProcessLookupError:
            pass
        process.wait()
        self.layout.pid.unlink(missing_ok=True)

    def stop(self) -> None:
        """Stop everything."""
        self.halt()
        for part in (self.model, self.chat_network, self.web):
            part.stop()

    def restart(self, timeout: float = START_SECONDS) -> None:
        """Stop the gateway process and start it again with the same state."""
        self.halt()
        self.launch(timeout)

    def chat(self, agent: str, text: str, *, sender: str = "ana", timeout: float = 60) -> str:
        """Say something to the agent's bot and return its first answer; empty if none came."""
        number = self.chat_network.send(agent, sender, text)
        end = time.monotonic() + timeout
        while (left := end - time.monotonic()) > 0:
            for said in self.chat_network.after(number, min(left, 5)):
                number = said["n"]
                if said["from"] == f"{agent}_bot" and said["person"] == sender:
                    return str(said["text"])
        return ""

    def complete(self, agent: str, text: str, *, timeout: float = 120) -> str:
        """Run one turn over the gateway's HTTP endpoint and return the answer's text."""
        body = {"model": f"openclaw/{agent}", "messages": [{"role": "user", "content": text}]}
        request = urllib.request.Request(
            f"{self.url}/v1/chat/completions",
            data=json.dumps(body).encode(),
            headers={"authorization": f"Bearer {self.token}", "content-type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=timeout) as reply:
                answer = json.load(reply)
        except urllib.error.HTTPError as error:
            return error.read().decode("utf-8", "replace")
        return str(answer["choices"][0]["message"]["content"])

    def told(self) -> str:
        """What the model was told as the result of its last tool call; empty if it made none."""
        turns = [m for request in self.model.requests for m in request["messages"]]
        results = [message["content"] for message in turns if message["role"] == "tool"]
        return str(results[-1]) if results else ""

    def effects(self, tool: str | None = None) -> list[dict[str, Any]]:
        """Every call of a company tool that really ran, oldest first."""
        lines = [json.loads(line) for line in self.layout.effects.read_text().splitlines()]
        return [line for line in lines if tool in (None, line["tool"])]

    def company(self) -> dict[str, Any]:
        """The company's records as they are now."""
        records: dict[str, Any] = json.loads(self.layout.company.read_text())
        return records


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text)
