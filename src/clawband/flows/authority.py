"""What a signed-in person may do in Clawband itself: asked before every act."""

from clawband.identity.roles import MATRIX, Act
from clawband.model.errors import AuthenticationError
from clawband.model.person import SignedIn


def may(signed: SignedIn, act: Act) -> bool:
    return bool(signed.operator.roles & MATRIX[act])


def require(signed: SignedIn, act: Act) -> None:
    """Raises `AuthenticationError` naming the roles that may."""
    if not may(signed, act):
        roles = ", ".join(sorted(MATRIX[act]))
        raise AuthenticationError(
            f"`{signed.name}` may not {act.replace('-', ' ')}: it needs one of {roles}",
            remedy="ask an administrator for that role, or somebody who has it",
        )
