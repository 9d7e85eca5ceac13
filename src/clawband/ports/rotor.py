"""Where a credential is issued: made there, tried there, ended there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from clawband.model.rotation import Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a rotor is told of a rotation."""

    rotation: str
    """Its id: asked twice under the same one, the issuer is to be left with one credential."""
    secret: str
    environment: str
    options: Mapping[str, str]
    current: bytes = field(repr=False)
    """The value that is current."""
    issued: str = ""
    """What the issuer calls that one."""
    alive: tuple[bytes, ...] = field(default=(), repr=False)
    """Every value that may open something now, the current one among them."""
    lent: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """The values of the secrets that the options refer to as `secret:<name>`, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    value: bytes = field(repr=False)
    issued: str = ""
    """What the issuer calls it, where it has to be named to be ended; no secret."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the issuer said to an attempt with a value."""

    alive: bool
    words: str
    """Its answer, without the value: `401 Unauthorized`."""


class Rotor(Protocol):
    """One kind of issuer. Each method may take seconds and may be called again after a crash.

    Raises `InputError` for options that it cannot work with, `AuthenticationError` when the
    issuer refuses who asks, `UnavailableError` for everything that is no clear answer: then
    nothing is known, and it is asked again later. No message holds a value.
    """

    def shape(self, job: Job) -> Shape:
        """Looks at all options."""
        ...

    def create(self, job: Job) -> Made:
        """A new value. What was alive stays so."""
        ...

    def place(self, job: Job, made: Made) -> None:
        """Have the issuer accept it, where making it did not."""
        ...

    def check(self, job: Job, made: Made) -> Seen:
        """Try it: whether it opens anything now."""
        ...

    def revoke(self, job: Job, made: Made) -> None:
        """End it. Ending what is dead changes nothing."""
        ...
