"""A folder of files, such as `/run/secrets`: read only, and read anew each time."""

import os
import stat
from pathlib import Path

from clawband.adapters.vaults import only
from clawband.model.errors import NotFoundError, UnavailableError
from clawband.model.secret import MOST_BYTES


class FilesVault:
    """Implements `ports.vault.Vault`: a place is a path below the folder, and its content without
    one final line break is the only version. Symbolic links lead to nowhere outside."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def reach(self) -> None:
        if not self._folder.is_dir():
            raise UnavailableError(
                f"the folder `{self._folder.name}` of secrets is not there",
                remedy="mount it, or correct `folder`",
            )

    def read(self, place: str, version: int) -> bytes:
        if version not in only.VERSIONS:
            raise only.missing("file", place)
        self.reach()
        value = content(self._found(place))
        if 1 <= len(value) <= MOST_BYTES:
            return value
        raise UnavailableError(
            f"the file `{place[:80]}` has {len(value)} bytes, expected 1 to {MOST_BYTES}",
            remedy="write the value into it, whole",
        )

    def newest(self, place: str) -> int:
        self.reach()
        try:
            return only.NUMBER if self._found(place).is_file() else 0
        except NotFoundError:
            return 0

    def write(self, place: str, value: bytes) -> int:
        raise only.refused("the folder")

    def drop(self, place: str, version: int) -> None:
        raise only.refused("the folder")

    def close(self) -> None:
        return

    def _found(self, place: str) -> Path:
        """Where the place really is, links followed."""
        root = os.path.realpath(self._folder)
        # `\\0` ends a name for the system and not for us.
        found = os.path.realpath(os.path.join(root, place.replace("\0", "")))
        if not place or os.path.commonpath([root, found]) != root:
            raise only.missing("file", place)
        return Path(found)


def content(path: Path) -> bytes:
    """Of a file that its owner alone can read: ours, or root's. One final line break is none of it.

    Raises `NotFoundError`, and `UnavailableError` for a file that is open to others.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            os.close(descriptor)
            raise only.missing("file", path.name)
        with os.fdopen(descriptor, "rb") as file:
            if about.st_mode & 0o077 or about.st_uid not in (0, os.geteuid()):
                raise UnavailableError(
                    f"the file `{path.name}` is open to other users",
                    remedy="find out who read it, replace the value, and set its mode to 0400",
                )
            value = file.read(MOST_BYTES + 3)
    except FileNotFoundError as error:
        raise only.missing("file", path.name) from error
    except OSError as error:
        raise UnavailableError(
            f"the file `{path.name}` cannot be read: {error.strerror}",
            remedy="make it readable for this user, and for nobody else",
        ) from error
    return value.removesuffix(b"\n").removesuffix(b"\r") if value.endswith(b"\n") else value
