"""What a policy set would change, and what each activation did change, in words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from clawband.model.deployment import Tool
from clawband.model.errors import Error, InvariantError
from clawband.policy.compare import Change, compare
from clawband.policy.sets import PolicySet, build
from clawband.ports.shelf import Shelf
from clawband.ports.unit import ActivatePolicy


@dataclass(frozen=True, slots=True)
class Difference:
    """The digest a set would have, and what it would change."""

    digest: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Activated:
    """An activation, and what it changed; `problem` says why that cannot be told."""

    activation: ActivatePolicy
    changes: tuple[Change, ...]
    problem: str = ""


def differ(
    files: Mapping[str, str], active: PolicySet | None, catalogue: Mapping[str, Tool]
) -> Difference:
    """Against the active set. Raises `PolicyError` with every problem found."""
    built = build(files, catalogue)
    return Difference(built.digest, compare(active, built))


def kept(digest: str, shelf: Shelf, catalogue: Mapping[str, Tool]) -> PolicySet:
    """A set that was in force. Raises `InvariantError` when it can no longer be told."""
    built = build(shelf.files(digest), catalogue)
    if built.digest != digest:
        raise InvariantError(
            f"the set `{digest[:19]}…` belongs to another release, or its files were altered"
        )
    return built


def history(
    activations: Sequence[ActivatePolicy], between: Callable[[str, str], tuple[Change, ...]]
) -> Iterator[Activated]:
    """Each with what it changed against the one before it. Both newest first; the oldest given is
    compared with nothing. `between` compares two digests, of which the first may be empty."""
    for place, activation in enumerate(activations):
        earlier = activations[place + 1].digest if place + 1 < len(activations) else ""
        try:
            yield Activated(activation, between(earlier, activation.digest))
        except Error as error:
            yield Activated(activation, (), error.message)
