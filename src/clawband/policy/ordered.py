"""`[[after]]`: what a session that has read something may no longer do."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from clawband.model.access import Action, Requirement
from clawband.model.deployment import Tool
from clawband.model.person import Role
from clawband.policy.declaration import EFFECTS
from clawband.policy.reader import Table, either
from clawband.policy.rule import Rule, approved, by_whom, quoted
from clawband.policy.trust import CLASSES

OUTSIDE = "outside"
NEW = "new destinations"
_ACTIONS = {"reply": Action.SEND_REPLY, **{each: Action(f"tool:{each}") for each in EFFECTS}}


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """Once the session has read one of `read`, `refuse` is refused.

    `read` holds values of `context.history`. With `new`, only what goes to a host or a recipient
    that the agent never used before; with `unless`, not when such an approval is present.
    """

    read: tuple[str, ...]
    refuse: tuple[str, ...]
    new: bool = False
    unless: Requirement | None = None


def read(tables: Iterable[Table], granted: Mapping[str, Tool]) -> tuple[After, ...]:
    """The rules in the order of the manifest. `granted` are its `reads` and `writes`."""
    return tuple(_after(table, granted) for table in tables)


def rules(name: str, rules: Iterable[After]) -> Iterator[Rule]:
    """One forbid for each rule of the workflow `name`, `after-1` first."""
    for number, after in enumerate(rules, 1):
        new = " && !context.fresh.isEmpty()" if after.new else ""
        what = " or ".join(after.refuse) + (" to a new destination" if after.new else "")
        because = f"the session has read {' or '.join(map(told, after.read))}, after which"
        lift = f"get {by_whom(after.unless)}, or " if after.unless else ""
        yield Rule(
            f"after-{number}", "forbid", tuple(_ACTIONS[each] for each in after.refuse), "resource",
            when=f"context.history.containsAny({quoted(after.read)}){new}",
            unless=approved(after.unless) if after.unless else "",
            because=f"{because} `{name}` may not {what}", remedy=f"{lift}start a new session",
        )  # fmt: skip


def _after(table: Table, granted: Mapping[str, Tool]) -> After:
    when, refuse = table.one_or_more("read"), table.one_or_more("refuse")
    for each in when:
        kind, _, name = each.partition(":")
        known = each == OUTSIDE or (kind == "tag" and name in CLASSES)
        if kind == "tool" and name not in granted:
            table.complain("read", f"expected a tool of `reads` or `writes`, got `{name}`")
        elif kind != "tool" and not known:
            message = f"expected `outside`, `tool:` with a tool, or `tag:` with {either(CLASSES)}"
            table.complain("read", f"{message}, got `{each}`")
    for each in refuse:
        if each not in _ACTIONS:
            table.complain("refuse", f"expected {either(_ACTIONS)}, got `{each}`")
    new = table.choice("to", (NEW,), "") == NEW if "to" in table.values else False
    unless = _requirement(table.table("unless")) if "unless" in table.values else None
    table.close()
    return After(
        read=when,
        refuse=tuple(each for each in refuse if each in _ACTIONS),
        new=new,
        unless=unless,
    )


def _requirement(table: Table) -> Requirement:
    requirement = Requirement(
        table.choice("role", list(Role)),
        table.whole("people", 1, least=1, most=2),
        table.whole("assurance", 1, least=1, most=3),
    )
    table.close()
    return requirement


def told(read: str) -> str:
    """What was read, in words."""
    kind, _, name = read.partition(":")
    return {"tool": f"what `{name}` returned", "tag": f"{name} data"}.get(kind, "outside content")
