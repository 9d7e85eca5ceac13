"""The workspace files of OpenClaw's agents, through the gateway.

No one call of its protocol does everything (`docs/openclaw.md`): any file is read by
`agents.workspace.get`, the bootstrap files are written by `agents.files.set`, other files that
exist by `sessions.files.set`. What does not exist yet is made, and what should not exist is
removed, in the folder itself: a gateway that we may reach at all is on this machine.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from pathlib import Path, PurePosixPath

from clawband.adapters.gateways.openclaw import SECONDS, Link
from clawband.model.errors import ConflictError, InputError, NotFoundError, UnavailableError
from clawband.ports.own import Own

BOOTSTRAP = frozenset(
    ("AGENTS.md", "SOUL.md", "IDENTITY.md", "USER.md", "BOOTSTRAP.md", "MEMORY.md")
)
CHANGED = ConflictError("the file is another one by now", remedy="look at it, then try again")


class OpenClawFiles:
    """Implements `ports.gateway.GatewayFiles`. A connection per act: people act seldom."""

    def __init__(self, url: str, token: Own, *, seconds: float = SECONDS) -> None:
        self._url, self._token, self._seconds = url, token, seconds

    def read(self, agent: str, path: str) -> str | None:
        with self._link() as link:
            return _text(link, agent, _inside(path))

    def write(self, agent: str, path: str, content: str, *, was: str | None) -> None:
        with self._link() as link:
            if _text(link, agent, _inside(path)) != was:
                raise CHANGED
            if path in BOOTSTRAP:
                _set_bootstrap(link, agent, path, content, was)
            elif was is None:
                self._create(link, agent, path, content)
            else:
                _set_existing(link, agent, path, content, was)
            if _text(link, agent, path) != content:
                raise UnavailableError(
                    f"`{path}` does not hold what was written to it", remedy="look at the file"
                )

    def remove(self, agent: str, path: str, *, was: str) -> bool:
        with self._link() as link:
            if _text(link, agent, _inside(path)) != was:
                raise CHANGED
            with suppress(OSError), _folder(_workspace(link, agent), path, make=False) as folder:
                name = PurePosixPath(path).name
                if _is_same(folder, name, was):
                    os.unlink(name, dir_fd=folder)
            if _text(link, agent, path) is None:
                return True
        self.write(agent, path, "", was=was)
        return False

    def _create(self, link: Link, agent: str, path: str, content: str) -> None:
        """A new file, seen by the gateway; taken away again when it is not."""
        name = PurePosixPath(path).name
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        try:
            with _folder(_workspace(link, agent), path, make=True) as folder:
                with open(os.open(name, flags, 0o600, dir_fd=folder), "w", newline="") as file:
                    file.write(content)
                if _text(link, agent, path) != content:
                    os.unlink(name, dir_fd=folder)
        except OSError as error:
            raise UnavailableError(
                f"`{path}` cannot be made in the agent's folder: {error.strerror or error}",
                remedy="run Clawband as the gateway's user on its machine, or make the file by "
                "hand out of what `clawband memory show` prints",
            ) from error

    def _link(self) -> Link:
        return Link(self._url, self._token(), seconds=self._seconds)


def _text(link: Link, agent: str, path: str) -> str | None:
    try:
        file = link.call("agents.workspace.get", {"agentId": agent, "path": path})["file"]
    except NotFoundError:
        return None
    except (LookupError, TypeError) as error:
        raise UnavailableError("the gateway's answer has no file in it") from error
    if file.get("encoding") != "utf8":
        raise UnavailableError(f"`{path}` is no text")
    return str(file.get("content", ""))


def _set_bootstrap(link: Link, agent: str, path: str, content: str, was: str | None) -> None:
    expected = {} if was is None else {"expectedHash": _hash(was)}
    link.call("agents.files.set", {"agentId": agent, "name": path, "content": content, **expected})


def _set_existing(link: Link, agent: str, path: str, content: str, was: str) -> None:
    """Through any session of the agent: its workspace is the same in all of them."""
    listed = link.call("sessions.list", {"agentId": agent, "limit": 1}).get("sessions")
    if not isinstance(listed, list) or not listed:
        raise UnavailableError(
            f"`{agent}` has no session through which its files could be written",
            remedy="say something to the agent, then try again",
        )
    link.call(
        "sessions.files.set",
        {
            "sessionKey": str(listed[0].get("key", "")),
            "agentId": agent,
            "path": path,
            "content": content,
            "expectedHash": _hash(was),
        },
    )


def _workspace(link: Link, agent: str) -> Path:
    return Path(str(link.call("agents.files.list", {"agentId": agent}).get("workspace", "")))


@contextmanager
def _folder(workspace: Path, path: str, *, make: bool) -> Iterator[int]:
    """The file's folder, opened step by step so that no link on the way leads elsewhere."""
    with ExitStack() as opened:
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
        here = os.open(workspace, flags)
        opened.callback(os.close, here)
        for part in PurePosixPath(path).parts[:-1]:
            if make:
                with suppress(FileExistsError):
                    os.mkdir(part, 0o700, dir_fd=here)
            here = os.open(part, flags, dir_fd=here)
            opened.callback(os.close, here)
        yield here


def _is_same(folder: int, name: str, text: str) -> bool:
    with open(os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=folder), "rb") as file:
        return file.read() == text.encode()


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _inside(path: str) -> str:
    parts = PurePosixPath(path).parts
    if not parts or path.startswith(("/", "~", "?")) or ".." in parts or "\\" in path:
        raise InputError(
            f"expected a path in the agent's workspace, got `{path[:80]}`",
            remedy="change files outside it by hand",
        )
    return path
