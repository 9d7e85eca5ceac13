"""What a workspace path is to the agent that lives there.

OpenClaw puts some files of the workspace into every prompt and runs others as skills or hooks, so
that whoever writes them speaks to later sessions with the agent's own authority. The list is that
of OpenClaw 2026.9.6 (`docs/openclaw.md`) and of the releases whose files it still takes over.
"""

import unicodedata

UNREADABLE = "?"
EVERYTHING = frozenset({"instructions", "identity", "skill", "memory"})
_FILES = {
    # `TOOLS.md` and `HEARTBEAT.md` are taken over by `openclaw doctor`, `CLAUDE.md` is read where
    # a project has no `AGENTS.md`; `BOOT.md` is run at every start.
    **dict.fromkeys(
        ("agents.md", "claude.md", "tools.md", "bootstrap.md", "boot.md", "heartbeat.md"),
        "instructions",
    ),
    **dict.fromkeys(("soul.md", "identity.md"), "identity"),
    **dict.fromkeys(("skill.md", "hook.md"), "skill"),
    "dreams.md": "memory",
}
# Remembered, and put into every prompt all the same.
_TOLD = {"memory.md": ("memory", "instructions"), "user.md": ("memory", "identity")}
_PROMPTED = frozenset(
    ("AGENTS.md", "SOUL.md", "IDENTITY.md", "USER.md", "BOOTSTRAP.md", "MEMORY.md")
)
_BUNDLED = "/node_modules/openclaw/skills/"
_FOLDERS = {"skills": "skill", "hooks": "skill", "plugins": "skill", "memory": "memory"}
_HIDDEN = (".openclaw", ".agents", ".claude", ".codex")
_CONFIGURATION = {
    **dict.fromkeys(("extensions", "npm", "git", "workshop-skills"), "skill"),
    **dict.fromkeys(
        ("prompts", "settings.json", "openclaw.json", "system.md", "append_system.md"),
        "instructions",
    ),
}
"""What OpenClaw looks for in the `.openclaw` folder of a workspace or of a home."""


def carries(path: str) -> frozenset[str]:
    """`instructions`, `identity`, `skill` or `memory`; empty for an ordinary file.

    `path` is as in `Facts.paths`. A path that cannot be read may be any of them.
    """
    if path == UNREADABLE:
        return EVERYTHING
    parts = [_folded(part) for part in path.split("/") if part]
    inside = path.startswith(("/", "~", ".."))
    found = {_FILES.get(parts[-1], ""), *_TOLD.get(parts[-1], ())} if parts else set()
    for place, part in enumerate(parts):
        before = parts[place - 1] if place else ""
        hidden = before.startswith(_HIDDEN)
        if part in _FOLDERS and (inside or hidden or place == 0):
            found.add(_FOLDERS[part])
        if part in _CONFIGURATION and (hidden or part == "workshop-skills"):
            found.add(_CONFIGURATION[part])
    return frozenset(found - {""})


def inside(path: str, workspace: str) -> str:
    """The path relative to the agent's workspace, where it is in it. Both are as in `Facts.paths`;
    an unknown workspace is empty."""
    if path == workspace and workspace:
        return "."
    return path.removeprefix(f"{workspace}/") if workspace.startswith("/") else path


def is_told(path: str) -> bool:
    """Whether OpenClaw itself puts the file, or where to find it, into every prompt of the agent.

    Only where it does so by itself: a file of that name elsewhere is any file.
    """
    if _BUNDLED in path or path.startswith("~/.openclaw/skills/"):
        return True
    parts = path.removeprefix(".agents/").split("/")
    return parts[0] == "skills" if len(parts) > 1 else path in _PROMPTED


def _folded(part: str) -> str:
    """A name as a file system that ignores case and form would compare it.

    Windows drops dots and spaces at the end, and reads what follows a colon as a stream's name.
    """
    plain = unicodedata.normalize("NFKC", part).casefold()
    return unicodedata.normalize("NFKC", plain).partition(":")[0].rstrip(". ")
