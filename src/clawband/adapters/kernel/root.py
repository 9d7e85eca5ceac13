"""A root file system that holds what is named and nothing else, read-only."""

import os
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from clawband.adapters.kernel import calls
from clawband.containment.definition import Account

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
SETTINGS = (
    "ssl/certs", "ssl/openssl.cnf", "ca-certificates", "ld.so.cache", "ld.so.conf",
    "ld.so.conf.d", "alternatives", "localtime", "mime.types", "protocols", "services",
    "os-release", "debian_version", "fonts", "python3", "python3.11", "pki/tls/certs", "terminfo",
)  # fmt: skip
"""What programs need of `/etc`; the machine's own configuration stays away."""
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
NOWHERE = "192.0.2.53"
"""The name server in there. Nobody has this address (RFC 5737): who asks it is seen."""
READ_ONLY = calls.ATTRIBUTE_RDONLY | calls.ATTRIBUTE_NOSUID | calls.ATTRIBUTE_NODEV
WRITABLE = calls.ATTRIBUTE_NOSUID | calls.ATTRIBUTE_NODEV


class Root:
    """Built below `at`, an empty folder; `enter` makes it `/`. Needs a private mount namespace, and
    a process namespace that has begun."""

    def __init__(self, at: Path) -> None:
        self._at = str(at)
        self._shown: list[str] = []
        flags = calls.NOSUID | calls.NODEV
        calls.mount("tmpfs", self._at, "tmpfs", flags, "mode=0755,size=256m")
        for path in SYSTEM:
            self._system(path)
        for name in SETTINGS:
            if os.path.exists(f"/etc/{name}"):
                self.show(f"/etc/{name}")
        self._devices()
        self._temporary()

    def show(self, path: str) -> None:
        """Read-only, with everything below."""
        if any(path == each or path.startswith(f"{each}/") for each in self._shown):
            return
        self._shown.append(path)
        calls.bind(path, self._place(path, path), READ_ONLY)

    def share(self, path: str, users: int = -1) -> None:
        """Writable; `users` says who its owner is in here."""
        calls.bind(path, self._place(path, path), WRITABLE, users)

    def put(self, path: str, text: bytes, owner: Account | None = None) -> None:
        """A file of its own, for everybody to read or for its owner alone."""
        target = self._at + path
        os.makedirs(os.path.dirname(target), exist_ok=True)
        descriptor = os.open(target, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(text)
            if owner:
                os.fchown(file.fileno(), owner.uid, owner.gid)
                os.fchmod(file.fileno(), 0o400)
            else:
                os.fchmod(file.fileno(), 0o444)

    def door(self, path: str, owner: Account) -> socket.socket:
        """A listening unix socket for its owner alone."""
        folder, name = os.path.split(self._at + path)
        os.makedirs(folder, exist_ok=True)
        os.chdir(folder)  # the path to bind is short then, as its kind needs
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        made.bind(name)
        os.chmod(name, 0o600)
        os.chown(name, owner.uid, owner.gid)
        made.listen(128)
        os.chdir("/")
        return made

    def users(self, accounts: Sequence[Account], homes: Sequence[str]) -> None:
        """The names in here: root, these, and nobody."""
        people = [("root", 0, 0, "/root"), ("nobody", 65_534, 65_534, "/nonexistent")]
        people += [
            (each.name, each.uid, each.gid, home)
            for each, home in zip(accounts, homes, strict=True)
        ]
        lines = [f"{n}:x:{u}:{g}::{home}:/usr/sbin/nologin\n" for n, u, g, home in people]
        self.put("/etc/passwd", "".join(lines).encode())
        self.put("/etc/group", "".join(f"{n}:x:{g}:\n" for n, _, g, _ in people).encode())
        self.put("/etc/hosts", b"127.0.0.1 localhost\n::1 localhost\n")
        self.put("/etc/nsswitch.conf", b"passwd: files\ngroup: files\nhosts: files dns\n")
        self.put("/etc/resolv.conf", f"nameserver {NOWHERE}\noptions timeout:2\n".encode())

    def enter(self) -> None:
        """Make this `/`; the machine's own is gone."""
        options = "hidepid=invisible"
        flags = calls.NOSUID | calls.NODEV | calls.NOEXEC
        os.mkdir(f"{self._at}/proc")
        calls.mount("proc", f"{self._at}/proc", "proc", flags, options)
        os.mkdir(f"{self._at}/.old")
        os.chdir(self._at)
        calls.pivot(".", ".old")
        os.chdir("/")
        calls.unmount("/.old")
        os.rmdir("/.old")
        readonly = calls.REMOUNT | calls.BIND | calls.RDONLY | calls.NOSUID | calls.NODEV
        calls.mount("", "/", "", readonly)

    def _place(self, source: str, path: str) -> str:
        """A folder or file to mount on."""
        target = self._at + path
        if os.path.isdir(source):
            os.makedirs(target, exist_ok=True)
        else:
            os.makedirs(os.path.dirname(target), exist_ok=True)
            if not os.path.exists(target):
                Path(target).touch()
        return target

    def _system(self, path: str) -> None:
        if os.path.islink(path):
            os.symlink(os.readlink(path), self._at + path)
        elif os.path.isdir(path):
            self.show(path)

    def _devices(self) -> None:
        os.mkdir(f"{self._at}/dev")
        for name in DEVICES:
            Path(f"{self._at}/dev/{name}").touch()
            calls.mount(f"/dev/{name}", f"{self._at}/dev/{name}", "", calls.BIND)
        for name, target in (("fd", "/proc/self/fd"), ("ptmx", "pts/ptmx")):
            os.symlink(target, f"{self._at}/dev/{name}")
        for number, name in enumerate(("stdin", "stdout", "stderr")):
            os.symlink(f"/proc/self/fd/{number}", f"{self._at}/dev/{name}")
        os.mkdir(f"{self._at}/dev/pts")
        flags = calls.NOSUID | calls.NOEXEC
        pts = f"{self._at}/dev/pts"
        calls.mount("devpts", pts, "devpts", flags, "newinstance,ptmxmode=0666,mode=0620")
        self._memory("/dev/shm", "size=256m")  # noqa: S108 - made here

    def _temporary(self) -> None:
        self._memory("/tmp", "size=1g")  # noqa: S108 - made here
        os.makedirs(f"{self._at}/var")
        os.symlink("/tmp", f"{self._at}/var/tmp")  # noqa: S108

    def _memory(self, path: str, options: str) -> None:
        os.mkdir(self._at + path)
        flags = calls.NOSUID | calls.NODEV
        calls.mount("tmpfs", self._at + path, "tmpfs", flags, f"mode=1777,{options}")


@contextmanager
def shown_as(owner: Account, shown: Account) -> Iterator[int]:
    """A user namespace for `Root.share`: what `owner` has on disk belongs to `shown` there."""
    ready, told = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            calls.unshare("user")
            os.write(told, b"+")
            signal.pause()
        finally:
            os._exit(1)
    os.close(told)
    try:
        if not os.read(ready, 1):
            raise OSError("no user namespace can be made here")
        Path(f"/proc/{child}/uid_map").write_text(f"{owner.uid} {shown.uid} 1")
        Path(f"/proc/{child}/gid_map").write_text(f"{owner.gid} {shown.gid} 1")
        descriptor = os.open(f"/proc/{child}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
        try:
            yield descriptor
        finally:
            os.close(descriptor)
    finally:
        os.close(ready)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
