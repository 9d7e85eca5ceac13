"""The command line that does the same as a page, to copy."""

import shlex


def line(*words: str) -> str:
    """`clawband` and its arguments, quoted for a shell."""
    return shlex.join(("clawband", *words))


def walk(id: str) -> str:
    return line("walk", id)


def prove(id: str) -> str:
    return line("audit", "prove", id)


def approve(id: str) -> str:
    return line("approve", id)


def deny(id: str) -> str:
    return line("deny", id)


def approvals() -> str:
    return line("approvals")


def explain(id: str) -> str:
    return line("explain", id)


def endorse(value: str) -> str:
    return f"{line('endorse', 'add', value)} --for AGENT --as recipient --session KEY --tool TOOL"


def endorsements() -> str:
    return line("endorse", "list")


def cover(group: str) -> str:
    return f'{line("approve", "--group", group)} --purpose "…"'


def pause(kind: str, name: str) -> str:
    return line("pause", kind, name)


def resume(kind: str, name: str) -> str:
    return line("resume", kind, name)


def roll_back() -> str:
    return line("policy", "rollback")
