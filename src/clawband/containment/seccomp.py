"""The system call filter: one table, as a BPF program and as a container's profile.

An allowlist. Calls that reach other processes, other namespaces or the kernel's own doors are told
to the supervisor, which refuses them (seccomp_unotify(2)); others do not exist (ENOSYS).
"""

import pkgutil
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from clawband.model.digest import Json

ALLOW: Final = 0x7FFF_0000
NOTIFY: Final = 0x7FC0_0000
KILL: Final = 0x8000_0000
ERRNO: Final = 0x0005_0000
EPERM, ENOSYS = 1, 38

FAMILIES: Final = {"unix": 1, "inet": 2, "inet6": 10, "netlink": 16}
STREAM, DATAGRAM, TYPE_MASK = 1, 2, 0xF
NAMESPACES: Final = 0x7E02_0000
"""CLONE_NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET and NEWNS."""
TERMINAL_WRITES: Final = (0x5412, 0x541C)
"""TIOCSTI and TIOCLINUX put words into somebody else's terminal."""
PERSONALITIES: Final = (0, 0xFFFF_FFFF)
X32: Final = 0x4000_0000

_LOAD, _JEQ, _JGT, _JGE, _JSET, _AND, _RETURN = 0x20, 0x15, 0x25, 0x35, 0x45, 0x54, 0x06
_NUMBER, _ARCH, _ARGUMENTS = 0, 4, 16
Program = list[tuple[int, int, int, int]]


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine as the kernel names it, and its column in the table."""

    audit: int
    column: int
    oci: str


MACHINES: Final = {
    "x86_64": Machine(0xC000_003E, 0, "SCMP_ARCH_X86_64"),
    "aarch64": Machine(0xC000_00B7, 1, "SCMP_ARCH_AARCH64"),
}


def _table() -> dict[str, dict[str, tuple[int | None, ...]]]:
    text = (pkgutil.get_data("clawband.containment", "syscalls.txt") or b"").decode()
    found: dict[str, dict[str, tuple[int | None, ...]]] = {"+": {}, "?": {}, "!": {}}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            mark, name, *numbers = line.split()
            found[mark][name] = tuple(None if each == "-" else int(each) for each in numbers)
    return found


_TABLE: Final = _table()
ALLOWED: Final = frozenset(_TABLE["+"])
TOLD: Final = frozenset(_TABLE["!"])
BY_ARGUMENTS: Final = ("socket", "clone", "personality")


def name_of(number: int, machine: str) -> str:
    """A system call's name, or its number in words."""
    column = MACHINES[machine].column
    for rows in _TABLE.values():
        for name, numbers in rows.items():
            if numbers[column] == number:
                return name
    return f"call {number}"


def program(machine: str, *, launcher: bool) -> bytes:
    """`struct sock_filter[]` for this machine.

    For the gateway remarkable calls go to a listener. `launcher`: for what starts launchers and
    nothing else. Each launcher refuses and tells all of these itself, and could not if they were
    refused here already; what stays refused are the calls that nobody needs.
    """
    chosen = MACHINES[machine]
    told = ALLOW if launcher else NOTIFY
    quiet = ALLOW if launcher else ERRNO | EPERM

    def number(mark: str, name: str) -> int | None:
        return _TABLE[mark][name][chosen.column]

    body: Program = [
        *[_load(_ARCH), (_JEQ, 1, 0, chosen.audit), _answer(KILL), _load(_NUMBER)],
        *[(_JGE, 0, 1, X32), _answer(ERRNO | ENOSYS)],
        *_only(number("?", "socket"), _socket(told)),
        *_only(number("?", "clone"), _clone(told)),
        *_only(number("?", "ioctl"), _ioctl(quiet)),
        *_only(number("?", "personality"), _personality(quiet)),
    ]
    for name in sorted(TOLD):
        body += _only(number("!", name), [_answer(told)])
    for low, high in _ranges(each[chosen.column] for each in _TABLE["+"].values()):
        body += [(_JGE, 0, 2, low), (_JGT, 1, 0, high), _answer(ALLOW)]
    body.append(_answer(ERRNO | ENOSYS))
    return b"".join(struct.pack("<HBBI", *each) for each in body)


