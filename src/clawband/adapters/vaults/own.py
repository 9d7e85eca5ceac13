"""The own vault: a file for each version, sealed under a key of its own that the master key wraps.

A file is written beside its place, made durable, and then linked to its number: one that exists is
whole, and no number is ever given twice.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from clawband.model.errors import InvariantError, NotFoundError, UnavailableError
from clawband.ports.vault import NEWEST, MasterKey

NONCE_BYTES = 12


class Sealed(msgspec.Struct, frozen=True, array_like=True):
    """What a file holds, as MessagePack. `master` names the key that wraps `key`."""

    master: str
    key: bytes
    nonce: bytes
    body: bytes


class OwnVault:
    """Implements `ports.vault.Vault` in a folder that only its owner can read."""

    def __init__(self, folder: Path, master: MasterKey) -> None:
        self._folder, self._master = folder, master

    def read(self, place: str, version: int) -> bytes:
        number = self.newest(place) if version == NEWEST else version
        try:
            found = msgspec.msgpack.decode(self._file(place, number).read_bytes(), type=Sealed)
        except FileNotFoundError as error:
            raise NotFoundError(
                f"the vault has no version {number} of `{place[:80]}`",
                remedy="restore the vault from a backup, or set the value again",
            ) from error
        except OSError as error:
            raise _unusable(error) from error
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise _altered(place, number) from error
        key = self._master.unwrap(found.key, found.master)
        try:
            return AESGCM(key).decrypt(found.nonce, found.body, _bound(place, number))
        except (InvalidTag, ValueError) as error:
            raise _altered(place, number) from error

    def newest(self, place: str) -> int:
        return max(self._numbers(place), default=0)

    def write(self, place: str, value: bytes) -> int:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            number = self.newest(place) + 1
            while not self._keep(place, number, value):
                number += 1  # somebody else took it in the same instant
            return number
        except OSError as error:
            raise _unusable(error) from error

    def drop(self, place: str, version: int) -> None:
        try:
            self._file(place, version).unlink(missing_ok=True)
            _settle(self._folder)
        except FileNotFoundError:
            return
        except OSError as error:
            raise _unusable(error) from error

    def _numbers(self, place: str) -> Sequence[int]:
        try:
            found = [each.suffix[1:] for each in self._folder.glob(f"{_name(place)}.*")]
        except OSError as error:
            raise _unusable(error) from error
        return [int(each) for each in found if each.isascii() and each.isdecimal()]

    def _file(self, place: str, number: int) -> Path:
        return self._folder / f"{_name(place)}.{number}"

    def _keep(self, place: str, number: int, value: bytes) -> bool:
        """Whether the number was free."""
        key, nonce = AESGCM.generate_key(256), os.urandom(NONCE_BYTES)
        body = AESGCM(key).encrypt(nonce, value, _bound(place, number))
        sealed = Sealed(self._master.id, self._master.wrap(key), nonce, body)
        path = self._file(place, number)
        temporary = path.with_name(f".{path.name}.{os.urandom(6).hex()}")
        descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(msgspec.msgpack.encode(sealed))
                file.flush()
                os.fsync(file.fileno())
            # Until here the version is not there; from here on it is, whole.
            os.link(temporary, path)
        except FileExistsError:
            return False
        finally:
            with suppress(FileNotFoundError):
                temporary.unlink()
        _settle(self._folder)
        return True


def _name(place: str) -> str:
    """A place may hold any character; a file name may not."""
    return sha256(place.encode()).hexdigest()


def _bound(place: str, number: int) -> bytes:
    """What the seal holds besides the value: no file can stand for another one."""
    return f"{number}:{place}".encode()


def _settle(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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
