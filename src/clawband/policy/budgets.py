"""`[[budgets]]`: how often, and with how much money, a workflow may use its tools in a stretch of
time. What a budget does not cover is refused, or held where the manifest says so."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from clawband.model.access import Requirement
from clawband.model.budget import PER, SECONDS, Budget
from clawband.model.deployment import Tool
from clawband.model.money import digits, is_currency, minor
from clawband.model.person import Role
from clawband.policy.reader import Table, shown
from clawband.policy.rule import Rule, approved, by_whom, quote
from clawband.policy.schema import TOOL

_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


@dataclass(frozen=True, slots=True)
class Limit:
    """A budget, and whose approval covers what it does not; None for nobody's."""

    budget: Budget
    lifted: Requirement | None = None

    @property
    def told(self) -> str:
        """In plain words: "use at most 500.00 EUR a day by `refund`"."""
        unless = f" without {by_whom(self.lifted)}" if self.lifted else ""
        return f"{self.budget.told}{unless} (budget `{self.budget.name}`)"

    def within(self, other: "Limit") -> bool:
        """Whether this permits nothing that the other refuses."""
        own, old = self.budget, other.budget
        same = (own.every, own.per, own.currency) == (old.every, old.per, old.currency)
        covers = not own.tools or (bool(old.tools) and set(own.tools) >= set(old.tools))
        return same and covers and own.most <= old.most and self.lifted in (None, other.lifted)


def read(tables: Iterable[Table], known: Mapping[str, Tool]) -> tuple[Limit, ...]:
    """What the manifest says, each complaint with its line. `known`: its tools, also those that
    run only when somebody allows it."""
    found: dict[str, Limit] = {}
    for table in tables:
        name = table.text("name")
        if name in found or set(name) - _NAME:
            table.complain("name", f"expected another name of small letters, got `{name}`")
        limit = _limit(table, name, known)
        table.close()
        _one_currency(table, limit.budget, found.values(), known)
        found[name] = limit
    return tuple(found.values())


def policy(workflow: str, budget: Budget, *, counted: bool = True) -> str:
    """The id of what refuses beyond a budget, or what cannot be counted."""
    return f"{workflow}/{_name(budget, counted=counted)}"


def rules(workflow: str, limits: Iterable[Limit]) -> Iterator[Rule]:
    """What a budget refuses whatever else permits."""
    for limit in limits:
        name = limit.budget.name
        yield Rule(
            _name(limit.budget, counted=True), "forbid", (TOOL,), "resource",
            when=f"context.over.contains({quote(name)})",
            unless=approved(limit.lifted) if limit.lifted else "",
            because=f"`{workflow}` uses at most {limit.told}",
            remedy=f"get {by_whom(limit.lifted)}" if limit.lifted else "ask for less, or later",
        )  # fmt: skip
        if limit.budget.currency:
            yield Rule(
                _name(limit.budget, counted=False), "forbid", (TOOL,), "resource",
                when=f"context.over.contains({quote(f'{name}?')})",
                because=f"`{workflow}` counts the budget `{name}` in {limit.budget.currency}",
                remedy=f"name an amount in {limit.budget.currency}",
            )  # fmt: skip


def _name(budget: Budget, *, counted: bool) -> str:
    # A colon is in no budget's name.
    return f"budget-{budget.name}{'' if counted else ':unit'}"


def _limit(table: Table, name: str, known: Mapping[str, Tool]) -> Limit:
    currency = table.text("currency", "")
    if currency and not is_currency(currency):
        table.complain("currency", f"expected a currency such as `EUR`, got `{currency}`")
    over = table.choice("over", ("refuse", "hold"), "refuse")
    asked = {"role", "people", "assurance"} & set(table.values)
    if over == "refuse" and asked:
        table.complain(min(asked), 'expected `over = "hold"` beside `role`')
    budget = Budget(
        name=name, currency=currency, over=over,
        most=_most(table, currency),
        every=table.choice("every", SECONDS),
        per=table.choice("per", PER, "workflow"),
        tools=_tools(table, currency, known),
    )  # fmt: skip
    return Limit(budget, _lifted(table) if over == "hold" else None)


def _lifted(table: Table) -> Requirement:
    return Requirement(
        table.choice("role", list(Role)),
        table.whole("people", 1, least=1, most=2),
        table.whole("assurance", 1, least=1, most=3),
    )


def _most(table: Table, currency: str) -> int:
    """Calls as a number; money as a text, because a float holds no cents."""
    if not currency:
        if "most" not in table.values:
            table.text("most")
        return table.whole("most", 0)
    written = table.text("most")
    units = minor(written, digits(currency))
    if units is None and written:
        wanted = f'an amount with at most {digits(currency)} digits after the point, as in "500"'
        table.complain("most", f"expected {wanted}, got {shown(written)}")
    return units or 0


def _tools(table: Table, currency: str, known: Mapping[str, Tool]) -> tuple[str, ...]:
    """Those that are named; of money, otherwise every one that names an amount."""
    named = table.texts("tools")
    for name in named:
        tool = known.get(name)
        if tool is None:
            table.complain("tools", f"expected a tool that the manifest names, got `{name}`")
        elif currency and not tool.amount:
            table.complain("tools", f"expected `amount` in `[tools.{name}]` for a budget of money")
    if not currency:
        return named
    counted = named or tuple(name for name, tool in known.items() if tool.amount)
    if not counted:
        table.complain("currency", "expected a tool that names an `amount`, got none")
    for name in counted:
        places = known[name].decimals if name in known else 0
        if places not in (0, digits(currency)):
            message = f"expected `decimals = {digits(currency)}` in `[tools.{name}]`"
            table.complain("currency", f"{message}, as {currency} has")
    return counted


def _one_currency(
    table: Table, new: Budget, limits: Iterable[Limit], known: Mapping[str, Tool]
) -> None:
    """A tool that names no currency has one, and not another in each budget."""
    for other in (limit.budget for limit in limits):
        if other.currency in ("", new.currency) or not new.currency:
            continue
        for name in set(new.tools) & set(other.tools):
            if name in known and not known[name].currency:
                message = f"expected `currency` in `[tools.{name}]`, which has two currencies here"
                table.complain("currency", message)
