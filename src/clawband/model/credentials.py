"""`[[credential]]` of `clawband.toml`: what the egress proxy puts on requests for an agent."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from clawband.model.errors import InputError

_TAKEN = frozenset(
    {
        "connection", "content-encoding", "content-length", "expect", "host", "keep-alive",
        "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
        "via",
    }
)  # fmt: skip
"""Fields that say where a message ends or goes."""
_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")
_HOST = _NAME | frozenset(".:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """Its value is in a file that no agent can read, and goes to these hosts only."""

    name: str
    """What `credential` under `[[egress]]` calls it."""
    header: str
    """The field that it is, such as `authorization`."""
    value_file: str
    """A file with the whole value (mode 0600), such as `Bearer abc`."""
    hosts: tuple[str, ...]
    """Exactly these, in small letters."""


def read(given: object) -> tuple[Credential, ...]:
    """The tables, checked. Raises `InputError`."""
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise InputError("expected `credential` to be tables", remedy="write `[[credential]]`")
    found = tuple(_one(each, number) for number, each in enumerate(given, 1))
    if len({each.name for each in found}) != len(found):
        raise InputError("two credentials have the same name", remedy="name each of them once")
    return found


def _one(given: object, number: int) -> Credential:
    where = f"credential {number} of `clawband.toml`"
    names = [each.name for each in fields(Credential)]
    if not isinstance(given, dict) or set(given) != set(names):
        raise InputError(f"{where} has other keys than expected", remedy=f"say {', '.join(names)}")
    hosts = given["hosts"]
    if not _texts([given[each] for each in names[:3]]) or not _texts(hosts):
        raise InputError(f"{where} has a value of the wrong kind", remedy="use texts, and a list")
    header = given["header"].lower()
    if not _NAME.issuperset(header) or header in _TAKEN:
        raise InputError(
            f"{where} cannot be the header `{header[:40]}`",
            remedy="name the field that the service reads, such as `authorization`",
        )
    for host in hosts:
        if not _HOST.issuperset(host):
            raise InputError(
                f"{where} has the host `{host[:80]}`, expected a name in small letters",
                remedy="name each host, without scheme, port and wildcard",
            )
    return Credential(
        name=given["name"], header=header, value_file=given["value_file"], hosts=tuple(hosts)
    )


def _texts(values: object) -> bool:
    """Whether it is a list of texts, with something in each and one at least."""
    if not isinstance(values, list) or not values:
        return False
    return all(isinstance(each, str) and each.strip() for each in values)
