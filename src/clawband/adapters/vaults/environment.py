"""Variables of the process: read only. Whoever runs as the same user can read them too."""

from collections.abc import Mapping

from clawband.adapters.vaults import only
from clawband.model.secret import MOST_BYTES


class EnvironmentVault:
    """Implements `ports.vault.Vault`: a place is the whole name of a variable, and its value is
    the only version. Names that do not begin with `prefix` are not there."""

    def __init__(self, variables: Mapping[bytes, bytes], prefix: str) -> None:
        self._found = {
            name.decode(errors="replace"): value
            for name, value in variables.items()
            if name.startswith(prefix.encode()) and 1 <= len(value) <= MOST_BYTES
        }

    def reach(self) -> None:
        return

    def read(self, place: str, version: int) -> bytes:
        value = self._found.get(place)
        if value is None or version not in only.VERSIONS:
            raise only.missing("variable", place)
        return value

    def newest(self, place: str) -> int:
        return only.NUMBER if place in self._found else 0

    def write(self, place: str, value: bytes) -> int:
        raise only.refused("the environment")

    def drop(self, place: str, version: int) -> None:
        raise only.refused("the environment")

    def close(self) -> None:
        return
