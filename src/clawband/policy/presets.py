"""The narrow action sets, `actions = "summarise-only"` and its kin, and the kinds of approval,
`kind = "payment"` and its kin.

A preset fills in what the manifest leaves out and refuses whatever would widen it, so that the
name can be trusted by whoever reads only the first lines of a manifest.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from clawband.model.access import Action, Requirement
from clawband.model.deployment import Tool, Workflow
from clawband.model.person import Role
from clawband.policy.reader import Table


@dataclass(frozen=True, slots=True)
class Preset:
    """`reads` and `replies` are the defaults; `writes` says which effects are left."""

    meaning: str
    reads: tuple[str, ...]
    replies: str
    writes: frozenset[Action]
    most_writes: int | None = None
    most_systems: int | None = None

    def check(self, root: Table, workflow: Workflow, granted: Mapping[str, Tool]) -> None:
        """Complain about everything that is wider than this preset."""
        chosen = root.values.get("actions")
        for name in workflow.writes:
            if name in granted and granted[name].effect not in self.writes:
                effect = granted[name].effect.removeprefix("tool:")
                message = f"expected only {self.meaning} under `{chosen}`, got `{name}`"
                root.complain("writes", f"{message}, whose effect is `{effect}`")
        for key, most in (("writes", self.most_writes), ("systems", self.most_systems)):
            given = getattr(workflow, key)
            if most is not None and len(given) > most:
                message = f"expected at most {most} of `{key}` under `{chosen}`, got {len(given)}"
                root.complain(key, message)


_EVERY = frozenset(Action)

PRESETS: Mapping[str, Preset] = {
    "any": Preset("named tools", (), "refuse", _EVERY),
    "summarise-only": Preset(
        "reading", ("read",), "allow", frozenset(), most_writes=0
    ),
    "classify-only": Preset(
        "one tool that writes down the class", ("read",), "allow", frozenset({Action.WRITE}),
        most_writes=1,
    ),
    "notify-only": Preset("sending", (), "refuse", frozenset({Action.SEND})),
    "update-one-system": Preset(
        "writing", (), "refuse", frozenset({Action.WRITE}), most_systems=1
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """What needs a person, and at least which. `value` says that an amount may free small ones."""

    meaning: str
    effects: frozenset[Action]
    people: int = 1
    assurance: int = 1
    value: bool = False
    replies: bool = False

    def check(self, table: Table, tool: Tool | None, *, replies: bool) -> None:
        """Complain about a tool that is not of this kind, and about what would free some of it."""
        chosen = table.values.get("kind")
        if replies is not self.replies:
            wanted = "`replies = true`" if self.replies else "a tool"
            table.complain("kind", f"expected {wanted} beside `{chosen}`")
        if tool and not replies and tool.effect not in self.effects:
            effect = tool.effect.removeprefix("tool:")
            message = f"expected {self.meaning} as `{chosen}`, got `{tool.name}`"
            table.complain("tool", f"{message}, whose effect is `{effect}`")
        if "above" in table.values and not self.value:
            table.complain("above", f"expected none beside `{chosen}`: every one needs a person")


_ANY = Kind("anything", _EVERY, value=True)
KINDS: Mapping[str, Kind] = {
    "payment": Kind("paying", frozenset({Action.PAY}), value=True),
    "deletion": Kind("deleting", frozenset({Action.DELETE})),
    "bulk-deletion": Kind("deleting", frozenset({Action.DELETE}), people=2),
    "contract": Kind(
        "writing or sending", frozenset({Action.WRITE, Action.SEND}), assurance=2
    ),
    "sensitive-reply": Kind("replying", frozenset({Action.SEND_REPLY}), replies=True),
    "access-change": Kind(
        "changing an account", frozenset({Action.WRITE, Action.DELETE, Action.CONFIGURE}),
        assurance=2,
    ),
    "access-grant": Kind(
        "granting access",
        frozenset({Action.WRITE, Action.SEND, Action.EXECUTE, Action.CONFIGURE}),
        people=2,
        assurance=2,
    ),
    "routing": Kind(
        "changing who answers", frozenset({Action.WRITE, Action.CONFIGURE}), people=2
    ),
    "high-value-lead": Kind(
        "writing or sending", frozenset({Action.WRITE, Action.SEND}), value=True
    ),
}  # fmt: skip
_DECIDERS = (Role.APPROVER, Role.ADMIN)


def requirement(table: Table) -> tuple[Kind | None, Requirement]:
    """Of one of `[[approvals]]`: its kind, and who must agree. A kind is never made weaker."""
    name = table.choice("kind", KINDS, "")
    kind = KINDS.get(name)
    least = kind or _ANY
    return kind, Requirement(
        table.choice("role", _DECIDERS if kind else list(Role), Role.APPROVER if kind else None),
        table.whole("people", least.people, least=least.people, most=2),
        table.whole("assurance", least.assurance, least=least.assurance, most=3),
    )
