"""Facts from `/proc`, `ip` and `nft`. Needs root for processes of others."""

import json
import os
import stat
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from clawband.containment.facts import CAPABILITY_SETS, Facts, Process
from clawband.containment.firewall import COUNTERS, TABLE
from clawband.model.errors import NotFoundError, UnavailableError

NAMESPACES: Final = ("mnt", "net", "pid", "ipc", "uts", "cgroup", "user")
ON_DISK: Final = frozenset({"ext4", "xfs", "btrfs", "overlay", "zfs", "f2fs", "nfs", "nfs4"})
SECRET_WORDS: Final = ("TOKEN", "PASSWORD", "SECRET", "API_KEY", "CREDENTIAL")
LISTEN: Final = "0A"
V6: Final = bytes(15) + b"\1"
MAPPED: Final = bytes(10) + b"\xff\xff\x7f\0\0\1"


def facts(record: Mapping[str, Any], hidden: Sequence[str]) -> Facts:
    """Of the `gateway` and, where known, the `commands` process; `hidden` paths are tried.

    Raises `NotFoundError` when the gateway does not run, `UnavailableError` without the right.
    """
    try:
        pid, commands = int(record["gateway"]), record.get("commands")
        inside = ["nsenter", "-t", str(pid), "-n"]
        return Facts(
            gateway=process(pid),
            commands=process(int(commands), hidden, pid) if commands else None,
            routes=(
                *_run([*inside, "ip", "route"]).splitlines(),
                *_run([*inside, "ip", "-6", "route", "show", "default"]).splitlines(),
            ),
            listening=_listening(pid),
            firewall=listed(inside),
            dropped=_dropped(inside),
        )
    except (FileNotFoundError, ProcessLookupError) as error:
        raise NotFoundError(
            "the gateway does not run", remedy="start it, or name its process with `--pid`"
        ) from error
    except PermissionError as error:
        raise UnavailableError(
            "the gateway's processes cannot be looked into", remedy="run this as root"
        ) from error


def process(pid: int, hidden: Sequence[str] = (), owner: int = 0) -> Process:
    """`hidden`: paths as the process `owner` sees them. Raises `OSError`."""
    folder = Path(f"/proc/{pid}")
    lines = (folder / "status").read_text().splitlines()
    status = {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}
    uid, gid = int(status["Uid"].split()[1]), int(status["Gid"].split()[1])
    groups = (gid, *map(int, status["Groups"].split()))
    mounts = _mounts((folder / "mountinfo").read_text())
    return Process(
        pid=pid,
        uid=uid,
        groups=groups,
        no_new_privileges=status.get("NoNewPrivs") == "1",
        seccomp=int(status.get("Seccomp", "0")),
        capabilities={name: int(status[name], 16) for name in CAPABILITY_SETS},
        own=frozenset(name for name in NAMESPACES if _other(pid, name)),
        root_read_only=mounts.get("/", ("rw", ""))[0] == "ro",
        writable=tuple(
            where for where, (mode, kind) in mounts.items() if mode == "rw" and kind in ON_DISK
        ),
        secrets=_secrets((folder / "environ").read_bytes()),
        sees=tuple(
            each
            for each in hidden
            if _same(f"/proc/{pid}/root{each}", f"/proc/{owner}/root{each}")
            and _opens(Path(f"/proc/{pid}/root{each}"), uid, groups)
        ),
    )


def listed(inside: Sequence[str] = ()) -> str:
    """The ruleset without counters; empty when there is none."""
    return _run([*inside, "nft", "--stateless", "list", "ruleset"])


def _dropped(inside: Sequence[str]) -> dict[str, int]:
    said = _run([*inside, "nft", "--json", "list", "counters", "table", "inet", TABLE])
    if not said:
        return {}
    counters = [each["counter"] for each in json.loads(said)["nftables"] if "counter" in each]
    return {each["name"]: each["packets"] for each in counters if each["name"] in COUNTERS}


def _run(command: Sequence[str]) -> str:
    """What it says; empty when it is missing or fails."""
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            command, capture_output=True, text=True, check=False, timeout=10
        )
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _other(pid: int, name: str) -> bool:
    """Whether a namespace is another one than that of this process."""
    return os.readlink(f"/proc/{pid}/ns/{name}") != os.readlink(f"/proc/self/ns/{name}")


def _mounts(text: str) -> dict[str, tuple[str, str]]:
    """Mount point to mode and kind; the last one on a point is the one that counts."""
    found = {}
    for line in text.splitlines():
        mount, _, rest = line.partition(" - ")
        fields, (kind, _, above) = mount.split(), rest.split(" ", 2)
        options = {*fields[5].split(","), *above.split()[-1].split(",")}
        found[fields[4].encode().decode("unicode_escape")] = (
            "ro" if "ro" in options else "rw",
            kind,
        )
    return found


def _secrets(environment: bytes) -> tuple[str, ...]:
    names = {
        each.partition(b"=")[0].decode("ascii", "replace") for each in environment.split(b"\0")
    }
    return tuple(sorted(each for each in names if any(word in each for word in SECRET_WORDS)))


def _same(path: str, other: str) -> bool:
    try:
        return os.path.samefile(path, other)
    except OSError:
        return False


def _opens(path: Path, uid: int, groups: Sequence[int]) -> bool:
    """Whether this user could open it, by the permission bits from the root down."""
    try:
        for each in (*reversed(path.parents), path):
            # Above its own root nothing counts; `/proc/N/root` is the way there.
            if len(each.parts) <= 4:
                continue
            known = each.stat()
            shift = 6 if known.st_uid == uid else 3 if known.st_gid in groups else 0
            needed = stat.S_IXOTH if each != path and each.is_dir() else stat.S_IROTH
            if not known.st_mode >> shift & needed:
                return False
    except OSError:
        return False
    return True


def _listening(pid: int) -> tuple[str, ...]:
    found = []
    for name, size in (("tcp", 4), ("tcp6", 16)):
        for line in Path(f"/proc/{pid}/net/{name}").read_text().splitlines()[1:]:
            fields = line.split()
            address, _, port = fields[1].partition(":")
            if fields[3] == LISTEN and not _loopback(bytes.fromhex(address), size):
                found.append(f"{'*' if not int(address, 16) else address}:{int(port, 16)}")
    return tuple(found)


def _loopback(address: bytes, size: int) -> bool:
    """The kernel prints each 32 bits in the machine's order (little-endian here)."""
    turned = b"".join(address[at : at + 4][::-1] for at in range(0, size, 4))
    return turned[0] == 127 if size == 4 else turned in (V6, MAPPED)
