"""What counts as explained in a workflow, and how confidential a class of data is.

`[lists]` holds values the operator owns; `[provenance]` says which origins are enough; `[classes]`
sets the confidentiality of what classifiers tag. None of them becomes Cedar: they change what the
policies are told (`origins` and `confidentiality`), and policy goes on deciding.
"""

from collections.abc import Mapping

from clawband.model.provenance import Meaning, Origin
from clawband.policy.declaration import ANYTHING, LEVELS
from clawband.policy.reader import Table

CLASSES = ("secret", "personal", "business")
IGNORE = "ignore"
IGNORED = -1
_NAMED = (Meaning.RECIPIENT, Meaning.ACCOUNT, Meaning.URL, Meaning.ID, Meaning.NAME)
_ACCEPTING = ("read", "write", "send", "delete", "pay", "execute")
_ORIGINS = tuple(Origin)
_WEAKER = _ORIGINS[_ORIGINS.index(Origin.ANCHORED) :]

Lists = Mapping[str, tuple[str, ...]]


def listed(lists: Table, hosts: Lists, paths: Lists, recipients: Lists) -> Lists:
    """The values the manifest names, by meaning.

    What stands in `[lists]` may be a recipient, an account, an address, an id or a name. A folder
    says where a tool may reach, not which file was meant, so only files count.
    """
    owned = tuple(value for name in lists.values for value in lists.lines(name))
    lists.close()
    found = {meaning: [*owned] for meaning in _NAMED}
    found[Meaning.URL] += _values(hosts)
    found[Meaning.RECIPIENT] += _values(recipients)
    found[Meaning.PATH] = [path for path in _values(paths) if not path.endswith("/")]
    return {
        str(meaning): tuple(dict.fromkeys(values)) for meaning, values in found.items() if values
    }


def accepts(table: Table) -> frozenset[str]:
    """`[provenance] accept = ["send: recipient referred", "write: outside"]`, spelled out.

    Each is `<effect>: [<meaning>] <origin>`: that origin and every stronger one are enough, for
    this meaning or for all. `send` is for replies too.
    """
    found: set[str] = set()
    for line in table.lines("accept"):
        effect, _, rest = line.partition(":")
        *meanings, origin = rest.split() or [""]
        fits = effect in _ACCEPTING and origin in _WEAKER and len(meanings) <= 1
        if not fits or not set(meanings) <= set(Meaning):
            wanted = f"out of {', '.join(_ACCEPTING)} and {', '.join(_WEAKER)}"
            message = f"expected `<effect>: <origin>` or `<effect>: <meaning> <origin>` {wanted}"
            table.complain("accept", f"{message}, got `{line}`")
            continue
        enough = _WEAKER[: _WEAKER.index(Origin(origin)) + 1]
        chosen = [Meaning(each) for each in meanings] or [*Meaning]
        found.update(f"{effect}:{meaning}:{each}" for meaning in chosen for each in enough)
    table.close()
    return frozenset(found)


def classes(table: Table) -> Mapping[str, int]:
    """`[classes]`: a level for each class that is named; `IGNORED` to ignore its tags."""
    options = (*LEVELS, IGNORE)
    found = {}
    for name in CLASSES:
        if name in table.values:
            level = table.choice(name, options)
            found[name] = IGNORED if level == IGNORE else LEVELS.index(level)
        table.known.add(name)
    table.close()
    return found


def _values(lists: Lists) -> list[str]:
    return [value for values in lists.values() for value in values if value != ANYTHING]
