"""What the gateway puts beside a person's message, and what of it others wrote.

OpenClaw 2026.9.6 tells the model in a context of its own that a message is a forwarded one, which
one it replies to, and what was said in a group before it (`docs/openclaw.md`). None of that is the
sender's word, and the prompt itself shows none of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

_GROUP = '"is_group_chat":true'
_FORWARDED = "forwarded message context:"
_OWN = (
    "conversation info:", "conversation context (", "chat history since last reply:",
    "recent chat history:", "current message:", "active goal:",
)  # fmt: skip
"""Of a chat between two: who writes, and what both said before, which was asked about then."""
_RUNTIME = ("active exec sessions:", "## active subagents")
_REPLY = "[replying to: "
_QUEUED = "queued #"


@dataclass(frozen=True, slots=True)
class Around:
    """`forwarded`: the message itself is somebody else's. `others`: what the model reads beside it
    that the sender did not write; empty for nothing."""

    forwarded: bool = False
    others: str = ""


def around(context: str) -> Around:
    """Read the blocks of a context. When in doubt a block is somebody else's."""
    group = _GROUP in context
    blocks = [_named(block) for block in context.split("\n\n") if block.strip()]
    forwarded = any(name.startswith(_FORWARDED) for name, _ in blocks)
    shown = (part for name, block in blocks for part in _shown(name, block, group))
    return Around(forwarded, "\n".join(shown))


def _shown(name: str, block: str, group: bool) -> Iterator[str]:
    if name.startswith(_RUNTIME):
        return
    if group or not name.startswith(_OWN):
        yield block
        return
    yield from (line for line in block.splitlines() if line.lower().startswith(_REPLY))


def _named(block: str) -> tuple[str, str]:
    """A block with its first line, in small letters; messages that waited are counted above it."""
    first, _, rest = block.partition("\n")
    if first.lower().startswith(_QUEUED) and first.endswith(" context:"):
        return _named(rest)
    return first.strip().lower(), block
