"""The supervisor: answers the system calls that the gate asks about, and tells what was refused.

It is the parent of the command and is not confined itself, so it does two things for it only: it
connects a TCP socket to the proxy, and it lets a Unix socket listen. Both with the descriptor taken
out of the command by `pidfd_getfd` and with its own copy of the address, so that nothing the
command changes in between matters. Source: `seccomp_unotify(2)`.
"""

import posix
from _signal import SIGKILL
from _socket import AF_UNIX, SO_SNDTIMEO, SOCK_STREAM, SOL_SOCKET, socket

from clawband.launcher import gate
from clawband.launcher.address import LARGEST, Address
from clawband.launcher.kernel import buffer, call
from clawband.launcher.numbers import AUDIT, CALLS, machine
from clawband.launcher.reports import Reports

_RECEIVE, _SEND, _IS_VALID = 0xC0502100, 0xC0182101, 0x40082102
_NAMES = {number: name for name, number in CALLS.items()}
_FAMILIES = {1: "unix", 2: "inet", 10: "inet6", 16: "netlink", 17: "packet", 38: "alg", 40: "vsock"}
_KINDS = {1: "stream", 2: "dgram", 3: "raw", 5: "seqpacket"}
_ENOENT, _EINVAL, _ETIMEDOUT, _EINPROGRESS = 2, 22, 110, 115
# `struct timeval`: the proxy is on this machine, and takes a connection at once or is not there.
_FIVE_SECONDS = (5).to_bytes(8, "little") + bytes(8)


class Request:
    """One stopped system call (`struct seccomp_notif`)."""

    def __init__(self, raw: bytes) -> None:
        self.raw_id = raw[:8]
        self.thread = int.from_bytes(raw[8:12], "little")
        self.number = int.from_bytes(raw[16:20], "little", signed=True)
        self.architecture = int.from_bytes(raw[20:24], "little")
        self.arguments = [int.from_bytes(raw[at : at + 8], "little") for at in range(32, 80, 8)]

    @property
    def descriptor(self) -> int:
        return self.arguments[0] & 0xFFFFFFFF


def take(pid: int, descriptor: int) -> int:
    """A copy of another process's descriptor; raises `OSError`."""
    process = call(CALLS["pidfd_open"], pid, 0)
    try:
        return call(CALLS["pidfd_getfd"], process, descriptor, 0)
    finally:
        posix.close(process)


class Watch:
    """Answers for one command. Anything unexpected is a refusal."""

    def __init__(self, listener: int, proxy: tuple[bytes, int], reports: Reports) -> None:
        self.listener = listener
        self._proxy = proxy
        self._reports = reports
        self._own = AUDIT[machine()]

    def answer_one(self) -> None:
        """Waits for a stopped call and answers it."""
        raw = bytearray(80)
        try:
            call(CALLS["ioctl"], self.listener, _RECEIVE, buffer(raw))
        except OSError:
            # It was killed while it waited.
            return
        request = Request(bytes(raw))
        try:
            error = self._judge(request)
        except OSError as problem:
            error = problem.errno or gate.EPERM
        answer = bytearray(24)
        answer[0:8] = request.raw_id
        answer[16:20] = (-error).to_bytes(4, "little", signed=True)
        try:
            call(CALLS["ioctl"], self.listener, _SEND, buffer(answer))
        except OSError as gone:
            if gone.errno != _ENOENT:
                raise

    def _judge(self, request: Request) -> int:
        """The error that the call ends with; 0 if it was done."""
        if request.architecture != self._own or request.number not in _NAMES:
            self._reports.add(f"foreign-call {request.number & 0xFFFFFFFF}")
            posix.kill(_process(request.thread), SIGKILL)
            return gate.EPERM
        name = _NAMES[request.number]
        if name == "connect":
            return self._connect(request)
        if name == "listen":
            return self._listen(request)
        self._reports.add(_describe(name, request.arguments))
        return gate.EACCES if name in {"socket", "socketpair"} else gate.EPERM

    def _connect(self, request: Request) -> int:
        length = request.arguments[2] & 0xFFFFFFFF
        if not 2 <= length <= LARGEST:
            return _EINVAL
        address = Address(_read(request.thread, request.arguments[1], length))
        if not address.leads_to(*self._proxy):
            if address.is_lookup():
                return _ENOENT
            self._reports.add(address.text)
            return gate.EACCES
        self._still_there(request)
        taken = socket(fileno=take(_process(request.thread), request.descriptor))
        try:
            return _reach(taken, address)
        finally:
            taken.close()

    def _listen(self, request: Request) -> int:
        self._still_there(request)
        taken = socket(fileno=take(_process(request.thread), request.descriptor))
        try:
            if taken.family == AF_UNIX:
                taken.listen(min(request.arguments[1] & 0x7FFFFFFF, 4096))
                return 0
        finally:
            taken.close()
        self._reports.add("listen")
        return gate.EACCES

    def _still_there(self, request: Request) -> None:
        """Raises `OSError` if the thread is gone, and its number perhaps another's by now."""
        call(CALLS["ioctl"], self.listener, _IS_VALID, request.raw_id)


def _reach(taken: socket, address: Address) -> int:
    if taken.type != SOCK_STREAM:
        return gate.EACCES
    blocking = posix.get_blocking(taken.fileno())
    before = taken.getsockopt(SOL_SOCKET, SO_SNDTIMEO, 16)
    packed = address.packed()
    if blocking:
        taken.setsockopt(SOL_SOCKET, SO_SNDTIMEO, _FIVE_SECONDS)
    try:
        call(CALLS["connect"], taken.fileno(), packed, len(packed))
    except OSError as error:
        return _ETIMEDOUT if blocking and error.errno == _EINPROGRESS else error.errno or gate.EPERM
    finally:
        if blocking:
            taken.setsockopt(SOL_SOCKET, SO_SNDTIMEO, before)
    return 0


def _read(thread: int, address: int, length: int) -> bytes:
    memory = posix.open(f"/proc/{thread}/mem", posix.O_RDONLY | posix.O_CLOEXEC)
    try:
        return posix.pread(memory, length, address)
    finally:
        posix.close(memory)


def _process(thread: int) -> int:
    """The process that a thread belongs to; raises `OSError`."""
    opened = posix.open(f"/proc/{thread}/status", posix.O_RDONLY | posix.O_CLOEXEC)
    try:
        text = posix.read(opened, 4096)
    finally:
        posix.close(opened)
    return int(text.partition(b"\nTgid:")[2].split(None, 1)[0])


def _describe(name: str, arguments: list[int]) -> str:
    if name in {"socket", "socketpair"}:
        family, kind, protocol = arguments[0] & 0xFFFFFFFF, arguments[1] & 0xF, arguments[2]
        text = f"{name} {_FAMILIES.get(family, family)}-{_KINDS.get(kind, kind)}"
        return f"{text} {protocol & 0xFFFFFFFF}" if protocol else text
    if name == "ioctl":
        return f"ioctl {arguments[1] & 0xFFFFFFFF:#x}"
    return name
