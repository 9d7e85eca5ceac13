"""Adds to a request what its texts hold: classes of data, links, what a result was read from."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from clawband.labels.classify import classify, masked, tags
from clawband.labels.known import NOTHING, Known
from clawband.labels.links import links
from clawband.labels.spoken import Spoken, spoken
from clawband.model.access import Action, Facts, Request
from clawband.model.deployment import Workflow
from clawband.model.digest import Json
from clawband.model.provenance import Argument, Meaning
from clawband.ports.store import PermittedCall

READING = frozenset({Action.RECEIVE, Action.RESULT})
"""What brings something in, and sends nothing."""
EMBEDDED = ("image", "html")
MOST_LINKS = 32
"""Links of one message that are traced; one more is unreadable, and explained by nothing."""


def noticed(
    request: Request,
    called: PermittedCall | None,
    workflow: Workflow | None = None,
    known: Known = NOTHING,
) -> Request:
    """The request with everything that can be seen in it. `called` is the call of a result,
    `known` what nobody may be shown."""
    facts = request.facts
    if called:
        facts = replace(facts, named=called.named, referred=called.referred)
    texts = tuple(_texts(request))
    if request.action is Action.RESULT:
        # What will be masked is not read, so it does not count.
        texts = tuple(unmasked(text, workflow, known) for text in texts)
    asked = tuple(_leaves(request.arguments)) if request.action is Action.READ else ()
    sent = () if request.action is Action.RESULT else (*texts, *asked)
    found = tuple(_linked(sent, media(request), facts))
    classes = frozenset().union(*map(tags, texts))
    if request.action not in READING and kept(request, known):
        classes |= {"secret"}
    return replace(
        request, facts=replace(facts, arguments=(*facts.arguments, *found), tags=classes)
    )


def unmasked(text: str, workflow: Workflow | None, known: Known = NOTHING) -> str:
    """The text without what is known, and without the secrets whose shape is certain, unless the
    manifest ignores those."""
    found = known.found(text)
    if not workflow or workflow.classes.get("secret", 0) >= 0:
        found = (*found, *classify(text))
    return masked(text, found)


def kept(request: Request, known: Known) -> frozenset[str]:
    """The names of the known values in its arguments."""
    if not known:
        return frozenset()
    return frozenset(each.kind for leaf in _leaves(request.arguments) for each in known.found(leaf))


def said(request: Request) -> Spoken:
    """What of a message its sender says."""
    message, beside = (str(request.arguments.get(key) or "") for key in ("text", "context"))
    return spoken(message, beside)


def media(request: Request) -> tuple[str, ...]:
    """The addresses of what is sent beside the text of a reply."""
    listed = request.arguments.get("media")
    return tuple(map(str, listed)) if isinstance(listed, list | tuple) else ()


def _texts(request: Request) -> Iterator[str]:
    """What would leave, or would be read."""
    if request.action in (Action.RESULT, Action.SEND_REPLY):
        yield str(request.arguments.get("text") or "")
    yield from _leaves(request.arguments.get("more"))
    yield from request.facts.contents


def _leaves(value: Json) -> Iterator[str]:
    """Every text inside: of what else a reply carries, or of what a reading tool is asked."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _leaves(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _leaves(each)


def _linked(texts: tuple[str, ...], sent: tuple[str, ...], facts: Facts) -> Iterator[Argument]:
    """The links in the texts, and those of `sent`, which the gateway itself fetches; none that is
    an argument by itself."""
    named = {each.value for each in facts.arguments}
    found = [
        (Meaning.EMBED if link.kind in EMBEDDED and link.loads else Meaning.LINK, link.url)
        for text in texts
        for link in links(text)
        if link.url not in named
    ]
    found += [(Meaning.EMBED, link.url) for each in sent for link in links(each)]
    for number, (meaning, url) in enumerate(found[:MOST_LINKS]):
        yield Argument(meaning, f"link[{number}]", url)
    if len(found) > MOST_LINKS:
        yield Argument(Meaning.LINK, "links", "?")
