"""A gateway's folders on this machine, with everything that an agent may not touch in them."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from clawband.adapters.filesystem.guarded import Guarded
from clawband.adapters.filesystem.lookup import MachineFiles
from clawband.openclaw.files import Reference
from clawband.ports.machine import Ground, View

TOKEN = "gateway-token-of-the-tests"


@dataclass(frozen=True)
class GuardedMachine:
    """`root` holds `gw` (the gateway), `cb` (Clawband), `ws` (a workspace), `home` and `else`."""

    root: Path
    files: MachineFiles

    @property
    def workspace(self) -> Path:
        return self.root / "ws"

    def leads_to(
        self, text: str, *, workspace: Path | None = None, home: str | None = None, **how: bool
    ) -> frozenset[Ground]:
        """What one path leads to, for an agent in `workspace`."""
        view = View(
            gateway="sample",
            workspaces=(str(workspace or self.workspace),),
            home=str(self.root / "home") if home is None else home,
        )
        return self.files.protected([Reference(text=text, **how)], view)

    def link(self, name: str, target: str | Path) -> str:
        """A symbolic link in the workspace; its name."""
        (self.workspace / name).symlink_to(target)
        return name

    def twin(self, name: str, target: Path) -> str:
        """A hard link in the workspace; its name."""
        os.link(target, self.workspace / name)
        return name


def guarded_machine(root: Path) -> GuardedMachine:
    """Make the folders and look at them."""
    for folder in ("gw/state/media/inbound", "gw/state/agents/main", "gw/state/skills/mail",
                   "gw/state/workspace", "gw/plugin/skills/x", "cb/keys", "ws/sub", "ws/notes",
                   "home", "else"):  # fmt: skip
        (root / folder).mkdir(parents=True)
    config = {
        "gateway": {"auth": {"token": TOKEN}},
        "channels": {"$include": "channels.json"},
        "agents": {"entries": {"support": {"workspace": str(root / "ws")}}},
        "plugins": {
            "load": {"paths": [str(root / "gw/plugin")]},
            "entries": {"clawband": {"config": {"credentialFile": str(root / "else/credential")}}},
        },
    }
    for name, text in {
        "gw/state/openclaw.json": json.dumps(config),
        "gw/state/openclaw.json.bak": "{}",
        "gw/state/channels.json": "{}",
        "gw/state/agents/main/auth.sqlite": "x",
        "gw/state/media/inbound/a.png": "x",
        "gw/state/skills/mail/SKILL.md": "x",
        "gw/state/workspace/notes.md": "x",
        "gw/plugin/index.js": "x",
        "gw/plugin/skills/x/SKILL.md": "x",
        "gw/token": TOKEN,
        "else/credential": "x",
        "else/free.txt": "x",
        "cb/keys/log.key": "x",
        "ws/notes.md": "x",
        "ws/sub/more.md": "x",
    }.items():
        (root / name).write_text(text)
    gateway = Guarded(
        config=str(root / "gw/state/openclaw.json"), token_file=str(root / "gw/token")
    )
    own = {str(root / "cb"): Ground.CLAWBAND}
    return GuardedMachine(root, MachineFiles(own, {"sample": gateway}))
