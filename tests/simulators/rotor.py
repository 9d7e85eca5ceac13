"""An issuer in memory: which values it accepts, what it was asked, and a crash where a test wants.

`crash_after` counts down with every call and every commit; at zero the process is gone.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from clawband.model.errors import UnavailableError
from clawband.model.rotation import Shape
from clawband.ports.rotor import Job, Made, Rotor, Seen
from clawband.ports.vault import Vault
from clawband.service.service import Service


class CrashError(BaseException):
    """The process is gone in this instant: nothing of ours catches it."""


@dataclass
class Fuse:
    left: int = -1
    """Calls until the crash; negative for none."""

    def burn(self) -> None:
        if self.left == 0:
            raise CrashError
        self.left -= 1


@dataclass
class MemoryRotor:
    """Implements `ports.rotor.Rotor`. `alive` is what it accepts, by value."""

    kind: Shape = Shape.TWO
    alive: set[bytes] = field(default_factory=set)
    fuse: Fuse = field(default_factory=Fuse)
    down: bool = False
    deaf: bool = False
    """It answers, and ends nothing."""
    broken: bool = False
    """What it makes never works."""
    slow: int = 0
    """Checks until it knows what it made."""
    asked: list[str] = field(default_factory=list)
    lent: dict[str, bytes] = field(default_factory=dict)

    def shape(self, job: Job) -> Shape:
        return self.kind

    def create(self, job: Job) -> Made:
        """The same rotation is given the same value."""
        self._met("create", job)
        value = f"value-of-{job.rotation}".encode()
        if self.kind is Shape.TWO and not self.broken:
            self.alive.add(value)
        self.fuse.burn()
        return Made(value=value, issued=f"id-{job.rotation}")

    def place(self, job: Job, made: Made) -> None:
        self._met("place", job)
        if self.kind is not Shape.TWO:
            self.alive = {made.value}
        self.fuse.burn()

    def check(self, job: Job, made: Made) -> Seen:
        self._met("check", job)
        if self.slow:
            self.slow -= 1
            return Seen(False, "not known yet")
        known = made.value in self.alive
        self.fuse.burn()
        return Seen(known, "200 OK" if known else "401 Unauthorized")

    def revoke(self, job: Job, made: Made) -> None:
        self._met("revoke", job)
        if not self.deaf:
            self.alive.discard(made.value)
        self.fuse.burn()

    def _met(self, what: str, job: Job) -> None:
        self.fuse.burn()
        self.asked.append(what)
        self.lent = dict(job.lent)
        if self.down:
            raise UnavailableError("the issuer does not answer", remedy="wait")


@dataclass
class FusedVault:
    """Implements `ports.vault.Vault`: another one, whose process may be gone after a write."""

    vault: Vault
    fuse: Fuse

    def reach(self) -> None:
        self.vault.reach()

    def close(self) -> None:
        self.vault.close()

    def read(self, place: str, version: int) -> bytes:
        return self.vault.read(place, version)

    def newest(self, place: str) -> int:
        return self.vault.newest(place)

    def write(self, place: str, value: bytes) -> int:
        number = self.vault.write(place, value)
        self.fuse.burn()
        return number

    def drop(self, place: str, version: int) -> None:
        self.fuse.burn()
        self.vault.drop(place, version)


class TakingGateway:
    """Implements `ports.gateway.GatewayControl` as far as secrets go: it takes what is current."""

    def __init__(self, current: Callable[[], bytes]) -> None:
        self.current, self.problem = current, ""
        self.taken: list[bytes] = []

    def reload_secrets(self) -> str:
        if self.problem:
            return self.problem
        self.taken.append(self.current())
        return ""


def issued_by(service: Service, rotor: MemoryRotor, gateway: TakingGateway | None) -> None:
    """The driver `memory`, and the live control of the gateway `sample`, of a service that runs."""
    cast(dict[str, Rotor], service.running.rotors)["memory"] = rotor
    controls = cast(dict[str, object], service.running.controls)
    controls.pop("sample", None)
    if gateway:
        controls["sample"] = gateway
