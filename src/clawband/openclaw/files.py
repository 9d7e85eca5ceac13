"""Which files of the gateway's machine a question names, as they were written.

OpenClaw's own file tools run inside the gateway's process, so what their paths lead to must be
looked up before they run. Here is only read off what to look up; `ports.machine` looks.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from clawband.model.access import Action
from clawband.model.deployment import Tool, Workflow
from clawband.model.provenance import Meaning
from clawband.openclaw import tools, validation
from clawband.openclaw.arguments import (
    LONGEST,
    OPTIONAL,
    UNREADABLE,
    find,
    looks_like,
    scalar,
    steps,
    undeclared,
)
from clawband.openclaw.facts import patched
from clawband.openclaw.hooks import Asked, Hook

URL = "file:"
MOST = 128
_REMOTE = ("http://", "https://")
_READING = frozenset({Action.READ, Action.SEND})
_WHOLE = frozenset({"dir_fetch"})
"""Tools that take a folder with all that is below it."""
_LIKE_FILES = (URL, "//", "@/", "@~", "@.")
_SENT = ("media", "mediaUrl", "path", "filePath", "fileUrl", "url")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One file or folder. `text` is as written: relative, with `~`, as a URL, or unreadable."""

    text: str
    reads: bool = True
    """Nothing is changed there."""
    whole: bool = False
    """What is below it is meant too."""
    sure: bool = True
    """False for a text that only looks like a path: one that leads nowhere means nothing."""


def references(
    question: Asked, workflow: Workflow | None, catalogue: Mapping[str, Tool]
) -> tuple[Reference, ...]:
    """What the question would read or write, at most `MOST` of it, then one that is unreadable."""
    match question.hook:
        case Hook.TOOL:
            found = [*_called(question, workflow, catalogue)]
        case Hook.REPLY:
            found = [*_sent(validation.mapping(question.event.get("payload"), "event.payload"))]
        case Hook.MESSAGE:
            found = [*_sent(validation.mapping(question.event.get("metadata"), "event.metadata"))]
        case _:
            found = []
    beyond = (Reference(text=UNREADABLE, reads=False),) if len(found) > MOST else ()
    return (*found[:MOST], *beyond)


def home_of(question: Asked) -> str:
    """The home of the gateway's user, where a hook tells it; empty for any other."""
    told = validation.text(question.event.get("home"), "event.home")
    return told if told.startswith("/") and told.isprintable() else ""


def _called(
    question: Asked, workflow: Workflow | None, catalogue: Mapping[str, Tool]
) -> Iterator[Reference]:
    name = validation.name(question.event.get("toolName"), "event.toolName", required=True)
    params = validation.mapping(question.event.get("params"), "event.params")
    if tools.is_wrapper(name):
        name, params = tools.unwrap(params)
    tool = tools.declared(name, workflow, catalogue)
    if tool is None:
        return
    reads, whole = tool.effect in _READING, name in _WHOLE
    for text in _declared(tool, params):
        yield Reference(text=text, reads=reads, whole=whole)
    for text in _addressed(tool, params):
        yield Reference(text=text, reads=reads)
    for _, text in undeclared(tool, params):
        plain = text.strip()
        if looks_like(plain) is Meaning.PATH or plain.lower().startswith(_LIKE_FILES):
            yield Reference(text=plain, reads=reads, sure=False)


def _declared(tool: Tool, params: Mapping[str, Any]) -> Iterator[str]:
    if tool.name == "apply_patch":
        yield from sorted(patched(params.get("input")))
        return
    addresses = {*map(steps, tool.hosts)}
    for name in tool.paths:
        # Where an address may stand too, one on the web is no file; `//etc/x` is one.
        either = steps(name) in addresses
        for _, value in find(params, name):
            text = scalar(value)
            left_out = name.endswith(OPTIONAL) and not text.strip()
            if not left_out and not (either and text.strip().lower().startswith(_REMOTE)):
                yield text


def _addressed(tool: Tool, params: Mapping[str, Any]) -> Iterator[str]:
    """Files named where an address is expected: `file:///etc/passwd`, also after another scheme."""
    for name in tool.hosts:
        for _, value in find(params, name):
            text = scalar(value)
            place = text.lower().find(URL)
            if place >= 0:
                yield text[place:]


def _sent(said: Mapping[str, Any]) -> Iterator[Reference]:
    """What a reply carries beside its words."""
    listed = said.get("mediaUrls")
    values = [said.get("mediaUrl"), *(listed if isinstance(listed, list) else ())]
    attached = said.get("attachments")
    for each in attached if isinstance(attached, list) else ():
        values += [each.get(key) for key in _SENT] if isinstance(each, Mapping) else [each]
    for text in sorted({_text(value) for value in values if value}):
        if not text.strip().lower().startswith(_REMOTE):
            yield Reference(text=text)


def _text(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= LONGEST else UNREADABLE
