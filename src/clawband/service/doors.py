"""The front doors: who came through which, until their sign-in, role or account ends.

A person who is signed in on the console gets a code there, good once and for a minute; the browser
that began brings it to the door and gets a secret of this door only. Nothing of it is kept: after a
restart people come through again by themselves, as long as they are signed in.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from clawband.flows import door as rules
from clawband.flows.authority import require
from clawband.identity.roles import Act
from clawband.identity.session import stored
from clawband.model.digest import Json
from clawband.model.doors import DoorSettings
from clawband.model.errors import AuthenticationError, NotFoundError
from clawband.model.event import Event, Leaf, Tag
from clawband.model.person import SignedIn
from clawband.ports.unit import Unit
from clawband.service.operators import Operators
from clawband.service.running import Running
from clawband.service.tally import Tally

CODE = timedelta(minutes=1)
CODES = 1_000
"""Codes that wait; the oldest are forgotten."""
GUESTS = 1_000
SECRET_BYTES = 32
_ENDING = frozenset({"session", "operator", "elevation", "glass", "credential", "chat"})
"""Subjects of events after which somebody may be somebody else."""


@dataclass(frozen=True, slots=True)
class Code:
    door: str
    challenge: str
    session: str
    until: datetime


@dataclass(slots=True, kw_only=True)
class Guest:
    """Somebody who came through. `id` is the digest of their secret; the rest grows."""

    id: str
    door: str
    person: str
    session: str
    scopes: tuple[str, ...]
    address: str
    since: datetime
    used: datetime
    counts: dict[str, int] = field(default_factory=dict)
    """`requests`, `sockets`, and bytes `in` and `out`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """Where somebody comes from, and what their browser calls itself."""

    address: str
    agent: str = ""


