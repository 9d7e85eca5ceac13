"""What a set of policies looks at, so that everything else can be left out before evaluation.

The conditions of a policy can only depend on the context attributes they name, and on a number
that is only compared with literals only by the interval it falls in. A `Lens` replaces a request's
circumstances by the simplest ones that these policies cannot tell apart: attributes they do not
name become neutral, such a number becomes the lower end of its interval. What Cedar evaluates is
then exactly what identical questions are remembered by.
"""

import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from clawband.model.access import ApprovalFact, Circumstances, Request, Resource, ResourceKind
from clawband.policy.paths import domains, folders, within

LONG_MIN, LONG_MAX = -(2**63), 2**63 - 1

Value = None | bool | int | str | frozenset[str] | ApprovalFact
Read = Callable[[Request, Circumstances], Value]

READS: Mapping[str, Read] = {
    "integrity": lambda _, c: int(c.label.integrity),
    "confidentiality": lambda _, c: int(c.label.confidentiality),
    "requester.id": lambda r, _: r.requester.id,
    "requester.channel": lambda r, _: r.requester.channel,
    "requester.authority": lambda r, _: str(r.requester.authority),
    "paused": lambda _, c: c.paused,
    "hosts": lambda r, _: r.facts.hosts,
    "paths": lambda r, _: r.facts.paths,
    "folders": lambda r, _: folders(r.facts.paths),
    "within": lambda r, _: within(r.facts.paths),
    "recipients": lambda r, _: r.facts.recipients,
    "domains": lambda r, _: domains(r.facts.recipients),
    "systems": lambda r, _: r.facts.systems,
    "amount": lambda r, _: r.facts.amount,
    "size": lambda r, _: r.facts.size,
    "run_calls": lambda _, c: c.run_calls,
    "minute_calls": lambda _, c: c.minute_calls,
    "over": lambda _, c: frozenset(each.over for each in c.budgets if each.over),
    "unsure": lambda r, _: r.facts.unsure,
    "origins": lambda _, c: frozenset(each.fact for each in c.explanations),
    "history": lambda _, c: c.history,
    "fresh": lambda _, c: c.fresh,
    "carries": lambda r, _: r.facts.carries,
    "tags": lambda r, _: r.facts.tags,
    "protected": lambda r, _: r.facts.protected,
    "host": lambda r, _: r.facts.net.host if r.facts.net else "",
    "port": lambda r, _: r.facts.net.port if r.facts.net else 0,
    "basis": lambda r, _: str(r.facts.net.basis) if r.facts.net else "",
    "tool": lambda r, _: r.facts.net.tool if r.facts.net else "",
    "method": lambda r, _: r.facts.net.method if r.facts.net else "",
    "route": lambda r, _: r.facts.net.route if r.facts.net else "",
    "offered": lambda r, _: r.facts.offered,
    "region": lambda r, _: r.facts.region,
    "provider": lambda r, _: provider(r.resource),
    "governed": lambda r, _: r.governed,
    "approval": lambda _, c: c.approval,
}


def provider(resource: Resource) -> str:
    """What stands before the first slash of a model's id; empty for what is no model."""
    name, slash, _ = resource.id.partition("/")
    return name if slash and resource.kind is ResourceKind.MODEL else ""


NUMBERS = frozenset(
    {"integrity", "confidentiality", "amount", "size", "run_calls", "minute_calls", "port",
     "offered"}
)  # fmt: skip
TEXTS = frozenset({"within", "host", "basis", "tool", "method", "route", "region", "provider"})
SETS = frozenset({"over", "origins", "history", "fresh", "carries", "tags", "protected"})
OTHER = "\0other"
"""Stands for every element that no policy asks for by name."""
_REST = frozenset({OTHER})
_COMPARISONS = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "==": "==", "!=": "=="}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "=="}
_CUTS: Mapping[str, Callable[[int], tuple[int, ...]]] = {
    "<": lambda literal: (literal,),
    ">=": lambda literal: (literal,),
    ">": lambda literal: (literal + 1,),
    "<=": lambda literal: (literal + 1,),
    "==": lambda literal: (literal, literal + 1),
}


