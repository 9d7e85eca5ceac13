"""The own vault: a file for each version, sealed under a key of its own that the master key wraps.

A place is a folder, a version a file in it. A file is written beside its place, made durable, and
then linked to its number: one that exists is whole, and no number is ever given twice.
"""

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from threading import Lock

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from clawband.adapters.vaults import master as masters
from clawband.adapters.vaults.durable import replaced, settle, written
from clawband.model.errors import InvariantError, NotFoundError, UnavailableError
from clawband.ports.vault import NEWEST, MasterKey, Rewrapped

NONCE_BYTES = 12


class Sealed(msgspec.Struct, frozen=True, array_like=True):
    """What a file holds, as MessagePack. `master` names the key that wraps `key`."""

    master: str
    key: bytes
    nonce: bytes
    body: bytes


class OwnVault:
    """Implements `ports.vault.Vault` and `Wrapping` in a folder that only its owner can read."""

    def __init__(self, folder: Path, wrapping: MasterKey) -> None:
        self._folder, self._master = folder, wrapping
        # What replaces a file and what removes one must not cross: it would come back.
        self._lock = Lock()

    def reach(self) -> None:
        """Refuses a vault that is sealed with another master key throughout, before anything is
        written. Single versions that are, or are damaged, stop nothing else."""
        found = self.wrapped()
        if found and not found.keys() & self._master.known:
            raise masters.foreign(min(found), self._master.id)

    def tidy(self) -> None:
        """Remove what a crash left half written; before anybody writes."""
        try:
            for path in self._files(half=True):
                path.unlink()
        except OSError as error:
            raise _unusable(error) from error

    def read(self, place: str, version: int) -> bytes:
        number = self.newest(place) if version == NEWEST else version
        try:
            raw = self._file(place, number).read_bytes()
        except FileNotFoundError as error:
            raise _missing(place, number) from error
        except OSError as error:
            raise _unusable(error) from error
        if not raw:
            raise _missing(place, number)
        found = _decoded(raw)
        if found is None:
            raise _altered(place, number)
        key = self._master.unwrap(found.key, found.master)
        try:
            return AESGCM(key).decrypt(found.nonce, found.body, _bound(place, number))
        except (InvalidTag, ValueError) as error:
            raise _altered(place, number) from error

    def newest(self, place: str) -> int:
        try:
            return max((n for n, size in self._numbers(place) if size), default=0)
        except OSError as error:
            raise _unusable(error) from error

    def write(self, place: str, value: bytes) -> int:
        try:
            folder = self._folder / _name(place)
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            settle(self._folder)
            number = max((n for n, _ in self._numbers(place)), default=0) + 1
            while not self._keep(place, number, value):
                number += 1  # somebody else took it in the same instant
            return number
        except OSError as error:
            raise _unusable(error) from error

    def drop(self, place: str, version: int) -> None:
        path = self._file(place, version)
        try:
            with self._lock:
                highest = max((n for n, _ in self._numbers(place)), default=0)
                if version == highest and path.exists():
                    # An empty file keeps its number from being given again.
                    replaced(path, b"")
                else:
                    path.unlink(missing_ok=True)
                    settle(path.parent)
        except FileNotFoundError:
            return
        except OSError as error:
            raise _unusable(error) from error

    def close(self) -> None:
        return

    @property
    def master(self) -> str:
        return self._master.id

    def wrapped(self) -> Mapping[str, int]:
        found: Counter[str] = Counter()
        try:
            for path in self._files():
                sealed = _decoded(path.read_bytes())
                if sealed:
                    found[sealed.master] += 1
        except OSError as error:
            raise _unusable(error) from error
        return dict(found)

    def rewrap(self, *, again: bool = False) -> Rewrapped:
        changed = damaged = 0
        try:
            for path in self._files():
                try:
                    changed += self._rewrapped(path, again)
                except InvariantError:
                    damaged += 1
        except OSError as error:
            raise _unusable(error) from error
        return Rewrapped(changed, damaged)

    def _rewrapped(self, path: Path, again: bool) -> bool:
        with self._lock:
            try:
                raw = path.read_bytes()
            except FileNotFoundError:
                return False  # dropped meanwhile
            found = _decoded(raw)
            if raw and found is None:
                raise InvariantError("damaged")
            if found is None or (found.master == self._master.id and not again):
                return False
            key = self._master.unwrap(found.key, found.master)
            fresh = msgspec.structs.replace(
                found, master=self._master.id, key=self._master.wrap(key)
            )
            replaced(path, msgspec.msgpack.encode(fresh))
            return True

    def _files(self, half: bool = False) -> Iterator[Path]:
        """Every version; `half`: what is not one yet."""
        for folder in sorted(self._folder.iterdir()) if self._folder.exists() else ():
            yield from (
                each for each in sorted(folder.iterdir()) if each.name.startswith(".") == half
            )

    def _numbers(self, place: str) -> Iterator[tuple[int, int]]:
        """The numbers that were given, each with the size of its file: 0 for a dropped one."""
        with suppress(FileNotFoundError), os.scandir(self._folder / _name(place)) as found:
            for each in found:
                if each.name.isascii() and each.name.isdecimal():
                    yield int(each.name), each.stat().st_size

    def _file(self, place: str, number: int) -> Path:
        return self._folder / _name(place) / str(number)

    def _keep(self, place: str, number: int, value: bytes) -> bool:
        """Whether the number was free."""
        key, nonce = AESGCM.generate_key(256), os.urandom(NONCE_BYTES)
        body = AESGCM(key).encrypt(nonce, value, _bound(place, number))
        sealed = Sealed(self._master.id, self._master.wrap(key), nonce, body)
        path = self._file(place, number)
        temporary = written(path, msgspec.msgpack.encode(sealed))
        try:
            # Until here the version is not there; from here on it is, whole.
            os.link(temporary, path)
        except FileExistsError:
            return False
        finally:
            temporary.unlink()
        settle(path.parent)
        return True


def _decoded(raw: bytes) -> Sealed | None:
    try:
        return msgspec.msgpack.decode(raw, type=Sealed)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _name(place: str) -> str:
    """A place may hold any character; a file name may not."""
    return sha256(place.encode()).hexdigest()


def _bound(place: str, number: int) -> bytes:
    """What the seal holds besides the value: no file can stand for another one."""
    return f"{number}:{place}".encode()


def _missing(place: str, number: int) -> NotFoundError:
    return NotFoundError(
        f"the vault has no version {number} of `{place[:80]}`",
        remedy="restore the vault from a backup, or set the value again",
    )


def _altered(place: str, number: int) -> InvariantError:
    return InvariantError(
        f"version {number} of `{place[:80]}` in the vault was altered",
        remedy="restore the vault from a backup, and find out who wrote in its folder",
    )


def _unusable(error: OSError) -> UnavailableError:
    return UnavailableError(
        f"the vault's folder cannot be used: {error.strerror}",
        remedy="make room on its disk, and the folder writable for this user and nobody else",
    )
