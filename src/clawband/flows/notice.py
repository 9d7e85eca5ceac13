"""Adds to a request what its texts hold: classes of data, links, what a result was read from."""

from collections.abc import Iterator
from dataclasses import replace

from clawband.labels.classify import classify, masked, tags
from clawband.labels.links import links
from clawband.model.access import Action, Request
from clawband.model.deployment import Workflow
from clawband.model.provenance import Argument, Meaning
from clawband.ports.store import PermittedCall

EMBEDDED = ("image", "html")
MOST_LINKS = 32
"""Links of one message that are traced; one more is unreadable, and explained by nothing."""


def noticed(
    request: Request, called: PermittedCall | None, workflow: Workflow | None = None
) -> Request:
    """The request with everything that can be seen in it. `called` is the call of a result."""
    facts = request.facts
    if called:
        facts = replace(facts, named=called.named, referred=called.referred)
    texts = tuple(_texts(request))
    if request.action is Action.RESULT:
        # What will be masked is not read, so it does not count.
        texts = tuple(unmasked(text, workflow) for text in texts)
    found = tuple(_linked(texts)) if request.action is not Action.RESULT else ()
    classes = frozenset().union(*map(tags, texts))
    return replace(
        request, facts=replace(facts, arguments=(*facts.arguments, *found), tags=classes)
    )


def unmasked(text: str, workflow: Workflow | None) -> str:
    """The text without the secrets whose shape is certain, unless the manifest ignores secrets."""
    if workflow and workflow.classes.get("secret", 0) < 0:
        return text
    return masked(text, classify(text))


def _texts(request: Request) -> Iterator[str]:
    """What would leave, or would be read."""
    if request.action in (Action.RESULT, Action.SEND_REPLY):
        yield str(request.arguments.get("text") or "")
    yield from request.facts.contents


def _linked(texts: tuple[str, ...]) -> Iterator[Argument]:
    number = 0
    for text in texts:
        for link in links(text):
            if number == MOST_LINKS:
                yield Argument(Meaning.LINK, "links", "?")
                return
            meaning = Meaning.EMBED if link.kind in EMBEDDED and link.loads else Meaning.LINK
            yield Argument(meaning, f"link[{number}]", link.url)
            number += 1
