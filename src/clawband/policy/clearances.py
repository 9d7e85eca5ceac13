"""How confidential what leaves may be: the workflow's `clearance`, `[clearances]`, and each tool's.

`[clearances]` names destinations: a recipient, `*@` with a domain, or a host. Cedar has no "for
all" over a set, so the destinations of one call must all be listed by name, or all by domain.
"""

from collections.abc import Iterable, Iterator, Mapping

from clawband.model.access import Action
from clawband.model.deployment import Tool
from clawband.model.label import Confidentiality
from clawband.policy.declaration import LEVELS
from clawband.policy.reader import Table
from clawband.policy.rule import Rule, only, quote, quoted

_LEAVING = (Action.SEND_REPLY, Action.SEND)
_BY_DOMAIN = "*@"


def read(table: Table) -> Mapping[str, int]:
    """`[clearances]`: the destinations and their levels."""
    found: dict[str, int] = {}
    for name in table.values:
        domain = name.removeprefix(_BY_DOMAIN)
        if name != name.lower() or not domain or set(domain) & set("*?") or name.split() != [name]:
            message = "expected a recipient, `*@` with a domain, or a host, in small letters"
            table.complain(name, f"{message}, got `{name}`")
        found[name] = LEVELS.index(table.choice(name, LEVELS))
    table.close()
    return found


def rules(
    name: str, usual: int, listed: Mapping[str, int], tools: Iterable[Tool]
) -> Iterator[Rule]:
    """One forbid for the workflow `name`, one for each lower level, one for each narrower tool."""
    if usual < Confidentiality.RESTRICTED:
        yield Rule(
            "clearance", "forbid", _LEAVING, "resource",
            when=f"context.confidentiality > {usual}", unless=_cleared(listed, usual),
            because=f"the session has read more than `{LEVELS[usual]}` data, "
            f"which `{name}` may not send" + (" there" if _cleared(listed, usual) else ""),
            remedy="start a new session, or have a person send it",
        )  # fmt: skip
    for level in sorted({each for each in listed.values() if each < usual}):
        low = [destination for destination, most in listed.items() if most == level]
        yield Rule(
            f"clearance-{LEVELS[level]}", "forbid", _LEAVING, "resource",
            when=f"context.confidentiality > {level} && ({_any(low)})",
            because=f"the session has read more than `{LEVELS[level]}` data, "
            f"which `{name}` may not send there",
            remedy="start a new session, or have a person send it",
        )  # fmt: skip
    for tool in tools:
        if tool.clearance < Confidentiality.RESTRICTED:
            cleared = _cleared(listed, tool.clearance)
            person = "(context has approval && context.approval.people >= 1)"
            yield Rule(
                f"clearance-of-{tool.name}", "forbid", (Action(tool.effect),),
                f"resource == Tool::{quote(tool.name)}",
                when=f"context.confidentiality > {tool.clearance}",
                unless=f"{person} || {cleared}" if cleared else person,
                because=f"the session has read more than `{LEVELS[tool.clearance]}` data, "
                f"which may not go into `{tool.name}`",
                remedy="start a new session, or have a person approve exactly this call",
            )  # fmt: skip


def _cleared(listed: Mapping[str, int], usual: int) -> str:
    """The condition that every destination is listed for what the session has read."""
    steps = []
    for level in sorted({each for each in listed.values() if each > usual}):
        names, domains = _split(name for name, most in listed.items() if most >= level)
        steps.append(
            f"(context.confidentiality <= {level} && "
            "!(context.hosts.isEmpty() && context.recipients.isEmpty()) && "
            f"{only('hosts', names)} && "
            f"({only('recipients', names)} || {only('domains', domains)}))"
        )
    return " || ".join(steps)


def _any(destinations: Iterable[str]) -> str:
    names, domains = _split(destinations)
    parts = [f"context.{what}.containsAny({quoted(names)})" for what in ("hosts", "recipients")]
    by_domain = f"context.domains.containsAny({quoted(domains)})"
    return " || ".join([*(parts if names else ()), *([by_domain] if domains else ())])


def _split(destinations: Iterable[str]) -> tuple[list[str], list[str]]:
    """Those listed by name, and the domains."""
    each = sorted(destinations)
    domains = [name.removeprefix(_BY_DOMAIN) for name in each if name.startswith(_BY_DOMAIN)]
    return [name for name in each if not name.startswith(_BY_DOMAIN)], domains
