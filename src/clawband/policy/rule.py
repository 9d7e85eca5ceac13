"""A policy of one workflow as a value, and its Cedar text."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from clawband.model.access import Requirement
from clawband.policy.schema import TOOL


@dataclass(frozen=True, slots=True)
class Rule:
    """A policy of one workflow, in the words of a manifest. No action means every action."""

    name: str
    effect: str
    actions: tuple[str, ...]
    resource: str
    because: str = field(kw_only=True)
    remedy: str = field(kw_only=True, default="")
    when: str = field(kw_only=True, default="")
    unless: str = field(kw_only=True, default="")

    def cedar(self, workflow: str) -> str:
        """The policy's text."""
        notes = [("id", f"{workflow}/{self.name}"), ("because", self.because)]
        notes += [("remedy", self.remedy)] if self.remedy else []
        lines = [f"@{name}({quote(value)})" for name, value in notes]
        scope = f"principal in Workflow::{quote(workflow)}, {self._action()}, {self.resource}"
        lines.append(f"{self.effect} ({scope})")
        lines += [f"when {{ {self.when} }}"] if self.when else []
        lines += [f"unless {{ {self.unless} }}"] if self.unless else []
        return "\n".join(lines) + ";\n"

    def _action(self) -> str:
        actions = [f"Action::{quote(action)}" for action in self.actions]
        if len(actions) > 1:
            return f"action in [{', '.join(actions)}]"
        operator = "in" if self.actions == (TOOL,) else "=="
        return f"action {operator} {actions[0]}" if actions else "action"


def quote(text: str) -> str:
    """A Cedar string literal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def approved(requirement: Requirement) -> str:
    """The condition that an approval of this kind is present."""
    return (
        f"context has approval && context.approval.roles.contains({quote(requirement.role)}) && "
        f"context.approval.people >= {requirement.people} && "
        f"context.approval.assurance >= {requirement.assurance}"
    )


def by_whom(requirement: Requirement) -> str:
    """`an approval by 2 admins at assurance 2`."""
    article = "an" if requirement.role[0] in "aeiou" else "a"
    who = (
        f"{article} {requirement.role}" if requirement.people == 1
        else f"{requirement.people} people with the role {requirement.role}"
    )  # fmt: skip
    strength = "" if requirement.assurance == 1 else f" at assurance {requirement.assurance}"
    return f"an approval by {who}{strength}"


def quoted(values: Iterable[str]) -> str:
    """A Cedar set of string literals."""
    return "[" + ", ".join(map(quote, values)) + "]"


def only(what: str, values: Iterable[str]) -> str:
    """The condition that a set of the context holds nothing but these; Cedar knows no `[]`."""
    listed = quoted(values)
    return (
        f"context.{what}.isEmpty()" if listed == "[]" else f"{listed}.containsAll(context.{what})"
    )
