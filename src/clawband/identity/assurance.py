"""How sure we are of who signed in (NIST SP 800-63B §4), and what that is needed for.

Level 1 is one factor, level 2 two. Level 3 is never claimed: it needs a key that cannot leave its
device, and a passkey may be synchronised.
"""

from enum import StrEnum

from clawband.model.person import Held, Role, anywhere

PRIVILEGED = frozenset({Role.ADMIN, Role.OPERATOR, Role.APPROVER, Role.BUILDER})


class Method(StrEnum):
    """How somebody came in."""

    PASSWORD = "password"  # noqa: S105 - the name of a method
    CODE = "password and code"
    RECOVERY = "password and recovery code"
    PASSKEY = "passkey"
    OPENID = "single sign-on"
    TERMINAL = "another sign-in"
    """Let in by the same person, from a browser."""
    MACHINE = "state folder"
    """Whoever can write the state folder can do anything to it; no factor was shown."""


LEVEL = {
    Method.PASSWORD: 1,
    Method.CODE: 2,
    Method.RECOVERY: 2,
    Method.PASSKEY: 2,
    Method.OPENID: 1,
    Method.TERMINAL: 1,
    Method.MACHINE: 1,
}
"""The least that each of them proves; a provider or another sign-in may vouch for more."""


def privileged(roles: frozenset[Held]) -> bool:
    """Whether one of them is, in whatever environment."""
    return bool(anywhere(roles) & PRIVILEGED)


def withheld(roles: frozenset[Held]) -> frozenset[Held]:
    """What is left of roles while a second factor is missing."""
    return frozenset(each for each in roles if not privileged(frozenset({each})))
