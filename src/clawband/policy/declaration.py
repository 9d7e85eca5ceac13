"""`[tools.<name>]`: what a tool of the deployment does, and what its arguments and output mean."""

from collections.abc import Iterable, Mapping

from clawband.model.deployment import Tool
from clawband.model.label import Confidentiality
from clawband.policy.reader import Table, word

EFFECTS = ("read", "write", "send", "execute", "delete", "pay", "configure")
LEVELS = tuple(level.name.lower() for level in Confidentiality)
ANYTHING = "*"
WRAPPER = "tool_call"
"""The outer call of tool search, which is judged by what is inside: no tool may have its name."""
OPTIONAL = "?"
"""At the end of an argument's name: it may be left out."""
_LISTS = (
    "hosts", "paths", "recipients", "ids", "accounts", "commands", "names", "dates", "contents",
)  # fmt: skip


def declared(table: Table, catalogue: Mapping[str, Tool]) -> Mapping[str, Tool]:
    """The tools under `[tools]`, by name. `catalogue` holds the built-in ones."""
    found: dict[str, Tool] = {}
    for name in table.values:
        if not word(name):
            table.complain(name, f"expected a tool name without spaces, got `{name}`")
        if name in catalogue or name == WRAPPER:
            message = f"expected a tool of the deployment, got `{name}`, which OpenClaw itself has"
            table.complain(name, message)
        found[name] = _tool(name, table.table(name))
    return found


def required(keys: Iterable[str]) -> bool:
    """Whether a call must name something under these arguments."""
    return any(not key.endswith(OPTIONAL) for key in keys)


def _tool(name: str, table: Table) -> Tool:
    lists = {kind: table.texts(kind) for kind in _LISTS}
    tool = Tool(
        name=name,
        effect=f"tool:{table.choice('effect', EFFECTS)}",
        system=table.text("system", ""),
        outside=table.truth("outside", default=True),
        confidentiality=LEVELS.index(table.choice("confidentiality", LEVELS, "public")),
        clearance=LEVELS.index(table.choice("clearance", LEVELS, "restricted")),
        amount=table.text("amount", ""),
        currency=table.text("currency", ""),
        decimals=table.whole("decimals", 0, most=4),
        attested=table.texts("attested"),
        hosts=lists["hosts"],
        paths=lists["paths"],
        recipients=lists["recipients"],
        ids=lists["ids"],
        accounts=lists["accounts"],
        commands=lists["commands"],
        names=lists["names"],
        dates=lists["dates"],
        contents=lists["contents"],
    )
    single = {"amount": tool.amount, "currency": tool.currency}
    _check(table, lists | {kind: (name,) if name else () for kind, name in single.items()})
    for key in ("currency", "decimals"):
        if key in table.values and not tool.amount:
            table.complain(key, f"expected `amount` beside `{key}`")
    table.close()
    return tool


def _check(table: Table, lists: Mapping[str, tuple[str, ...]]) -> None:
    """Complain about a way that leads nowhere and about an argument with two meanings."""
    first: dict[str, str] = {}
    for kind, keys in lists.items():
        for key in keys:
            names = [part.removesuffix("[]") for part in key.removesuffix(OPTIONAL).split(".")]
            if not all(name and not set(name) & set("[]?") for name in names):
                message = f"expected a key or a way to one such as `items[].id`, got `{key}`"
                table.complain(kind, message)
            way = ".".join(names)
            other = first.setdefault(way, kind)
            if other != kind and {other, kind} != {"hosts", "paths"}:
                message = f"expected one meaning for `{way}`, got `{other}` and `{kind}`"
                table.complain(kind, message)
