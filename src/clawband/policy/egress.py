"""`[[egress]]`: where the commands and tools of a workflow may connect, as Cedar.

A call that names a host opens a lease for it, and needs no line here. A command says nothing of
where it goes, and a tool of the deployment may reach hosts that no argument names: those are
listed here. Everything else is refused by being absent.
"""

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_network

from clawband.model.access import Action
from clawband.model.deployment import Destination, Tool
from clawband.model.label import CLASSES
from clawband.model.network import Basis
from clawband.policy import suffixes
from clawband.policy.declaration import ANYTHING, LEVELS
from clawband.policy.models import VALUES
from clawband.policy.reader import Table
from clawband.policy.rule import Rule, quote, quoted

HTTPS, HTTP = 443, 80
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
_NET = (Action.CONNECT, Action.REQUEST)
_CALLED = (Basis.CALL, Basis.LEASE, Basis.REDIRECT, Basis.SINGLE)


def read(
    tables: Iterable[Table], granted: Mapping[str, Tool], clearance: int
) -> tuple[tuple[Destination, int], ...]:
    """The destinations, each with the most confidential data a session may have read."""
    return tuple(_destination(table, granted, clearance) for table in tables)


def _destination(
    table: Table, granted: Mapping[str, Tool], clearance: int
) -> tuple[Destination, int]:
    found = Destination(
        hosts=hosts(table),
        ports=ports(table),
        tools=table.texts("tools", required=True),
        addresses=addresses(table),
        inspect=table.truth("inspect", default=False),
        methods=table.texts("methods"),
        paths=table.texts("paths"),
        mask=_masked(table),
        credential=table.text("credential", ""),
    )
    for tool in found.tools:
        if tool not in granted:
            table.complain("tools", f"expected a tool of `reads` or `writes`, got `{tool}`")
    for method in found.methods:
        if method not in METHODS:
            message = f"expected one of {', '.join(METHODS)}, got `{method}`"
            table.complain("methods", message)
    for path in found.paths:
        if not path.startswith("/") or set(path) & set("?#*\\") or ".." in path.split("/"):
            message = "expected a path that begins with `/`, without `?`, `*` and `..`"
            table.complain("paths", f"{message}, got `{path}`")
    if (found.methods or found.paths) and not found.inspect and HTTPS in found.ports:
        key = "methods" if found.methods else "paths"
        message = f"expected `inspect = true` beside `{key}`: a tunnel shows neither"
        table.complain(key, message)
    for key in ("mask", "credential"):
        if getattr(found, key) and not found.inspect:
            message = f"expected `inspect = true` beside `{key}`: a tunnel hides both"
            table.complain(key, message)
    level = LEVELS.index(table.choice("clearance", LEVELS, LEVELS[clearance]))
    table.close()
    return found, level


def _masked(table: Table) -> tuple[str, ...]:
    found = table.texts("mask")
    for each in found:
        if each not in VALUES:
            table.complain("mask", f"expected one of {', '.join(VALUES)}, got `{each}`")
    return found


def hosts(table: Table) -> tuple[str, ...]:
    found = table.texts("hosts", required=True)
    for host in found:
        if wrong := _wrong(host):
            table.complain("hosts", f"expected {wrong}, got `{host}`")
    if not found and "hosts" in table.values:
        table.complain("hosts", "expected at least one host, got none")
    return found


def ports(table: Table) -> tuple[int, ...]:
    given = table.wholes("ports", least=1, most=65_535)
    if "ports" in table.values and not given:
        table.complain("ports", "expected at least one port, got none")
    return given or (HTTPS,)


def addresses(table: Table) -> tuple[str, ...]:
    found = table.texts("addresses")
    for network in found:
        try:
            ip_network(network)
        except ValueError as error:
            table.complain("addresses", f"expected a network such as `10.1.0.0/16`: {error}")
    return found


