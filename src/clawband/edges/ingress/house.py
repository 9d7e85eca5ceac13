"""What every connection of the program shares: the doors, who is through them, what they may use.

Who somebody is the server says once; it says at once when that is over, and while it cannot be
asked this program does not run.
"""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from clawband.edges.ingress.channel import Channel, Words
from clawband.edges.ingress.limits import LIMITS, Limits
from clawband.edges.ingress.pages import Turned
from clawband.edges.ingress.rates import Rates
from clawband.identity.session import stored
from clawband.network.head import Request
from clawband.network.inward import Comer, Front

REMEMBERED = 10_000
TELL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Door:
    """A door as the server describes it."""

    name: str
    front: Front
    console: str
    """The origin where people sign in."""
    gateway: tuple[str, int]
    body_bytes: int
    message_bytes: int
    sockets: int
    rates: Rates
    """Of its people and of the addresses that come to it."""
    cookie: str = field(init=False)
    begun: str = field(init=False)
    """The cookie of a browser that was sent to sign in."""

    def __post_init__(self) -> None:
        prefix = "__Host-" if self.front.secure else ""
        object.__setattr__(self, "cookie", f"{prefix}clawband-door")
        object.__setattr__(self, "begun", f"{prefix}clawband-begun")

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Door":
        return cls(
            name=told["name"], front=Front(told["origin"], told["header"]),
            console=told["console"], gateway=(told["host"], told["port"]),
            body_bytes=told["body_bytes"], message_bytes=told["message_bytes"],
            sockets=told["sockets"], rates=Rates(told["per_second"]),
        )  # fmt: skip


@dataclass(slots=True, eq=False)
class Guest:
    """Somebody who is through a door."""

    id: str
    door: str
    person: str
    scopes: tuple[str, ...]
    counts: Counter[str] = field(default_factory=Counter)
    """Since the server was told last."""
    sockets: int = 0
    here: set["asyncio.Task[None]"] = field(default_factory=set)
    """Their connections."""

    def comes(self, address: str) -> Comer:
        return Comer(self.person, self.scopes, address)


class Screen(Protocol):
    """Looks through requests that a door would pass on."""

    async def look(self, message: Request, address: str, body: bytes) -> str:
        """Why a request is refused; empty when it is fine."""
        ...


class House:
    """`screens`: by the name of a door that has one."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.limits = limits
        self.channel: Channel
        self.addresses: Counter[str] = Counter()
        """Open connections, by `rates.place`."""
        self.screens: dict[str, Screen] = {}
        self._guests: dict[str, Guest] = {}
        self._over: OrderedDict[str, None] = OrderedDict()

    async def guest(self, door: Door, secret: str) -> Guest | None:
        """Who has this secret. Raises `Error`."""
        key = stored(secret)
        found = self._guests.get(key)
        if found is None and secret and key not in self._over:
            told = await self.channel.ask("known", {"door": door.name, "secret": secret})
            found = self._came(key, door, told) if told.get("person") else None
        return found if found and found.door == door.name else None

    async def enter(self, door: Door, words: Words) -> str:
        """The secret of a new guest. Raises `Turned` and `Error`."""
        told = await self.channel.ask("enter", {"door": door.name, **words})
        if "secret" not in told:
            raise Turned(403, "entry", told.get("reason", ""), told.get("remedy", ""))
        self._came(stored(told["secret"]), door, told)
        return str(told["secret"])

    def out(self, ids: Sequence[str]) -> None:
        """These are out, and so are all of their connections."""
        for each in ids:
            self._over[each] = None
            guest = self._guests.pop(each, None)
            for connection in list(guest.here) if guest else ():
                connection.cancel()
        while len(self._over) > REMEMBERED:
            self._over.popitem(last=False)

    def refused(self, door: Door, who: str, address: str, told: Turned) -> None:
        self.channel.tell("refused", {
            "door": door.name, "who": who, "address": address,
            "category": told.category, "reason": told.reason,
        })  # fmt: skip

    async def tell_counts(self) -> None:
        """What each guest did, every second."""
        while True:
            await asyncio.sleep(TELL_SECONDS)
            for guest in self._guests.values():
                if guest.counts:
                    counts, guest.counts = dict(guest.counts), Counter()
                    self.channel.tell("used", {"id": guest.id, "counts": counts})

    def _came(self, id: str, door: Door, told: Words) -> Guest | None:
        if id in self._over:  # It ended while it was asked about.
            return None
        found = Guest(id, door.name, told["person"], tuple(told["scopes"]))
        return self._guests.setdefault(id, found)
