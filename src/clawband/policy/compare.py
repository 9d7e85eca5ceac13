"""What another policy set would change, in plain words and by direction.

Computed from what the sets enforce: the powers of each agent side by side, and the policies that
somebody wrote in Cedar by their meaning. What cannot be shown to permit less counts as permitting
more: `widens` may be asked before a second person is.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from clawband.model.deployment import GatewayPlan, Workflow
from clawband.policy import phrases, steps
from clawband.policy.language import Policy
from clawband.policy.phrases import Phrase
from clawband.policy.powers import Powers, powers
from clawband.policy.sets import PolicySet
from clawband.policy.steps import Direction, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One sentence, and whom it is about; no agents where a rule is for whoever it fits."""

    says: str
    direction: Direction
    agents: tuple[str, ...] = ()


def compare(before: PolicySet | None, after: PolicySet | None) -> tuple[Change, ...]:
    """What permits more first. Empty: the same is permitted on the same terms."""
    was, now = powers(before), powers(after)
    written = [*_written(before), *_written(after)]
    found = {
        agent: tuple(steps.between(_of(agent, was), _of(agent, now), loose=bool(written)))
        for agent in sorted({*was, *now})
    }
    permits = any(each.effect == "permit" for each in written)
    changes = [*_grouped(found), *_declared(before, after, loose=permits),
               *_rules(before, after), *_about(before, after)]  # fmt: skip
    changes += _unsaid(before, after, changes)
    order = tuple(Direction)
    return tuple(sorted(changes, key=lambda change: order.index(change.direction)))


def widens(before: PolicySet | None, after: PolicySet | None) -> bool:
    """Whether the second set may permit anything that the first does not."""
    return any(change.direction is Direction.MORE for change in compare(before, after))


def unguards(before: PolicySet | None, after: PolicySet) -> bool:
    """Whether something that is guarded under the first set goes on unguarded under the second:
    it governs no workflow any more, or lets a gateway go on where the first one stops it."""
    if before is None:
        return False
    emptied = bool(before.manifests) and not after.manifests
    return emptied or any(
        _lets_go(plan) and not _lets_go(before.gateways.get(name))
        for name, plan in after.gateways.items()
    )


def _lets_go(plan: GatewayPlan | None) -> bool:
    return plan is not None and (plan.ungoverned == "alert" or plan.uncontained == "accept")


def _of(agent: str, known: Mapping[str, Powers]) -> Powers | None:
    """A bare name stands for the agent on every gateway."""
    return known.get(agent) or known.get(agent.rpartition("/")[2])


def _grouped(by_agent: Mapping[str, Iterable[Step]]) -> Iterator[Change]:
    """One sentence for all agents to whom the same happens, and for all that happens alike."""
    by_step: dict[Step, list[str]] = {}
    for agent, each in by_agent.items():
        for step in dict.fromkeys(each):
            by_step.setdefault(step, []).append(agent)
    merged: dict[tuple[Direction, Phrase, tuple[str, ...]], list[str]] = {}
    for step, who in by_step.items():
        key = (step.direction, step.phrase.bare, tuple(who))
        merged.setdefault(key, []).append(step.phrase.what)
    for (direction, phrase, agents), whats in merged.items():
        yield Change(says=phrases.said(agents, phrase, whats), direction=direction, agents=agents)


def _written(active: PolicySet | None) -> list[Policy]:
    """The policies that somebody wrote in Cedar."""
    return [each for each in active.policies if each.file in active.files] if active else []


def _meaning(policy: Policy) -> str:
    """What a policy says without what is said about it."""
    return repr({key: value for key, value in policy.head.items() if key != "annotations"})


def _rules(before: PolicySet | None, after: PolicySet | None) -> Iterator[Change]:
    was, now = _written(before), _written(after)
    held, kept = {_meaning(each) for each in was}, {_meaning(each) for each in now}
    for policy in now:
        if _meaning(policy) not in held:
            more = policy.effect == "permit"
            says = f"a new rule {_does(policy)}: {policy.because} (`{policy.id}`)"
            yield Change(says=says, direction=Direction.MORE if more else Direction.LESS)
    for policy in was:
        if _meaning(policy) not in kept:
            more = policy.effect == "forbid"
            says = f"no rule {_does(policy)} any more: {policy.because} (`{policy.id}`)"
            yield Change(says=says, direction=Direction.MORE if more else Direction.LESS)


def _does(policy: Policy) -> str:
    return "permits" if policy.effect == "permit" else "refuses"


def _declared(
    before: PolicySet | None, after: PolicySet | None, *, loose: bool
) -> Iterator[Change]:
    """Tools that are declared and that no manifest grants: what they mean matters to a wide rule,
    and where a person may be asked for what is not named."""
    for name, manifest in after.manifests.items() if after else ():
        held = before.manifests.get(name) if before else None
        if held is None:
            continue
        wide = loose or bool(manifest.asks)
        tools, were = manifest.workflow.tools, held.workflow.tools
        for tool in sorted({*tools, *were} - ({*manifest.granted} & {*held.granted})):
            if tools.get(tool) != were.get(tool):
                says = f"`{name}` declares `{tool}` {'anew' if tool in tools else 'no more'}"
                yield Change(
                    says=f"{says}, and does not use it",
                    direction=Direction.MORE if wide else Direction.OTHER,
                )


def _about(before: PolicySet | None, after: PolicySet | None) -> Iterator[Change]:
    """Who answers for a workflow, what it is for, and what it says when it is unsure."""
    for name, workflow in after.workflows.items() if after else ():
        held = before.workflows.get(name) if before else None
        for what, read in _ABOUT.items():
            if held and read(held) != read(workflow):
                yield Change(
                    says=f"{what} of `{name}`: `{read(workflow)}`, `{read(held)}` before",
                    direction=Direction.OTHER,
                )


_ABOUT: Mapping[str, Callable[[Workflow], str]] = {
    "owner": lambda each: each.owner,
    "purpose": lambda each: each.purpose,
    "answer when it is unsure": lambda each: each.unsure,
    "reply when it is unsure": lambda each: each.unsure_reply,
    "minutes until others are asked": lambda each: str(each.patience.escalate_minutes),
    "minutes an approval waits": lambda each: str(each.patience.expire_minutes),
}


def _unsaid(
    before: PolicySet | None, after: PolicySet | None, said: list[Change]
) -> Iterator[Change]:
    """A difference that no sentence tells: nothing that is enforced may change unseen."""
    told = {agent for change in said for agent in change.agents}
    bound = powers(after)
    for name, text in after.compiled.items() if after else ():
        old = before.compiled.get(name) if before else None
        if old is None or _body(old) == _body(text):
            continue
        bound_to = tuple(agent for agent, each in bound.items() if each.workflow == name)
        spoken = told & set(bound_to) or any(f"`{name}`" in change.says for change in said)
        if not spoken:
            says = f"`{name}` compiles to other policies; read them on the policy page"
            yield Change(says=says, direction=Direction.MORE, agents=bound_to)


def _body(text: str) -> str:
    """Compiled policies without the comment above them."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("//"))
