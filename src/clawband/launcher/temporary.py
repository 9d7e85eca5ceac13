"""The command's own temporary folder, which is its home too: made before it, removed after it."""

import posix

_FOLDER = posix.O_RDONLY | posix.O_DIRECTORY | posix.O_NOFOLLOW | posix.O_CLOEXEC

# S_IFMT and S_IFDIR.
_KIND, _IS_FOLDER = 0o170000, 0o040000


def make(path: str) -> None:
    """Raises `OSError`, also if there is something of that name already."""
    posix.mkdir(path, 0o700)


def remove(path: str) -> None:
    """Removes it with all that is in it; follows no link. What cannot be removed is left."""
    try:
        _empty(posix.open(path, _FOLDER))
        posix.rmdir(path)
    except (OSError, RecursionError):
        return


def _empty(folder: int) -> None:
    try:
        for name in posix.listdir(folder):
            mode = posix.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
            if mode & _KIND == _IS_FOLDER:
                posix.chmod(name, 0o700, dir_fd=folder)
                _empty(posix.open(name, _FOLDER, dir_fd=folder))
                posix.rmdir(name, dir_fd=folder)
            else:
                posix.unlink(name, dir_fd=folder)
    finally:
        posix.close(folder)
