"""A policy set in plain words: what each workflow may do, and within which bounds."""

from collections.abc import Iterator
from dataclasses import dataclass

from clawband.model.deployment import GatewayPlan, Workflow
from clawband.policy import phrases
from clawband.policy.manifest import Manifest
from clawband.policy.phrases import Phrase
from clawband.policy.powers import EVERYWHERE, Powers, of_gateway, of_workflow
from clawband.policy.sets import PolicySet


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A workflow, or a gateway itself. `may` and `bounds` are sentences without their subject:
    "may send with `mail_send`"."""

    name: str
    owner: str
    purpose: str
    agents: tuple[str, ...]
    may: tuple[str, ...]
    bounds: tuple[str, ...]


def told(active: PolicySet | None) -> tuple[Told, ...]:
    """By name, workflows before gateways."""
    if active is None:
        return ()
    found: list[tuple[Manifest | GatewayPlan, Powers]] = []
    found += [(each, of_workflow(each)) for _, each in sorted(active.manifests.items())]
    found += [(each, of_gateway(each)) for _, each in sorted(active.gateways.items())]
    return tuple(_told(each.workflow, powers) for each, powers in found)


def _told(workflow: Workflow, powers: Powers) -> Told:
    return Told(
        name=workflow.name,
        owner=workflow.owner,
        purpose=workflow.purpose,
        agents=workflow.agents,
        may=tuple(_merged(_may(powers))),
        bounds=tuple(_merged(_bounds(powers))),
    )


def _may(powers: Powers) -> Iterator[Phrase]:
    for act, terms in powers.acts.items():
        yield phrases.act(act, terms)
    for key, reach in powers.more.items():
        yield phrases.besides(key, reach)


def _bounds(powers: Powers) -> Iterator[Phrase]:
    for duty in sorted(powers.duties):
        yield Phrase(f"may not {duty}")
    for verb, what in sorted(powers.within):
        if what == EVERYWHERE:
            continue
        yield Phrase(f"may only {verb}", what)
    for level in powers.levels.values():
        yield Phrase(phrases.level(level))


def _merged(found: Iterator[Phrase]) -> Iterator[str]:
    """Phrases that differ only in what they are about, as one sentence."""
    merged: dict[Phrase, list[str]] = {}
    for phrase in found:
        merged.setdefault(phrase.bare, []).append(phrase.what)
    for phrase, whats in merged.items():
        yield phrases.said((), phrase, whats)
