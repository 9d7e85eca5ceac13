"""A gateway's manifest: one TOML file that says what the gateway itself may reach.

Model providers and channels are not called by an agent but by the gateway, all the time: each has a
standing lease that names its hosts and a budget. The file begins with `gateway = "<name>"` and is
published together with the workflows. `docs/egress.md` explains every key.
"""

from collections.abc import Iterator, Sequence

import cedarpy

from clawband.model.access import GATEWAY, Action
from clawband.model.deployment import GatewayPlan, Standing, Workflow
from clawband.model.network import Basis
from clawband.policy import egress, models
from clawband.policy.language import Problem
from clawband.policy.reader import Document, Table, word
from clawband.policy.rule import Rule, quote

KEY = "gateway"
"""A file with this key at its top is a gateway's manifest."""
WIDTH = 100
MOST_BYTES = 1_000_000_000_000


def parse(document: Document, text: str) -> tuple[GatewayPlan | None, Sequence[Problem]]:
    """The plan, or everything that is wrong with the file."""
    root = Table(document, (), document.values)
    name, asked = root.text(KEY), root.table("models")
    if name and (not word(name) or "/" in name):
        root.complain(KEY, f"expected the gateway's name without spaces and `/`, got `{name}`")
    workflow = Workflow(
        name=f"gateway-{name}",
        owner=root.text("owner"),
        purpose=root.text("purpose"),
        environment=root.text("environment"),
        agents=(GATEWAY,), channels=(), reads=(), writes=(), systems=(), source=text,
        models=models.read(asked),
    )  # fmt: skip
    plan = GatewayPlan(
        gateway=name,
        workflow=workflow,
        standing=_standing(root),
        ungoverned=root.choice("ungoverned", ("cut", "alert"), "cut"),
        uncontained=root.choice("uncontained", ("refuse", "accept"), "refuse"),
        honeytoken=root.choice("honeytoken", ("alarm", "pause"), "alarm"),
        unjoined=asked.choice("unjoined", models.UNJOINED, "refuse"),
        prices=models.prices(asked.table("prices")),
    )
    asked.close()
    root.close()
    return (None if document.problems else plan), document.problems


def _standing(root: Table) -> tuple[Standing, ...]:
    found: dict[str, Standing] = {}
    for table in root.tables("standing"):
        each = Standing(
            name=table.text("name"),
            purpose=table.text("purpose"),
            hosts=egress.hosts(table),
            ports=egress.ports(table),
            addresses=egress.addresses(table),
            bytes_per_hour=table.whole("bytes_per_hour", 1_000_000_000, 1, MOST_BYTES),
            connections=table.whole("connections", 64, 1, 10_000),
            credential=table.text("credential", ""),
        )
        table.close()
        if not word(each.name):
            table.complain("name", f"expected a name without spaces, got `{each.name}`")
        if each.name in found:
            table.complain("name", f"expected each name once, got `{each.name}` twice")
        found[each.name] = each
    return tuple(found.values())


def compiled(plan: GatewayPlan) -> str:
    """The Cedar text of the gateway's standing leases."""
    head = f"// Compiled: {plan.workflow.purpose}\n// Owner: {plan.workflow.owner}\n"
    text = head + "".join(f"\n{rule.cedar(plan.workflow.name)}" for rule in _rules(plan))
    return cedarpy.format_policies(text, WIDTH)


def _rules(plan: GatewayPlan) -> Iterator[Rule]:
    name, environment = plan.gateway, plan.workflow.environment
    yield Rule(
        "environment", "forbid", (), "resource",
        when=f"principal.environment != {quote(environment)}",
        because=f"the manifest of `{name}` belongs to the environment `{environment}`",
        remedy="enroll the gateway in that environment, or correct the manifest",
    )  # fmt: skip
    for each in plan.standing:
        yield Rule(
            f"standing-{each.name}", "permit", (Action.CONNECT, Action.REQUEST), "resource",
            when=f"context.basis == {quote(Basis.STANDING)} && "
            f"{egress.reaches(each.hosts, each.ports)}",
            because=f"`{name}` has a standing lease for {each.purpose}",
        )  # fmt: skip
    yield from models.unjoined(name, plan.unjoined)
    yield from models.rules(name, plan.workflow.models)
