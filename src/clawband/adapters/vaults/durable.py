"""Files that are whole or not there, whenever the machine stops."""

import os
from pathlib import Path


def written(path: Path, content: bytes) -> Path:
    """A durable file beside `path`, for its owner only; nothing is left of one that could not be
    finished."""
    temporary = path.with_name(f".{path.name}.{os.urandom(6).hex()}")
    descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        temporary.unlink()
        raise
    return temporary


def replaced(path: Path, content: bytes) -> None:
    """In one step: a reader sees what was there or all of what is there now."""
    os.replace(written(path, content), path)
    settle(path.parent)


def settle(folder: Path) -> None:
    """What was linked, renamed and removed in the folder stays so."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
