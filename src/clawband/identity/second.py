"""The second person: somebody else than who asks, under whatever name, and never a program."""

from clawband.model.errors import AuthenticationError
from clawband.model.person import Operator, SignedIn


def names(operator: Operator) -> frozenset[str]:
    """Every name of this person: that of the account, and those on channels."""
    return frozenset({operator.name, *operator.aliases})


def refuse_program(by: SignedIn, what: str) -> None:
    """Raises `AuthenticationError` for a service account."""
    if by.service:
        raise AuthenticationError(
            f"`{by.name}` is a service account and can never {what}",
            remedy="let a person do it",
        )


def refuse_same(asker: frozenset[str], by: SignedIn, what: str) -> None:
    """Raises `AuthenticationError` unless `by` is a second person beside `asker`.

    `asker` holds every name of who asks; `what` completes "can never", as in `agree to it`.
    """
    refuse_program(by, what)
    if asker & names(by.operator):
        raise AuthenticationError(
            f"`{by.name}` is who asks, and can never {what}",
            remedy="somebody else must decide",
        )
