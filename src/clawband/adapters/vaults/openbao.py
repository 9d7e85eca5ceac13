"""Values in OpenBao or HashiCorp Vault: the KV engine, version 2.

A place is a path, with `#field` behind it where the value is not in the field `value`. Bytes that
are no text are kept in base 64, in the field `<field>.base64`.
"""

import base64
import binascii
from datetime import UTC, datetime
from typing import Any

from clawband.adapters.vaults import bao
from clawband.adapters.vaults.bao import Bao
from clawband.model.errors import ConflictError, InputError, InvariantError, NotFoundError
from clawband.ports.vault import NEWEST

FIELD = "value"
ENCODED = ".base64"
ATTEMPTS = 5


class OpenBaoVault:
    """Implements `ports.vault.Vault`. Its versions are those of the engine, which forgets the
    oldest ones where it is told to (`max_versions`)."""

    def __init__(self, server: Bao, mount: str) -> None:
        self._server, self._mount = server, mount

    def reach(self) -> None:
        about = self._server.ask("GET", bao.path("sys/internal/ui/mounts", self._mount))
        if _inner(_inner(about, "data"), "options").get("version") != "2":
            raise self._other_kind()

    def read(self, place: str, version: int) -> bytes:
        where, field = _split(place)
        asked = f"{bao.path(self._mount, 'data', where)}?version={version}"
        found = _inner(self._server.ask("GET", asked), "data")
        return _value(found, field, place)

    def newest(self, place: str) -> int:
        return max(self._alive(place), default=0)

    def write(self, place: str, value: bytes) -> int:
        where, field = _split(place)
        for _ in range(ATTEMPTS):
            last = self._last(where, field)
            asked = {"options": {"cas": last}, "data": _fields(field, value)}
            try:
                made = self._server.ask("POST", bao.path(self._mount, "data", where), asked)
            except ConflictError:
                continue  # somebody else took the number in the same instant
            number = _inner(made, "data").get("version")
            if isinstance(number, int):
                return number
            raise self._other_kind()
        raise ConflictError(f"`{place[:80]}` is written by others all the time", remedy="try later")

    def drop(self, place: str, version: int) -> None:
        where, field = _split(place)
        if version not in self._alive(place):
            return
        self._refuse_others(where, field, version)
        body = {"versions": [version]}
        self._server.ask("PUT", bao.path(self._mount, "destroy", where), body)

    def close(self) -> None:
        self._server.close()

    def _other_kind(self) -> InputError:
        return InputError(
            f"`{self._mount[:60]}` is no KV engine of version 2",
            remedy="correct `mount`, or upgrade the engine there",
        )

    def _about(self, where: str) -> dict[str, Any]:
        try:
            return _inner(self._server.ask("GET", bao.path(self._mount, "metadata", where)), "data")
        except NotFoundError:
            return {}

    def _alive(self, place: str) -> set[int]:
        versions = _inner(self._about(_split(place)[0]), "versions")
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return {
            int(number)
            for number, each in versions.items()
            # A time to come is when the engine will forget it by itself.
            if not each["destroyed"] and (each["deletion_time"] or "9") > now
        }

    def _last(self, where: str, field: str) -> int:
        """The last number that was given; refused where it is not ours alone to write."""
        last = int(self._about(where).get("current_version", 0))
        if last:
            self._refuse_others(where, field, NEWEST)
        return last

    def _refuse_others(self, where: str, field: str, version: int) -> None:
        """A version is of all fields together: ending ours would end theirs."""
        try:
            asked = f"{bao.path(self._mount, 'data', where)}?version={version}"
            found = _inner(_inner(self._server.ask("GET", asked), "data"), "data")
        except NotFoundError:
            return
        if found.keys() - {field, field + ENCODED}:
            raise InputError(
                f"`{where[:80]}` holds other fields besides `{field[:40]}`",
                remedy="keep a value that Clawband writes at a path of its own",
            )


def _split(place: str) -> tuple[str, str]:
    where, _, field = place.partition("#")
    return where, field or FIELD


def _fields(field: str, value: bytes) -> dict[str, str]:
    try:
        return {field: value.decode()}
    except UnicodeDecodeError:
        return {field + ENCODED: base64.b64encode(value).decode()}


def _value(found: dict[str, Any], field: str, place: str) -> bytes:
    data = _inner(found, "data")
    text, encoded = data.get(field), data.get(field + ENCODED)
    if isinstance(text, str) and text:
        return text.encode()
    if isinstance(encoded, str) and encoded:
        try:
            return base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError) as error:
            raise InvariantError(
                f"`{place[:80]}` is no base 64", remedy="set the value again"
            ) from error
    raise NotFoundError(
        f"the vault has no text in `{field[:40]}` of `{place[:80]}`",
        remedy="put it there, or name its field as `team/crm#field`",
    )


def _inner(told: dict[str, Any], name: str) -> dict[str, Any]:
    found = told.get(name)
    return found if isinstance(found, dict) else {}
