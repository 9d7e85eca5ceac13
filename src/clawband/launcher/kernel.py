"""System calls by number. `_ctypes` alone, because importing `ctypes` costs milliseconds."""

import posix
from _ctypes import (
    FUNCFLAG_CDECL,
    FUNCFLAG_USE_ERRNO,
    CFuncPtr,
    _SimpleCData,
    addressof,
    dlopen,
    get_errno,
)

from clawband.launcher.numbers import CALLS

NO_NEW_PRIVS = 38
SET_DUMPABLE = 4
SET_PDEATHSIG = 1
SET_CHILD_SUBREAPER = 36
POLLIN = 1


class _Long(_SimpleCData):  # type: ignore[type-arg]
    _type_ = "l"


class _Byte(_SimpleCData):  # type: ignore[type-arg]
    _type_ = "c"


class _Library:
    _handle = dlopen(None, 0)  # type: ignore[arg-type]  # what is loaded already


class _Call(CFuncPtr):
    _flags_ = FUNCFLAG_CDECL | FUNCFLAG_USE_ERRNO
    _restype_ = _Long


_syscall = _Call(("syscall", _Library()))  # type: ignore[arg-type]


def call(number: int, *arguments: object) -> int:
    """The result of one system call; raises `OSError`.

    Integers have 32 bits here (a negative one fills all 64), bytes and `buffer`s are pointers.
    """
    result: int = _syscall(number, *arguments)
    if result == -1:
        error = get_errno()
        raise OSError(error, posix.strerror(error))
    return result


def prctl(option: int, first: int, second: int = 0) -> int:
    return call(CALLS["prctl"], option, first, second, 0, 0)


def close_from(first: int) -> None:
    """Closes every descriptor from `first` on."""
    call(CALLS["close_range"], first, -1, 0)


def signalfd(signals: list[int]) -> int:
    """A descriptor that yields 128 bytes per blocked signal that arrives (`signalfd(2)`)."""
    bits = sum(1 << (each - 1) for each in signals).to_bytes(8, "little")
    return call(CALLS["signalfd4"], -1, bits, len(bits), posix.O_CLOEXEC)


def poll(descriptors: list[int], milliseconds: int | None) -> list[tuple[int, int]]:
    """Waits until one is readable or over (`poll(2)`): each of those, with what happened to it.

    A negative descriptor is passed over. Without a limit, for as long as it takes.
    """
    waiting = b"".join(
        each.to_bytes(4, "little", signed=True) + POLLIN.to_bytes(4, "little")
        for each in descriptors
    )
    limit = None
    if milliseconds is not None:
        seconds, rest = divmod(milliseconds, 1000)
        limit = seconds.to_bytes(8, "little") + (rest * 1_000_000).to_bytes(8, "little")
    asked = bytearray(waiting)
    call(CALLS["ppoll"], buffer(asked), len(descriptors), limit, None, 0)
    seen = [int.from_bytes(asked[at + 6 : at + 8], "little") for at in range(0, len(asked), 8)]
    return [pair for pair in zip(descriptors, seen, strict=True) if pair[1]]


def buffer(content: bytearray) -> object:
    """A pointer to memory that the kernel may write to: `content` changes with it."""
    return (_Byte * len(content)).from_buffer(content)


def pointer(content: bytearray) -> bytes:
    """The address of `content`, as eight bytes of a kernel structure."""
    return addressof((_Byte * len(content)).from_buffer(content)).to_bytes(8, "little")
