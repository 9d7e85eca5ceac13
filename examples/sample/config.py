"""The sample gateway's `openclaw.json`."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

AGENTS = ("lead", "support", "document", "assistant")


@dataclass(frozen=True)
class Layout:
    """Where the sample gateway keeps what. Everything is inside `root`."""

    root: Path
    state: Path = field(init=False)
    home: Path = field(init=False)
    config: Path = field(init=False)
    company: Path = field(init=False)
    effects: Path = field(init=False)
    token: Path = field(init=False)
    output: Path = field(init=False)
    pid: Path = field(init=False)

    def __post_init__(self) -> None:
        for name, tail in (
            ("state", "state"),
            ("home", "home"),
            ("config", "state/openclaw.json"),
            ("company", "company.json"),
            ("effects", "effects.jsonl"),
            ("token", "gateway.token"),
            ("output", "gateway.log"),
            ("pid", "gateway.pid"),
        ):
            object.__setattr__(self, name, self.root / tail)


def openclaw_json(
    layout: Layout,
    plugins: dict[str, Any],
    *,
    addresses: dict[str, str],
    gateway: dict[str, Any],
    tool_search: bool,
    model_key: str = "none",
) -> dict[str, Any]:
    """The whole configuration: `addresses` of `model`, `chat` and `proxy`, which is empty for none;
    `gateway` port and token."""
    fetch = {"useTrustedEnvProxy": True, "cacheTtlMinutes": 0}
    proxy = addresses["proxy"]
    return {
        "gateway": {
            "mode": "local",
            "port": gateway["port"],
            "bind": "loopback",
            "auth": {"mode": "token", "token": gateway["token"]},
            "http": {"endpoints": {"chatCompletions": {"enabled": True}}},
        },
        "models": {
            "catalogRefresh": {"enabled": False},
            "providers": _provider(addresses["model"], model_key),
        },
        "agents": _agents(layout),
        "bindings": [
            {"agentId": name, "match": {"channel": "telegram", "accountId": name}}
            for name in AGENTS
        ],
        "channels": {"telegram": _telegram(addresses["chat"])},
        "session": {"dmScope": "per-account-channel-peer"},
        "plugins": plugins,
        "tools": {
            **({} if tool_search else {"toolSearch": False}),
            "exec": {"security": "full", "ask": "off"},
            "fs": {"workspaceOnly": True},
            **({"web": {"fetch": fetch}} if proxy else {}),
        },
        **({"proxy": {"proxyUrl": proxy}} if proxy else {}),
        "update": {"checkOnStart": False, "auto": {"enabled": False}},
        "telemetry": {"enabled": False},
        "logging": {"file": str(layout.root / "openclaw.jsonl")},
        "discovery": {"mdns": {"mode": "off"}},
        "cron": {"enabled": False},
    }


def plugin_entries(layout: Layout, folders: list[Path], guard: dict[str, Any]) -> dict[str, Any]:
    """The `plugins` part, for the plugins in these folders; `guard` configures Clawband's."""
    entries: dict[str, Any] = {}
    for folder in folders:
        manifest = json.loads(folder.joinpath("openclaw.plugin.json").read_text())
        entries[manifest["id"]] = {"enabled": True}
    sample = {"company": str(layout.company), "effects": str(layout.effects)}
    entries["sample-tools"]["config"] = sample
    if "clawband" in entries:
        entries["clawband"] |= {"hooks": {"allowConversationAccess": True}, "config": guard}
    paths = [str(folder) for folder in folders]
    return {"allow": [*entries, "telegram"], "load": {"paths": paths}, "entries": entries}


def _provider(url: str, key: str) -> dict[str, Any]:
    model = {
        "id": "rules",
        "name": "Rules",
        "contextWindow": 200_000,
        "maxTokens": 8_000,
        "input": ["text"],
        "reasoning": False,
        "cost": {"input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0},
    }
    speaks = {"baseUrl": f"{url}/v1", "apiKey": key, "api": "openai-completions"}
    return {"sample": {**speaks, "models": [model]}}


def _agents(layout: Layout) -> dict[str, Any]:
    defaults = {"model": {"primary": "sample/rules"}, "skipBootstrap": True}
    entries = {
        name: {"name": name, "workspace": str(layout.root / "workspaces" / name)} for name in AGENTS
    }
    return {"defaults": defaults, "entries": entries}


def _telegram(url: str) -> dict[str, Any]:
    """One bot per agent. Previews are off: they would show text that no gate has seen."""
    return {
        "enabled": True,
        "apiRoot": url,
        "network": {"dangerouslyAllowPrivateNetwork": True},
        "dmPolicy": "open",
        "allowFrom": ["*"],
        "streaming": {"mode": "off"},
        "defaultAccount": AGENTS[0],
        "accounts": {
            name: {"botToken": f"{number}:{name}_sample", "name": name}
            for number, name in enumerate(AGENTS, start=100_001)
        },
    }