def profile(*, launcher: bool) -> dict[str, Json]:
    """The same as a seccomp profile of the OCI runtime specification, without a listener."""
    allowed = {*ALLOWED, "ioctl", *((*TOLD, *BY_ARGUMENTS) if launcher else ())}
    # A profile cannot say "all but these two": terminals are kept away by giving none.
    rules: list[Json] = [_rule(sorted(allowed))]
    if not launcher:
        rules += _by_arguments()
        refused: list[Json] = [*sorted(TOLD)]
        rules += [{"names": refused, "action": "SCMP_ACT_ERRNO", "errnoRet": EPERM}]
    architectures: list[Json] = [each.oci for each in MACHINES.values()]
    return {
        "defaultAction": "SCMP_ACT_ERRNO",
        "defaultErrnoRet": ENOSYS,
        "architectures": architectures,
        "syscalls": rules,
    }


def _by_arguments() -> list[Json]:
    rules = [_rule(["socket"], [(0, FAMILIES["unix"], None)])]
    rules += [_rule(["socket"], [(0, FAMILIES["netlink"], None), (2, 0, None)])]
    rules += [
        _rule(["socket"], [(0, FAMILIES[family], None), (1, TYPE_MASK, kind)])
        for family in ("inet", "inet6")
        for kind in (STREAM, DATAGRAM)
    ]
    rules += [_rule(["clone"], [(0, NAMESPACES, 0)])]
    return rules + [_rule(["personality"], [(0, each, None)]) for each in PERSONALITIES]


def _rule(names: Sequence[str], wanted: Sequence[tuple[int, int, int | None]] = ()) -> Json:
    """Allow these calls where each argument (index, value or mask, wanted after the mask) fits."""
    arguments: list[Json] = [
        {"index": index, "value": value, "op": "SCMP_CMP_EQ"}
        if masked is None
        else {"index": index, "value": value, "valueTwo": masked, "op": "SCMP_CMP_MASKED_EQ"}
        for index, value, masked in wanted
    ]
    rule: dict[str, Json] = {"names": list(names), "action": "SCMP_ACT_ALLOW"}
    return {**rule, "args": arguments} if arguments else rule


def _load(offset: int) -> tuple[int, int, int, int]:
    return (_LOAD, 0, 0, offset)


def _answer(value: int) -> tuple[int, int, int, int]:
    return (_RETURN, 0, 0, value)


def _argument(index: int) -> tuple[int, int, int, int]:
    """The lower half of an argument: what the kernel reads of an `int`."""
    return _load(_ARGUMENTS + 8 * index)


def _only(number: int | None, body: Program) -> Program:
    """A block for one call; it must answer on every way through."""
    return [] if number is None else [(_JEQ, 0, len(body), number), *body]


def _socket(told: int) -> Program:
    """Unix sockets, routing messages, TCP and UDP; the firewall sees where the last two go."""
    return [
        _argument(0),
        (_JEQ, 8, 0, FAMILIES["unix"]),
        (_JEQ, 5, 0, FAMILIES["netlink"]),
        (_JEQ, 1, 0, FAMILIES["inet"]),
        (_JEQ, 0, 8, FAMILIES["inet6"]),
        _argument(1),
        (_AND, 0, 0, TYPE_MASK),
        (_JEQ, 2, 3, STREAM),
        _argument(2),
        (_JEQ, 0, 3, 0),
        _answer(ALLOW),
        (_JEQ, 0, 1, DATAGRAM),
        _answer(ALLOW),
        _answer(told),
    ]


def _clone(told: int) -> Program:
    return [_argument(0), (_JSET, 1, 0, NAMESPACES), _answer(ALLOW), _answer(told)]


def _ioctl(refused: int) -> Program:
    jumps = [(_JEQ, len(TERMINAL_WRITES) - n, 0, each) for n, each in enumerate(TERMINAL_WRITES)]
    return [_argument(1), *jumps, _answer(ALLOW), _answer(refused)]


def _personality(refused: int) -> Program:
    first, second = PERSONALITIES
    return [
        _argument(0),
        (_JEQ, 1, 0, first),
        (_JEQ, 0, 1, second),
        _answer(ALLOW),
        _answer(refused),
    ]


def _ranges(numbers: Iterable[int | None]) -> Iterator[tuple[int, int]]:
    """Numbers as closed ranges without gaps, ascending."""
    ordered = sorted(each for each in numbers if each is not None)
    start = last = ordered[0]
    for each in ordered[1:]:
        if each > last + 1:
            yield start, last
            start = each
        last = each
    yield start, last
