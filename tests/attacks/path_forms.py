"""Ways to write a path, the tools that take one, and a workflow that grants everything to them."""

import os
import socket
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from clawband.ports.machine import Ground
from tests.simulators.guarded_machine import GuardedMachine
from tests.simulators.small import WORKFLOWS

FILES = """
name = "files"
owner = "tests"
purpose = "every tool that takes a file"
environment = "dev"
agents = ["sample/support"]
channels = ["telegram", "webchat"]
replies = "allow"
reads = ["read", "ls", "image", "pdf", "view_image", "dir_fetch"]
writes = ["write", "edit", "apply_patch", "message", "exec"]

[paths]
read = ["*"]
ls = ["*"]
image = ["*"]
pdf = ["*"]
view_image = ["*"]
dir_fetch = ["*"]
write = ["*"]
edit = ["*"]
apply_patch = ["*"]

[hosts]
image = ["*"]
pdf = ["*"]
view_image = ["*"]
message = ["*"]

[recipients]
message = ["*"]
"""
POLICY = {name: text for name, text in WORKFLOWS.items() if name != "support.toml"}
TOOLS = {
    "read": lambda path: {"path": path},
    "ls": lambda path: {"path": path},
    "write": lambda path: {"path": path, "content": "x"},
    "edit": lambda path: {"path": path, "edits": [{"oldText": "a", "newText": "b"}]},
    "apply_patch": lambda path: {
        "input": f"*** Begin Patch\n*** Update File: {path}\n@@\n-a\n+b\n*** End Patch"
    },
    "apply_patch_move": lambda path: {
        "input": f"*** Begin Patch\n*** Update File: notes.md\n*** Move to: {path}\n*** End Patch"
    },
    "image": lambda path: {"image": path},
    "images": lambda path: {"images": ["notes.md", path]},
    "pdf": lambda path: {"pdf": path},
    "view_image": lambda path: {"path": path},
    "message": lambda path: {"action": "send", "to": "4242", "media": path},
    "attachment": lambda path: {
        "action": "send", "to": "4242", "attachments": [{"filePath": path}]
    },
    "exec": lambda path: {"command": "true", "workdir": path},
}  # fmt: skip
NAMES = {
    "apply_patch_move": "apply_patch",
    "images": "image",
    "attachment": "message",
}


@dataclass(frozen=True)
class Form:
    """A way to write a path: `make` sets the scene and returns what the agent says."""

    name: str
    make: object
    tool: str = "read"
    grounds: frozenset[str] = frozenset({Ground.CONFIG})


def form(name, make, tool="read", *grounds):
    return Form(name, make, tool, frozenset(grounds or {Ground.CONFIG}))


def config(machine: GuardedMachine) -> Path:
    return machine.root / "gw/state/openclaw.json"


PROCESS = f"/proc/{os.getpid()}"


def unusual(machine: GuardedMachine) -> str:
    """A link whose name OpenClaw finds by its other spelling: a space for a wider one."""
    machine.link("a b.md", config(machine))
    return "a\u2003b.md"


def decomposed(machine: GuardedMachine) -> str:
    machine.link(unicodedata.normalize("NFD", "caf\u00e9.md"), config(machine))
    return "caf\u00e9.md"


def curly(machine: GuardedMachine) -> str:
    machine.link("it\u2019s.md", config(machine))
    return "it's.md"


def screenshot(machine: GuardedMachine) -> str:
    machine.link("shot 3\u202fPM.png", config(machine))
    return "shot 3 PM.png"


def chain(machine: GuardedMachine) -> str:
    machine.link("one", machine.root / "gw")
    machine.link("two", "one/state")
    return machine.link("three", "two/openclaw.json")


def physical(machine: GuardedMachine) -> str:
    """By its words this stays in the workspace; the kernel follows the link first."""
    machine.link("down", machine.root / "gw/state/agents")
    return "down/../openclaw.json"


def lexical(machine: GuardedMachine) -> str:
    """The kernel would end elsewhere; `path.resolve` drops the link and climbs."""
    machine.link("deep", machine.root / "else")
    return "deep/../../gw/state/openclaw.json"


def in_home(machine: GuardedMachine) -> str:
    (machine.root / "home/state").symlink_to(machine.root / "gw/state")
    return "~/state/openclaw.json"