class Doors:
    """Used in one thread."""

    def __init__(self, running: Running, operators: Operators) -> None:
        self._running, self._operators = running, operators
        self._doors: Mapping[str, DoorSettings] = {each.name: each for each in running.doors}
        self._codes: dict[str, Code] = {}
        self._guests: dict[str, Guest] = {}
        self._refusals = Tally()
        self._telling: set[asyncio.Task[None]] = set()
        self.ended: Callable[[Sequence[str]], None] = lambda _ids: None
        """Told at once which guests are out."""

    def listed(self, by: SignedIn) -> Sequence[tuple[DoorSettings, Sequence[Guest]]]:
        """Every door with who is through it, newest first."""
        require(by, Act.LOOK)
        return [(each, self._within(each.name)) for each in self._doors.values()]

    async def invite(self, name: str, challenge: str, by: SignedIn) -> tuple[DoorSettings, str]:
        """The door, and a code for the browser that can answer the challenge. Raises
        `NotFoundError`, and `AuthenticationError` once it is on record."""
        door = self._door(name)
        try:
            rules.scopes(by, door, self._environment(door))
        except AuthenticationError as error:
            await self.refused(name, by.name, "", "role", error.message)
            raise
        code = self._running.randomness.bytes(SECRET_BYTES).hex()
        until = self._running.now() + CODE
        while len(self._codes) >= CODES:
            del self._codes[next(iter(self._codes))]
        self._codes[stored(code)] = Code(name, challenge, by.session, until)
        return door, code

    async def enter(
        self, name: str, code: str, verifier: str, browser: Browser
    ) -> tuple[str, Guest]:
        """The secret of a guest, once it is on record that they came. A code is good for one
        attempt. Raises `AuthenticationError`."""
        door, now = self._door(name), self._running.now()
        held = self._codes.pop(stored(code), None)
        good = held and held.door == name and now < held.until
        if not held or not good or not rules.answers(verifier, held.challenge):
            raise AuthenticationError(
                "this way in was used, is too old, or was begun in another browser",
                remedy="open the door's own address again",
            )
        signed = self._operators.still(held.session)
        granted = rules.scopes(signed, door, self._environment(door))
        secret = self._running.randomness.bytes(SECRET_BYTES).hex()
        guest = Guest(
            id=stored(secret), door=name, person=signed.name, session=held.session,
            scopes=granted, address=browser.address, since=now, used=now,
        )  # fmt: skip
        detail: dict[str, Json] = {
            "address": browser.address, "browser": browser.agent, "scopes": list(granted),
        }  # fmt: skip
        await self._tell(Tag.DOOR_OPEN, door, signed.name, "opened", detail)
        if len(self._guests) >= GUESTS:
            oldest = min(self._guests.values(), key=lambda each: each.used)
            self._end([oldest], "too many came after them")
        self._guests[guest.id] = guest
        self.sweep()  # They may have been signed out while it was written.
        return secret, guest

    def known(self, name: str, secret: str) -> Guest | None:
        """Who has this secret of a door."""
        guest = self._guests.get(stored(secret))
        return guest if guest and guest.door == name else None

    def leave(self, name: str, secret: str) -> None:
        """They want out."""
        guest = self.known(name, secret)
        if guest:
            self._end([guest], "signed out there")

    def used(self, id: str, counts: Mapping[str, int]) -> None:
        """What went through for a guest; what they sent keeps their sign-in from idling."""
        guest = self._guests.get(id)
        if guest:
            guest.used = self._running.now()
            for key, number in counts.items():
                guest.counts[key] = guest.counts.get(key, 0) + number
            self._still(guest, used=bool({"requests", "in"} & counts.keys()))

    async def refused(self, name: str, who: str, address: str, category: str, reason: str) -> None:
        """Somebody was turned away; of very many a number is told."""
        if self._refusals.one((name, category), self._running.now()):
            detail: dict[str, Json] = {"address": address, "category": category, "reason": reason}
            await self._tell(Tag.DOOR_REFUSE, self._door(name), who, "refused", detail)

    def follow(self, leaves: Sequence[Leaf]) -> None:
        """Leaves that are durable."""
        if self._guests and any(leaf.event.tag.partition(":")[0] in _ENDING for leaf in leaves):
            self.sweep()

    def sweep(self) -> None:
        """End whoever is no longer who they were."""
        over: dict[str, list[Guest]] = {}
        for guest in self._guests.values():
            why = self._still(guest)
            if why:
                over.setdefault(why, []).append(guest)
        for why, guests in over.items():
            self._end(guests, why)

    async def tick(self) -> None:
        """What ends by the clock, and refusals that were only counted."""
        self.sweep()
        for (name, category), count in self._refusals.counted(self._running.now()):
            detail: dict[str, Json] = {"category": category, "count": count}
            await self._tell(Tag.DOOR_REFUSE, self._door(name), "", "refused", detail)

    async def close(self) -> None:
        """Everybody is out, and it is on record."""
        self._end(list(self._guests.values()), "the server stopped")
        await asyncio.gather(*self._telling, return_exceptions=True)

    def _still(self, guest: Guest, *, used: bool = False) -> str:
        """Why they are out; empty while they are not."""
        door = self._doors[guest.door]
        try:
            signed = self._operators.still(guest.session, used=used)
            granted = rules.scopes(signed, door, self._environment(door))
        except AuthenticationError as error:
            return error.message
        return "" if granted == guest.scopes else "their roles changed"

    def _end(self, guests: Sequence[Guest], why: str) -> None:
        for guest in guests:
            self._guests.pop(guest.id, None)
        self.ended([guest.id for guest in guests])
        for guest in guests:
            seconds = int((self._running.now() - guest.since).total_seconds())
            detail: dict[str, Json] = {
                "reason": why, "address": guest.address, "seconds": seconds, **guest.counts,
            }  # fmt: skip
            telling = asyncio.ensure_future(
                self._tell(Tag.DOOR_CLOSE, self._doors[guest.door], guest.person, "closed", detail)
            )
            self._telling.add(telling)
            telling.add_done_callback(self._telling.discard)

    async def _tell(
        self, tag: Tag, door: DoorSettings, who: str, outcome: str, detail: dict[str, Json]
    ) -> None:
        event: Event = rules.happened(
            tag, door, who, outcome, detail,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(Unit([event]))

    def _within(self, name: str) -> Sequence[Guest]:
        found = [each for each in self._guests.values() if each.door == name]
        return sorted(found, key=lambda each: each.since, reverse=True)

    def _door(self, name: str) -> DoorSettings:
        door = self._doors.get(name)
        if door is None:
            raise NotFoundError(
                f"there is no door `{name[:40]}`", remedy="list them with `clawband door list`"
            )
        return door

    def _environment(self, door: DoorSettings) -> str:
        """Of its gateway; one that nobody enrolled yet is of none, so that only roles count that
        are held everywhere."""
        found = self._running.store.enrolled()
        return next((each.environment for each in found if each.name == door.gateway), "")
