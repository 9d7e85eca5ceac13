"""Stays outside: makes the link, carries what is permitted, hears what was tried, ends it all."""

import asyncio
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from clawband.adapters.kernel import relay
from clawband.adapters.kernel.inside import Start, begin
from clawband.adapters.kernel.outside import Outside
from clawband.adapters.kernel.telling import Telling
from clawband.containment.definition import Link
from clawband.model.errors import UnavailableError

LINKS: Final = 16_384
GRACE_SECONDS: Final = 20
LOOPBACK: Final = "127.0.0.1"
LOCK: Final = Path("/run/clawband-links.lock")


def run(start: Start, *, record: Path, telling: Telling) -> int:
    """Run the command contained, to its end; its exit code.

    `record` is written while it runs, for `check`. Raises `UnavailableError`.
    """
    at = Path(tempfile.mkdtemp(prefix="clawband-", dir="/run"))
    at.chmod(0o755)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    outside = Outside(ours, record, telling.seen)
    child = 0
    try:
        with _alone():
            start = replace(start, link=Link(_free()), at=at)
            child = os.fork()
            if child == 0:
                ours.close()
                begin(start, theirs)
            theirs.close()
            doors = _linked(start, outside, child)
        return asyncio.run(_supervise(start, outside, child, doors, telling))
    except OSError as error:
        raise UnavailableError(
            f"the gateway cannot be contained: {error}",
            remedy="run it as root on a Linux with nftables, see docs/containment/full.md",
        ) from error
    finally:
        ours.close()  # the leash: whatever is left in there ends now
        with suppress(ChildProcessError):
            if child:
                os.waitpid(child, 0)
        record.unlink(missing_ok=True)
        shutil.rmtree(at, ignore_errors=True)


@contextmanager
def _alone() -> Iterator[None]:
    """No other supervisor picks and makes a link meanwhile."""
    with LOCK.open("w") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        yield


def _free() -> int:
    """The first link of ours that this machine does not have."""
    there = {name for _, name in socket.if_nameindex()}
    return next(n for n in range(LINKS) if Link(n).device not in there)


def _linked(start: Start, outside: Outside, child: int) -> list[socket.socket]:
    """Make the pair as soon as the child has left; what listens on our end of it."""
    if outside.message()[0] != "left":
        raise OSError(outside.failed or "it ended before it began")
    link = start.link
    for line in (
        f"link add {link.device} type veth peer name eth0 netns {child}",
        f"addr add {link.outside}/30 dev {link.device}",
        f"link set {link.device} up",
    ):
        done = subprocess.run(  # noqa: S603 - our own words
            ["ip", *line.split()],  # noqa: S607 - root's own path
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise OSError(f"`ip {line}` failed: {done.stderr.strip()[:300]}")
    doors = [relay.listening(link.outside, port, link.device) for port in start.definition.ports]
    outside.control.send(b"go")
    return doors


async def _supervise(
    start: Start, outside: Outside, child: int, doors: Sequence[socket.socket], telling: Telling
) -> int:
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, _end, outside, loop)
    for door in doors:
        await outside.serve(door, relay.to_port(LOOPBACK, door.getsockname()[1]))
    for port in start.definition.inbound:
        door = relay.listening(LOOPBACK, port)
        await outside.serve(door, relay.to_port(start.link.inside, port))
    outside.listen(start)
    going_on = asyncio.ensure_future(telling.tell())
    process = os.pidfd_open(child)
    loop.add_reader(process, over.set)
    await over.wait()
    loop.remove_reader(process)
    os.close(process)
    outside.close()
    going_on.cancel()
    await telling.flush()
    if outside.failed:
        raise OSError(outside.failed)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _end(outside: Outside, loop: asyncio.AbstractEventLoop) -> None:
    """Ask the gateway to end, and insist later: without its leash nothing in there lives on."""
    with suppress(OSError):
        outside.control.send(b"end")
    loop.call_later(GRACE_SECONDS, outside.control.close)
