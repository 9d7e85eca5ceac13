"""Credentials that are put on a request here, so that the command that sends it never has them.

Two have to agree: policy names the credential for the destination, and the settings name the hosts
that may see it. The value is read when it is used, so that a new one needs no restart.
"""

from collections.abc import Iterable
from pathlib import Path

from clawband.model.credentials import Credential
from clawband.model.errors import UnavailableError

MOST = 8_192


class Credentials:
    """Those of the settings."""

    def __init__(self, listed: Iterable[Credential] = ()) -> None:
        self._listed = {each.name: each for each in listed}

    def field(self, name: str, host: str) -> tuple[bytes, bytes]:
        """The field of this credential at this host. Raises `UnavailableError` at any other."""
        known = self._listed.get(name)
        if known is None or host not in known.hosts:
            raise UnavailableError(
                f"the credential `{name}` is not for `{host}`",
                remedy="list the host in its `[[credential]]` of `clawband.toml`",
            )
        return known.header.encode(), _value(known)


def _value(known: Credential) -> bytes:
    path = Path(known.value_file)
    try:
        if path.stat().st_mode & 0o077:
            raise UnavailableError(
                f"the value of the credential `{known.name}` can be read by other users",
                remedy="replace it, and set the mode of its file to 0600",
            )
        value = path.read_bytes().strip()
    except OSError as error:
        raise UnavailableError(
            f"the value of the credential `{known.name}` cannot be read: {error.strerror}",
            remedy="correct `value_file` in `clawband.toml`",
        ) from error
    if not value or len(value) > MOST or not all(32 <= byte < 127 for byte in value):
        raise UnavailableError(
            f"the value of the credential `{known.name}` is no field value",
            remedy=f"write it on one line, as 1 to {MOST} visible ASCII characters",
        )
    return value
