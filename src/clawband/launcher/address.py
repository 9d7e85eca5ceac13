"""The address a `connect` names, read from the command's memory."""

from _socket import AF_INET, AF_INET6, AF_UNIX, inet_ntop, inet_pton

LARGEST = 128
_MAPPED = bytes(10) + b"\xff\xff"
# `sockaddr_in` and `sockaddr_in6` without the scope that very old programs leave out.
_LENGTHS = {AF_INET: 16, AF_INET6: 24}

# What name look-ups try first, on every machine, and do without.
_LOOKUPS = (
    "/var/run/nscd/", "/run/nscd/", "/run/systemd/userdb/", "/run/systemd/resolve/",
    "/var/lib/sss/pipes/",
)  # fmt: skip


class Address:
    """One socket address: `family`, `host` (4 or 16 bytes, or none), `port`, and a `text`."""

    def __init__(self, raw: bytes) -> None:
        self.family = int.from_bytes(raw[:2], "little")
        self.host, self.port, self.text = b"", 0, f"connect family-{self.family}"
        if self.family == AF_UNIX:
            self.text = f"unix {_path(raw[2:])}"
        elif len(raw) >= _LENGTHS.get(self.family, LARGEST + 1):
            self.port = int.from_bytes(raw[2:4], "big")
            self.host = raw[4:8] if self.family == AF_INET else raw[8:24]
            name = inet_ntop(self.family, self.host)
            name = f"[{name}]" if self.family == AF_INET6 else name
            self.text = f"connect {name}:{self.port}"

    def leads_to(self, host: bytes, port: int) -> bool:
        """Whether it is this one, also in its IPv4-mapped form."""
        return self.port == port and self.host in {host, _MAPPED + host}

    def is_lookup(self) -> bool:
        """Whether it is a local name service, which is refused but no attempt at anything."""
        return self.text.removeprefix("unix ").startswith(_LOOKUPS)

    def packed(self) -> bytes:
        """The same address anew, with nothing in it but what was checked."""
        port = self.port.to_bytes(2, "big")
        family = self.family.to_bytes(2, "little")
        if self.family == AF_INET:
            return family + port + self.host + bytes(8)
        return family + port + bytes(4) + self.host + bytes(4)


def host_bytes(name: str) -> bytes:
    """4 or 16 bytes of a numeric address; raises `OSError` for anything else."""
    return inet_pton(AF_INET6 if ":" in name else AF_INET, name)


def _path(raw: bytes) -> str:
    if raw[:1] == b"\0":
        return "@" + raw[1:].decode("utf-8", "backslashreplace")
    return raw.partition(b"\0")[0].decode("utf-8", "backslashreplace")