@dataclass(frozen=True, slots=True)
class Lens:
    """`whole` attributes are passed on as they are, `cut` ones as the lower end of an interval,
    of `picked` ones only the elements that are asked for, and `OTHER` for all the rest."""

    whole: tuple[str, ...]
    cut: tuple[tuple[str, tuple[int, ...]], ...]
    picked: tuple[tuple[str, frozenset[str]], ...] = ()

    def look(self, request: Request, circumstances: Circumstances) -> tuple[Value, ...]:
        """The values these policies can tell apart, in the order of the three fields."""
        seen = [_bounded(READS[name](request, circumstances)) for name in self.whole]
        for name, cuts in self.cut:
            value = _bounded(READS[name](request, circumstances))
            place = bisect_right(cuts, value)  # type: ignore[type-var]
            seen.append(cuts[place - 1] if place else cuts[0] - 1)
        for name, literals in self.picked:
            held: Any = READS[name](request, circumstances)
            seen.append((held & literals) | (_REST if held - literals else frozenset()))
        return tuple(seen)

    def context(self, values: tuple[Value, ...]) -> str:
        """Cedar's context for what `look` returned, as JSON."""
        names = (*self.whole, *(name for name, _ in (*self.cut, *self.picked)))
        seen = dict(zip(names, values, strict=True))
        record: dict[str, Any] = {}
        for name in READS:
            value = seen.get(name, _NEUTRAL[name])
            outer, _, inner = name.partition(".")
            if inner:
                record.setdefault(outer, {})[inner] = value
            elif isinstance(value, frozenset):
                record[name] = sorted(value)
            elif isinstance(value, ApprovalFact):
                record[name] = {
                    "roles": sorted(value.roles),
                    "people": value.people,
                    "assurance": value.assurance,
                }
            elif value is not None:
                record[name] = value
        return json.dumps(record)


def lens(conditions: Iterable[Any]) -> Lens:
    """The lens of these conditions, in Cedar's JSON form of policies."""
    uses = _Uses()
    for condition in conditions:
        _walk(condition, uses)
    cut = {name: cuts for name, cuts in uses.cuts.items() if name not in uses.whole}
    picked = {name: found for name, found in uses.picked.items() if name not in uses.whole}
    return Lens(
        tuple(name for name in READS if name in uses.whole),
        tuple((name, tuple(sorted(cuts))) for name, cuts in sorted(cut.items())),
        tuple((name, frozenset(found)) for name, found in sorted(picked.items())),
    )


@dataclass
class _Uses:
    whole: set[str] = field(default_factory=set)
    cuts: dict[str, set[int]] = field(default_factory=dict)
    picked: dict[str, set[str]] = field(default_factory=dict)


def _walk(node: Any, uses: _Uses) -> None:
    if isinstance(node, list):
        for part in node:
            _walk(part, uses)
        return
    if not isinstance(node, Mapping) or "Value" in node:
        return
    name = attribute(node)
    if name:
        uses.whole.update(read for read in READS if read == name or read.startswith(f"{name}."))
    elif node.get("Var") == "context":
        uses.whole.update(READS)  # Somebody looks at the context as a whole.
    elif not _compares(node, uses) and not _picks(node, uses):
        for part in node.values():
            _walk(list(part.values()) if isinstance(part, Mapping) and "Record" in node else part,
                  uses)  # fmt: skip


def attribute(node: Any) -> str:
    """`hosts` for `context.hosts`, `requester.id` for `context.requester.id`, else empty."""
    access = (node.get(".") or node.get("has")) if isinstance(node, Mapping) else None
    if not isinstance(access, Mapping) or "attr" not in access:
        return ""
    if access["left"] == {"Var": "context"}:
        name = str(access["attr"])
        return name if name in _TOP else ""
    outer = attribute(access["left"])
    inner = f"{outer}.{access['attr']}"
    return (inner if inner in READS else outer) if outer else ""


def _compares(node: Mapping[str, Any], uses: _Uses) -> bool:
    """Take down `context.size > 9`; False when the node is no comparison with a literal."""
    operator, sides = next(iter(node.items()))
    operator = _COMPARISONS.get(operator, "")
    if not operator:
        return False
    name, literal = attribute(sides["left"]), _literal(sides["right"])
    if literal is None:
        name, literal = attribute(sides["right"]), _literal(sides["left"])
        operator = _MIRRORED[operator]
    if literal is None or name not in NUMBERS:
        return False
    uses.cuts.setdefault(name, set()).update(_CUTS[operator](literal))
    return True


def _picks(node: Mapping[str, Any], uses: _Uses) -> bool:
    """Take down `context.tags.contains("a")` and its like; False when it is none."""
    operator, sides = next(iter(node.items()))
    if operator not in ("contains", "containsAny", "containsAll", "isEmpty"):
        return False
    name = attribute(sides.get("left", sides.get("arg")))
    asked = sides.get("right", {"Set": []})
    texts = [part.get("Value") for part in asked.get("Set", [asked])]
    if name not in SETS or not all(isinstance(text, str) for text in texts):
        return False
    uses.picked.setdefault(name, set()).update(texts)
    return True


def _literal(node: Any) -> int | None:
    value = node.get("Value") if isinstance(node, Mapping) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _bounded(value: Value) -> Value:
    """Cedar's Long has 64 bits; beyond them a number is as large as can be, not an error."""
    if isinstance(value, int) and not isinstance(value, bool):
        return min(max(value, LONG_MIN), LONG_MAX)
    return value


_TOP = frozenset(name.partition(".")[0] for name in READS)
_NEUTRAL: Mapping[str, Value] = {
    name: 0 if name in NUMBERS
    else name == "governed" if name in ("unsure", "governed")
    else None if name == "approval"
    else "" if name.startswith("requester.") or name in TEXTS
    else frozenset()
    for name in READS
}  # fmt: skip
