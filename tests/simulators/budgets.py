"""The sample's support workflow, with budgets."""

from tests.simulators.small import WORKFLOWS

SAID = """
[[budgets]]
name = "refunds"
most = "200.00"
currency = "EUR"
every = "day"
per = "requester"

[[budgets]]
name = "pace"
most = 5
every = "hour"
over = "hold"
role = "admin"
"""
BUDGETED = {**WORKFLOWS, "support.toml": WORKFLOWS["support.toml"] + SAID}
REFUND = {"order": "A-1", "amount": 15_000, "reason": "broken"}