def bound_socket(machine: GuardedMachine) -> str:
    with socket.socket(socket.AF_UNIX) as door:
        os.chdir(machine.workspace)
        door.bind("door")
    return "door"


def loop(machine: GuardedMachine) -> str:
    machine.link("a", "b")
    return machine.link("b", "a")


def many(machine: GuardedMachine) -> str:
    for number in range(45):
        machine.link(f"l{number}", f"l{number + 1}" if number < 44 else config(machine))
    return "l0"


UNCLEAR = Ground.UNRESOLVABLE
FORMS = [
    *(form(f"absolute, {tool}", lambda m: str(config(m)), tool) for tool in TOOLS),
    *(form(f"through a link, {tool}", lambda m: m.link("innocent.md", config(m)), tool)
      for tool in ("write", "edit", "apply_patch", "apply_patch_move", "image", "attachment")),
    *(form(f"hard link, {tool}", lambda m: m.twin("innocent.md", config(m)), tool)
      for tool in ("read", "write", "edit", "apply_patch", "pdf", "message")),
    form("dots", lambda m: "../gw/state/openclaw.json"),
    form("dots from the root", lambda m: f"{m.workspace}/../gw/./state//openclaw.json"),
    form("more dots than folders", lambda m: "../" * 40 + str(config(m)).lstrip("/")),
    form("dots after a folder that is not there", lambda m: "none/../../gw/state/openclaw.json"),
    form("dots after a file", lambda m: "notes.md/../../gw/state/openclaw.json"),
    form("two slashes", lambda m: f"/{config(m)}"),
    form("two slashes, where an address may stand", lambda m: f"/{config(m)}", "image"),
    form("slash at the end", lambda m: f"{config(m)}/"),
    form("dot at the end", lambda m: f"{config(m)}/."),
    form("space around", lambda m: f" {config(m)} ", "message"),
    form("a link", lambda m: m.link("x", config(m))),
    form("a link to a link to a folder", chain),
    form("a link in the middle", lambda m: m.link("s", m.root / "gw/state") + "/openclaw.json"),
    form("a relative link", lambda m: m.link("x", "../gw/state/openclaw.json")),
    form("a link to the root", lambda m: m.link("r", "/") + str(config(m))),
    form("a link and dots, as the kernel reads it", physical),
    form("a link and dots, as Node reads it", lexical, "write"),
    form("a link that leads nowhere yet", lambda m: m.link("x", m.root / "gw/state/hooks.json"),
         "write", Ground.STATE),
    form("a folder link that leads nowhere yet", lambda m: m.link("x", m.root / "gw/state/new")
         + "/index.js", "write", Ground.STATE),
    form("a hard link to a key", lambda m: m.twin("x", m.root / "cb/keys/log.key"), "read",
         Ground.CLAWBAND),
    form("a hard link to a session", lambda m: m.twin("x", m.root
         / "gw/state/agents/main/auth.sqlite"), "read", Ground.STATE),
    form("a link to a hard link", lambda m: m.link("y", m.twin("x", config(m)))),
    form("the file system again", lambda m: f"/proc/self/root{config(m)}", "read", UNCLEAR),
    form("the same of a process", lambda m: f"{PROCESS}/root{config(m)}", "read", UNCLEAR),
    form("a working directory", lambda m: f"{PROCESS}/cwd/openclaw.json", "read", UNCLEAR),
    form("a thread", lambda m: f"/proc/thread-self/root{config(m)}", "read", UNCLEAR),
    form("an open file", lambda m: "/proc/self/fd/3", "read", UNCLEAR),
    form("an open file of the shell", lambda m: "/dev/fd/3", "read", UNCLEAR),
    form("standard input", lambda m: "/dev/stdin", "read", UNCLEAR),
    form("the environment", lambda m: "/proc/self/environ", "read", UNCLEAR),
    form("memory", lambda m: "/proc/self/mem", "read", UNCLEAR),
    form("a link to a process", lambda m: m.link("x", "/proc/self/root") + str(config(m)), "read",
         UNCLEAR),
    form("a whole device", lambda m: "/dev/zero", "read", UNCLEAR),
    form("a door", bound_socket, "read", UNCLEAR),
    form("links in a circle", loop, "read", UNCLEAR),
    form("more links than the kernel follows", many, "read", UNCLEAR),
    form("a URL", lambda m: f"file://{config(m)}"),
    form("a URL in capitals", lambda m: f"FILE://{config(m)}"),
    form("a URL with one slash", lambda m: f"file:{config(m)}", "message"),
    form("a URL of this host", lambda m: f"file://localhost{config(m)}", "image"),
    form("a URL, encoded", lambda m: f"file://{config(m).parent}/%6f%70enclaw.json", "read",
         Ground.CONFIG, Ground.STATE),
    form("a URL with encoded dots", lambda m: f"file://{m.workspace}/%2e%2e/gw/state/openclaw.json",
         "edit"),
    form("a URL with a query", lambda m: f"file://{config(m)}?x=1"),
    form("a URL with a fragment", lambda m: f"file://{config(m)}#x", "pdf"),
    form("a URL of another host", lambda m: f"file://example.test{config(m)}", "read", UNCLEAR),
    form("a URL as an image", lambda m: f"file://{config(m)}", "images"),
    form("one sign before", lambda m: f"@{config(m)}"),
    form("one sign before dots", lambda m: "@../gw/state/openclaw.json"),
    form("one sign before a URL", lambda m: f"@file://{config(m)}"),
    form("home", in_home),
    form("home and dots", lambda m: "~/../gw/state/openclaw.json"),
    form("one sign before home", lambda m: "@~/../gw/state/openclaw.json"),
    form("a wider space", unusual),
    form("another Unicode form", decomposed),
    form("another quote", curly),
    form("a screenshot's space", screenshot),
    form("what models put behind", lambda m: f"{config(m)}</arg_value>>", "read", UNCLEAR),
    form("an ending that models make up", lambda m: m.link("x.docx", config(m))[:-1] + "odex",
         "read", UNCLEAR),
    form("a backslash", lambda m: "..\\gw\\state\\openclaw.json", "read", UNCLEAR),
    form("a character that nobody sees", lambda m: f"{config(m)}\u200b", "read", UNCLEAR),
    form("a zero byte", lambda m: f"{config(m)}\0.txt", "read", UNCLEAR),
    form("a very long name", lambda m: "a/" * 600 + "../" * 600 + "x", "read", UNCLEAR),
    form("a name beyond the file system", lambda m: "x" * 400, "read", UNCLEAR),
    form("its backup", lambda m: str(config(m)) + ".bak"),
    form("its next draft", lambda m: str(config(m)) + ".tmp-1", "write"),
    form("its name in capitals", lambda m: str(config(m).with_name("OPENCLAW.JSON")), "write"),
    form("its name in full width", lambda m: str(config(m).with_name("\uff4fpenclaw.json")),
         "write"),
    form("what it includes", lambda m: str(config(m).with_name("channels.json"))),
    form("its folder", lambda m: str(config(m).parent), "ls", Ground.STATE),
    form("its folder to work in", lambda m: str(config(m).parent), "exec", Ground.STATE),
    form("a database", lambda m: str(m.root / "gw/state/agents/main/auth.sqlite"), "read",
         Ground.STATE),
    form("a skill, to change it", lambda m: str(m.root / "gw/state/skills/mail/SKILL.md"), "write",
         Ground.STATE),
    form("a folder called skills that is none", lambda m: f"{m.root}/gw/state/skills", "write",
         Ground.STATE),
    form("another agent's workspace", lambda m: str(m.root / "gw/state/workspace/notes.md"), "read",
         Ground.STATE),
    form("the token", lambda m: str(m.root / "gw/token"), "read", Ground.CREDENTIALS),
    form("a link to the token", lambda m: m.link("x", "../gw/token"), "read", Ground.CREDENTIALS),
    form("the plugin's credential", lambda m: "../else/credential", "read", Ground.CREDENTIALS),
    form("a plugin's code", lambda m: str(m.root / "gw/plugin/index.js"), "edit", Ground.PLUGIN),
    form("a plugin's skill, to change it", lambda m: str(m.root / "gw/plugin/skills/x/SKILL.md"),
         "edit", Ground.PLUGIN),
    form("the guard's keys", lambda m: "../cb/keys/log.key", "read", Ground.CLAWBAND),
    form("a new file of the guard", lambda m: "../cb/policies/mine.toml", "write", Ground.CLAWBAND),
]  # fmt: skip
