"""Budgets: how much of something a workflow may use up, for whom, and how much of it is left."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from clawband.model.money import shown

SECONDS: Final = {
    "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800, "month": 2_592_000,
}  # fmt: skip
"""A month is 30 days."""
PER: Final = ("workflow", "agent", "requester", "tool", "channel")


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """`[[budgets]]`: calls, or money in minor units, in any stretch of this length."""

    name: str
    most: int
    every: str
    """A key of `SECONDS`."""
    per: str = "workflow"
    """One of `PER`: who or what has so much each."""
    currency: str = ""
    """ISO 4217; empty for a budget of calls."""
    tools: tuple[str, ...] = ()
    """Whose calls count; of a budget of calls none means all."""
    over: str = "refuse"
    """`refuse` or `hold`: what becomes of a call that it does not cover."""

    @property
    def seconds(self) -> int:
        return SECONDS[self.every]

    @property
    def unit(self) -> str:
        return self.currency or "calls"

    def amount(self, units: int) -> str:
        """`500.00 EUR`, `20 calls`."""
        if self.currency:
            return shown(units, self.currency)
        return f"{shown(units, '')} call{'' if units == 1 else 's'}"

    @property
    def told(self) -> str:
        """`500.00 EUR a day for each requester by `refund``."""
        each = f" for each {self.per}" if self.per != "workflow" else ""
        by = " and ".join(f"`{tool}`" for tool in self.tools)
        article = "an" if self.every == "hour" else "a"
        return f"{self.amount(self.most)} {article} {self.every}{each}{f' by {by}' if by else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A budget for one of those that it is for, before a call, or as it is now."""

    workflow: str
    budget: Budget
    key: str = ""
    """Whose it is: an agent, a requester, a tool or a channel; empty for the workflow's."""
    used: int
    asked: int | None = 0
    """What the call would use; None when that cannot be read, or is of another currency."""
    fits: datetime | None = None
    """When the call fits, if nothing else is used; None for never."""

    @property
    def left(self) -> int:
        """An approval may have gone beyond it: then nothing is left."""
        return max(0, self.budget.most - self.used)

    @property
    def share(self) -> int:
        """How much of it is used, in percent; all of it where nothing is left."""
        return 100 * self.used // self.budget.most if self.left else 100

    @property
    def takes(self) -> int:
        """How much of what is left the call would use, in percent of all."""
        asked = self.asked or 0
        return min(100 - self.share, 100 * asked // self.budget.most) if self.left else 0

    @property
    def over(self) -> str:
        """What policy is told: the budget that the call does not fit, `<name>?` when nobody can
        say, empty when it fits."""
        if self.asked is None:
            return f"{self.budget.name}?"
        return self.budget.name if self.asked and self.asked > self.left else ""

    @property
    def says(self) -> str:
        """What is left, what is asked, and when it would fit."""
        budget = self.budget
        if self.asked is None:
            return f"expected an amount in {budget.currency}, got none that can be counted"
        left = f"{budget.amount(self.left)} of {budget.amount(budget.most)} left"
        when = f"; it fits from {self.fits:%Y-%m-%d %H:%M} UTC on" if self.fits else ""
        return f"{left}, and this is {budget.amount(self.asked)}{when}"
