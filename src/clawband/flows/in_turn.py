"""Changes of people's accounts happen one after another: each has seen the one before it.

Or two administrators could remove each other, and a role that is taken from somebody could bring
back an account that was removed meanwhile.
"""

from clawband.flows.kept import Kind
from clawband.ports.store import Documents
from clawband.ports.unit import Change

TURN = Kind("turn of accounts", int)
_ONLY = "accounts"


def in_turn(documents: Documents) -> Change:
    """Goes last into a unit that changes or removes an account; its commit conflicts when another
    one was quicker. Taken before the account is read, so that what was read is not older."""
    was = TURN.find(_ONLY, documents)
    return TURN.replace(was, was.value + 1) if was else TURN.new(_ONLY, 1)
