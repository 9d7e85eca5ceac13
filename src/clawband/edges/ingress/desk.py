"""What the program of the front doors asks the server, and what it is told."""

import asyncio

from clawband.edges.ingress.channel import Words
from clawband.model.errors import Error
from clawband.service.doors import Browser, Doors, Guest


class Desk:
    """Answers for all doors."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._telling: set[asyncio.Task[None]] = set()

    async def heard(self, what: str, words: Words) -> Words:
        """`known`: who has this secret; `enter`: a code is brought. No answer says more than why
        not."""
        if what == "known":
            guest = self._doors.known(words["door"], words["secret"])
            return _told(guest) if guest else {}
        browser = Browser(address=words["address"], agent=words["agent"])
        try:
            secret, guest = await self._doors.enter(
                words["door"], words["code"], words["verifier"], browser
            )
        except Error as error:
            return {"reason": error.message, "remedy": error.remedy}
        return {"secret": secret, **_told(guest)}

    def told(self, what: str, words: Words) -> None:
        """`used`, `leave` and `refused`."""
        if what == "used":
            self._doors.used(words["id"], words["counts"])
        elif what == "leave":
            self._doors.leave(words["door"], words["secret"])
        else:
            task = asyncio.ensure_future(self._refused(words))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    async def _refused(self, words: Words) -> None:
        try:
            await self._doors.refused(
                words["door"], words["who"], words["address"], words["category"], words["reason"]
            )
        except Error:
            return  # It was refused all the same; the store says itself that it fails.


def _told(guest: Guest) -> Words:
    return {"person": guest.person, "scopes": guest.scopes}
