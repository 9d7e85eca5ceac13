"""What Clawband is told in a file that its owner alone can read: a token, a password, a key."""

import stat
from pathlib import Path

from clawband.model.errors import UnavailableError


def line(setting: str, path: Path) -> str:
    """The one line in it. `setting` named it, for the words of an error.

    Raises `UnavailableError`, which says nothing of what is in it.
    """
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise UnavailableError(
                f"`{setting}` names the file `{path.name}`, which others can read",
                remedy="replace what is in it, and set its mode to 0600",
            )
        return single(setting, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise wrong(setting, f"the file `{path.name}`: {type(error).__name__}") from error


def single(setting: str, value: str) -> str:
    """The value as one line of visible characters. Raises `UnavailableError`."""
    found = value.strip()
    if not found or not found.isprintable():
        raise wrong(setting, "what is no single line of visible characters")
    return found


def wrong(setting: str, what: str) -> UnavailableError:
    return UnavailableError(
        f"`{setting}` names {what}", remedy=f"correct `{setting}` in `clawband.toml`, or its value"
    )
