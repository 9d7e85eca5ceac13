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


def signalfd(signals: list[int]) -> int:
    """A descriptor that yields 128 bytes per blocked signal that arrives (`signalfd(2)`)."""
    bits = sum(1 << (each - 1) for each in signals).to_bytes(8, "little")
    return call(CALLS["signalfd4"], -1, bits, len(bits), posix.O_CLOEXEC)


def buffer(content: bytearray) -> object:
    """A pointer to memory that the kernel may write to: `content` changes with it."""
    return (_Byte * len(content)).from_buffer(content)


def pointer(content: bytearray) -> bytes:
    """The address of `content`, as eight bytes of a kernel structure."""
    return addressof((_Byte * len(content)).from_buffer(content)).to_bytes(8, "little")
