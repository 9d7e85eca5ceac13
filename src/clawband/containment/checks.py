"""Checks of what runs against what was promised: each says what, why, and what to do."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from clawband.containment.definition import LOOPBACK, Link
from clawband.containment.facts import Facts, Process


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What must hold. Empty and None: it was not promised in this form."""

    user: int | None = None
    command_user: int | None = None
    writable: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    """What commands must not read: configuration, state, credentials."""
    link: Link | None = None
    firewall: str = ""
    """The ruleset as it was right after it was set."""
    proxy: str = ""
    """`proxy.proxyUrl` of the gateway's configuration."""


@dataclass(frozen=True, slots=True)
class Check:
    """`test` says what is wrong; empty: nothing. None: it cannot be asked in this form."""

    id: str
    what: str
    why: str
    remedy: str
    test: Callable[[Promise, Facts], str | None]


@dataclass(frozen=True, slots=True)
class Result:
    """One check with its answer: pass, fail, or skip when this form does not promise it."""

    check: Check
    outcome: str
    found: str = ""


def results(promise: Promise, facts: Facts) -> list[Result]:
    """Every check, in the order of `CHECKS`."""
    found = []
    for check in CHECKS:
        said = check.test(promise, facts)
        outcome = "skip" if said is None else "fail" if said else "pass"
        found.append(Result(check, outcome, said or ""))
    return found


def _each(facts: Facts) -> Iterable[tuple[str, Process]]:
    yield "the gateway", facts.gateway
    if facts.commands:
        yield "what runs commands", facts.commands


def _all(facts: Facts, wrong: Callable[[Process], str]) -> str:
    """The first thing that is wrong with one of the processes."""
    return next((f"{who} {said}" for who, each in _each(facts) if (said := wrong(each))), "")


def _user(promise: Promise, facts: Facts) -> str:
    uid = facts.gateway.uid
    if uid == 0:
        return "it runs as root"
    return "" if promise.user in (None, uid) else f"it runs as {uid}, promised {promise.user}"


def _command_user(promise: Promise, facts: Facts) -> str | None:
    if facts.commands is None:
        return None if promise.command_user is None else "nothing runs its commands"
    if facts.commands.uid in (0, facts.gateway.uid):
        return f"both run as {facts.commands.uid}"
    wanted = promise.command_user
    found = facts.commands.uid
    return "" if wanted in (None, found) else f"they run as {found}, promised {wanted}"


def _groups(_: Promise, facts: Facts) -> str:
    return _all(facts, lambda each: "is in root's group" if 0 in each.groups else "")


def _privileges(_: Promise, facts: Facts) -> str:
    return _all(facts, lambda each: "" if each.no_new_privileges else "may gain privileges")


def _capabilities(_: Promise, facts: Facts) -> str:
    def wrong(each: Process) -> str:
        held = [name for name, bits in each.capabilities.items() if bits]
        return f"has some in {', '.join(held)}" if held or not each.capabilities else ""

    return _all(facts, wrong)


def _seccomp(_: Promise, facts: Facts) -> str:
    return _all(facts, lambda each: "" if each.seccomp == 2 else "has no filter")


def _namespaces(wanted: str) -> Callable[[Promise, Facts], str]:
    return lambda _, facts: _all(
        facts, lambda each: "" if wanted in each.own else "is in the machine's own"
    )


def _root(_: Promise, facts: Facts) -> str:
    return _all(facts, lambda each: "" if each.root_read_only else "can write to its root")


def _writable(promise: Promise, facts: Facts) -> str | None:
    if not promise.writable:
        return None
    extra = set(facts.gateway.writable) - set(promise.writable)
    return f"it can also write to {', '.join(sorted(extra))}" if extra else ""


def _routes(promise: Promise, facts: Facts) -> str:
    link = promise.link
    known = (f"default via {link.outside} dev eth0", "default dev eth0") if link else ()
    for route in facts.routes:
        if route.startswith("default") and not route.startswith(known):
            return f"it has the route `{route}`"
    return ""


def _firewall(promise: Promise, facts: Facts) -> str | None:
    if not promise.firewall:
        return None
    if not facts.firewall:
        return "there is none"
    return "" if facts.firewall == promise.firewall else "it was changed since the start"


def _listening(_: Promise, facts: Facts) -> str:
    return f"it listens on {', '.join(facts.listening)}" if facts.listening else ""


def _secrets(_: Promise, facts: Facts) -> str:
    return _all(facts, lambda each: f"has {', '.join(each.secrets)}" if each.secrets else "")


def _hidden(promise: Promise, facts: Facts) -> str | None:
    if facts.commands is None or not promise.hidden:
        return None
    return f"they can read {', '.join(facts.commands.sees)}" if facts.commands.sees else ""


def _proxy(promise: Promise, _: Facts) -> str:
    if not promise.proxy:
        return "`proxy.proxyUrl` is not set"
    return "" if any(f"{each}:" in promise.proxy for each in LOOPBACK) else "it is not Clawband's"


AGAIN = "start it with `clawband contain run`, or with what `clawband contain generate` wrote"
CHECKS = (
    Check("user", "it runs as the promised user", "root undoes every other limit", AGAIN, _user),
    Check("command-user", "its commands run as another user",
          "a command of the same user reads the gateway's token", AGAIN, _command_user),
    Check("groups", "no process is in root's group", "files of that group open", AGAIN, _groups),
    Check("no-new-privileges", "no process may gain privileges",
          "setuid programs would", AGAIN, _privileges),
    Check("capabilities", "no process has capabilities, nor can have",
          "one is enough to undo the rest", AGAIN, _capabilities),
    Check("seccomp", "system calls are filtered",
          "the kernel is the last wall, and each call a door in it", AGAIN, _seccomp),
    Check("network", "the network is not the machine's",
          "what ignores the proxy's variables goes out directly", AGAIN, _namespaces("net")),
    Check("routes", "there is no way but the link to the proxy",
          "another route goes round it", AGAIN, _routes),
    Check("firewall", "the firewall in there is as it was set",
          "it is what makes the proxy the only way", "start it again, and ask who changed it",
          _firewall),
    Check("mounts", "the file system is not the machine's",
          "files that are not there cannot be read", AGAIN, _namespaces("mnt")),
    Check("root", "the root is read-only", "nothing can be planted for later", AGAIN, _root),
    Check("writable", "it writes only where promised", "state of others stays", AGAIN, _writable),
    Check("processes", "other processes are not seen",
          "what is seen can be read or signalled", AGAIN, _namespaces("pid")),
    Check("listening", "it listens on loopback only", "others could come in",
          "set `gateway.bind` to `loopback`", _listening),
    Check("environment", "no secret is in the environment", "every child inherits it",
          "give secrets as files or through the secret broker", _secrets),
    Check("token", "commands cannot read the gateway's token and state",
          "with the token they are its administrator", AGAIN, _hidden),
    Check("proxy", "the gateway is set to use the proxy", "else it reaches nothing at all",
          "set `proxy.proxyUrl` to what `clawband egress address` prints", _proxy),
)  # fmt: skip