def rules(
    name: str,
    listed: Iterable[tuple[Destination, int]],
    granted: Mapping[str, Tool],
    fetched: Mapping[str, tuple[str, ...]],
    classes: Mapping[str, int],
) -> Iterator[Rule]:
    """A permit for each destination, and one for the redirects of each tool that names hosts."""
    for number, (each, level) in enumerate(listed, 1):
        tools = ", ".join(f"`{tool}`" for tool in each.tools)
        told = f"`{name}` may let {tools} connect to {', '.join(each.hosts)}"
        where = [
            f"{quoted(_CALLED)}.contains(context.basis)",
            f"{quoted(each.tools)}.contains(context.tool)",
            reaches(each.hosts, each.ports),
            f"context.confidentiality <= {level}",
            *_clear(each, level, classes),
        ]
        if not each.inspect or not (each.methods or each.paths):
            seen = [_seen(each)] if each.methods or each.paths else []
            yield Rule(
                f"egress-{number}", "permit", _NET, "resource",
                when=" && ".join([*where, *seen]), because=told,
            )  # fmt: skip
            continue
        yield Rule(
            f"egress-{number}", "permit", (Action.CONNECT,), "resource",
            when=" && ".join(where), because=told,
        )  # fmt: skip
        yield Rule(
            f"egress-{number}-requests", "permit", (Action.REQUEST,), "resource",
            when=" && ".join([*where, _seen(each)]), because=f"{told}, by these methods and paths",
        )  # fmt: skip
    yield from _redirects(name, granted, fetched)


def _clear(each: Destination, level: int, classes: Mapping[str, int]) -> Iterator[str]:
    """What is seen in a request may leave like what the session has read; masked, it does not."""
    for tag, usual in CLASSES.items():
        if classes.get(tag, usual) > level and tag not in each.mask:
            yield f"!context.tags.contains({quote(tag)})"


def _redirects(
    name: str, granted: Mapping[str, Tool], fetched: Mapping[str, tuple[str, ...]]
) -> Iterator[Rule]:
    """A page may lead to another host of the same list, and nowhere else."""
    for tool in granted.values():
        if not tool.hosts or tool.effect != Action.READ:
            continue
        listed = fetched.get(tool.name, ())
        anywhere = ANYTHING in listed
        if not listed:
            continue
        usual = (HTTP, HTTPS)
        yield Rule(
            f"redirect-{tool.name}", "permit", _NET, "resource",
            when=f"context.basis == {quote(Basis.REDIRECT)} && context.tool == {quote(tool.name)}"
            f" && {_ports(usual) if anywhere else reaches(listed, usual)}",
            because=f"`{name}` may follow a redirect of `{tool.name}` to a host of its list",
        )  # fmt: skip


def reaches(names: Iterable[str], numbers: Iterable[int]) -> str:
    """The condition that host and port are among these."""
    likes = [
        f"context.host like {quote(name)}" if name.startswith("*.")
        else f"context.host == {quote(name)}"
        for name in names
    ]  # fmt: skip
    return f"({' || '.join(likes)}) && {_ports(numbers)}"


def _ports(numbers: Iterable[int]) -> str:
    return "(" + " || ".join(f"context.port == {number}" for number in numbers) + ")"


def _seen(each: Destination) -> str:
    parts = []
    if each.methods:
        parts.append(f"{quoted(each.methods)}.contains(context.method)")
    if each.paths:
        within = (
            f'context.route like {quote(path)[:-1]}*"' if path.endswith("/")
            else f"context.route == {quote(path)}"
            for path in each.paths
        )  # fmt: skip
        parts.append(f"({' || '.join(within)})")
    return " && ".join(parts)


def _wrong(host: str) -> str:
    name = host.removeprefix("*.")
    plain = name.isascii() and name == name.lower() and not set(name) & set("/:@*?[]\\%")
    labels = name.split(".")
    if not plain or not all(labels):
        return "a host, or `*.` and a domain, in small letters, without scheme and port"
    if host != name and suffixes.shared(name):
        return "a domain of one owner after `*.`"
    return ""
