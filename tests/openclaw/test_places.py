"""What the workspace's own files are to the agent."""

import pytest

from clawband.openclaw.places import EVERYTHING, carries


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("AGENTS.md", {"instructions"}),
        ("agents.MD", {"instructions"}),
        ("packages/core/AGENTS.md", {"instructions"}),
        ("CLAUDE.md", {"instructions"}),
        ("TOOLS.md", {"instructions"}),
        ("HEARTBEAT.md", {"instructions"}),
        ("BOOTSTRAP.md", {"instructions"}),
        ("BOOT.md", {"instructions"}),
        (".openclaw/SYSTEM.md", {"instructions"}),
        (".openclaw/prompts/go.md", {"instructions"}),
        ("~/.openclaw/openclaw.json", {"instructions"}),
        ("SOUL.md", {"identity"}),
        ("IDENTITY.md", {"identity"}),
        ("USER.md", {"identity", "memory"}),
        ("users/ana/USER.md", {"identity", "memory"}),
        ("skills/x/SKILL.md", {"skill"}),
        ("skills/x/run.py", {"skill"}),
        ("skills", {"skill"}),
        ("notes/SKILL.md", {"skill"}),
        (".agents/skills/x/run.py", {"skill"}),
        ("hooks/x/handler.ts", {"skill"}),
        ("x/HOOK.md", {"skill"}),
        ("plugins/x/index.js", {"skill"}),
        (".openclaw/extensions/x/index.js", {"skill"}),
        ("/srv/state/agents/a/agent/workshop-skills/x/y", {"skill"}),
        ("~/.openclaw/skills/x/run.py", {"skill"}),
        ("MEMORY.md", {"memory", "instructions"}),
        ("memory.md", {"memory", "instructions"}),
        ("memory/2026-11-22.md", {"memory"}),
        ("DREAMS.md", {"memory"}),
        ("memory/USER.md", {"memory", "identity"}),
        ("memory/skills/x", {"memory"}),
        # The same names as other file systems write them.
        ("SOUL.md.", {"identity"}),
        ("SOUL.md ", {"identity"}),
        ("SOUL.md::$DATA", {"identity"}),
        ("ＳＯＵＬ.md", {"identity"}),
        ("MEMORY./x.md", {"memory"}),
        # A workspace named by an absolute path.
        ("/home/user/.openclaw/workspace/AGENTS.md", {"instructions"}),
        ("/home/user/.openclaw/workspace/memory/x.md", {"memory"}),
        ("~/.openclaw-work/workspace/skills/x/y", {"skill"}),
        ("../other/skills/x/y", {"skill"}),
        # Ordinary files.
        ("/home/user/.openclaw/workspace/notes/a.md", set()),
        ("notes/skills/python.md", set()),
        ("notes/memory.txt", set()),
        ("src/plugins/x.py", set()),
        ("notes.md", set()),
        ("AGENTS.md.bak", set()),
        ("my-memory/x", set()),
        (".", set()),
        ("", set()),
    ],
)
def test_what_a_path_carries(path, expected):
    assert carries(path) == expected


def test_a_path_that_cannot_be_read_may_be_any():
    assert carries("?") == EVERYTHING
