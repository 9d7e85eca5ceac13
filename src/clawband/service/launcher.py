"""How commands are started on this machine."""

from dataclasses import dataclass

_ETC = (
    "alternatives", "bash.bashrc", "ca-certificates", "ca-certificates.conf", "crypto-policies",
    "debian_version", "environment", "fonts", "gitconfig", "group", "host.conf", "hostname",
    "hosts", "inputrc", "issue", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime",
    "locale.alias", "locale.conf", "login.defs", "magic", "magic.mime", "mime.types",
    "nsswitch.conf", "os-release", "passwd", "pki", "profile", "profile.d", "protocols", "python3",
    "resolv.conf", "rpc", "services", "shells", "ssl/certs", "ssl/openssl.cnf", "terminfo",
    "timezone",
)  # fmt: skip
READABLE = (
    "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt", "/proc", "/sys/devices/system/cpu",
    *(f"/etc/{name}" for name in _ETC),
)  # fmt: skip
"""What programs of a usual system need: no home folder, no state, no key. Missing ones are fine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Launcher:
    """How a command is started here, and what it may touch. Absolute paths."""

    program: tuple[str, ...]
    """The launcher's command line, before the port."""
    port: int
    """Of the egress boundary on 127.0.0.1."""
    shell: str = "/bin/sh"
    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    """Besides the agent's workspace."""
    temporary: str = "/tmp"  # noqa: S108 - each command makes a folder of its own in it
    trust: str = ""
    """A file with the authorities that commands trust where their TLS is looked into."""
    symlinks: bool = False
