"""What is passed on instead of what was asked about: a cleaned result, a reply without its traps.

Both only take away. What is passed on is what is recorded, and what the model or the receiver gets.
"""

from dataclasses import replace

from clawband.flows.notice import kept, media, unmasked
from clawband.labels.cleaning import clean, marked
from clawband.labels.defusing import defused
from clawband.labels.known import NOTHING, Known
from clawband.labels.links import links
from clawband.model.access import Action, Circumstances, Decision, Deny, Permit, Request
from clawband.model.deployment import Workflow
from clawband.model.label import Integrity
from clawband.model.provenance import Meaning, Origin
from clawband.policy.evaluate import evaluate
from clawband.policy.sets import PolicySet

UNTRACED = (Origin.DERIVED, Origin.OUTSIDE)
_LINKS = (Meaning.LINK, Meaning.EMBED)
_TRAPS = frozenset({"provenance/reply-link", "provenance/reply-embed"})
"""Refusals that a reply whose links lead nowhere does not meet."""


def harmless(
    request: Request, denial: Decision, known: Circumstances, active: PolicySet | None
) -> Permit | None:
    """The permit of the reply with its untraced links defused, if only they were in the way.

    Who asked replaces all of a reply by its text; of a message on its way only the text.
    """
    if not isinstance(denial, Deny) or request.action is not Action.SEND_REPLY:
        return None
    if request.delivers and media(request):
        return None
    if not {reason.policy for reason in denial.reasons} <= _TRAPS:
        return None
    text = str(request.arguments.get("text") or "")
    traps = {
        each.argument.value
        for each in known.explanations
        if each.argument.meaning in _LINKS and each.origin in UNTRACED
    }
    shown = defused(text, [link for link in links(text) if link.url in traps or "?" in traps])
    kept = tuple(each for each in known.explanations if each.argument.meaning not in _LINKS)
    answer = evaluate(
        replace(request, arguments={**request.arguments, "text": shown}),
        replace(known, explanations=kept),
        active,
    )
    return replace(answer, text=shown) if isinstance(answer, Permit) else None


def passed_on(
    request: Request,
    answer: Permit,
    known: Circumstances,
    workflow: Workflow | None,
    hidden: Known = NOTHING,
) -> Permit:
    """For a result: the permit with the text the model gets, if that is not the text that came.

    Secrets are masked, and what is `hidden`. What strangers can author is cleaned besides, and
    stands between marks that name its source. For a reply: without what is `hidden`.
    """
    came = str(request.arguments.get("text") or "")
    if request.action is Action.SEND_REPLY and kept(request, hidden):
        return replace(answer, text=hidden.masked(came if answer.text is None else answer.text))
    if request.action is not Action.RESULT or not came.strip():
        return answer
    text = unmasked(came, workflow, hidden)
    trusted = not known.brought or known.brought.integrity > Integrity.OUTSIDE
    if trusted and known.returned is None:
        return answer if text == came else replace(answer, text=text)
    named = ", ".join(sorted(request.facts.named)[:3])
    source = f"{request.resource.id}: {named}" if named else request.resource.id
    cleaned = clean(text)
    # Cleaning may join what invisible characters held apart.
    shown = marked(unmasked(cleaned.text, workflow, hidden), source)
    return replace(answer, text=shown, signals=tuple(each.kind for each in cleaned.signals))
