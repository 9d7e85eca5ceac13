"""The sockets we listen on, open to nobody more than is meant. Each raises `UnavailableError`."""

import os
import socket
from pathlib import Path

from clawband.model.errors import UnavailableError


def unix(path: Path) -> socket.socket:
    """The unix socket, for this user only from its first moment."""
    path.unlink(missing_ok=True)
    door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        door.bind(str(path))
    except OSError as error:
        door.close()
        raise UnavailableError(
            f"the socket cannot be made: {error.strerror or error}",
            remedy="choose a `state` folder with a path of less than 80 characters",
        ) from error
    finally:
        os.umask(before)
    return door


def port(host: str, port: int, setting: str = "port") -> socket.socket:
    """A TCP port; `setting` is what names it in `clawband.toml`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio switches Nagle's delay off only then.
    door = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((host, port))
    except OSError as error:
        door.close()
        raise UnavailableError(
            f"port {port} on {host} is taken: {error.strerror}",
            remedy=f"stop what uses it, or set another `{setting}` in `clawband.toml`",
        ) from error
    return door
