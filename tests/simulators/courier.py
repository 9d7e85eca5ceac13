"""A courier that keeps what it is given, and says what a test wants."""

import asyncio
from collections import deque

from clawband.model.errors import UnavailableError
from clawband.model.notice import Message
from clawband.model.person import SignedIn
from clawband.ports.notices import Fate, Tried
from clawband.service.service import Service
from tests.simulators.small import House


class Bag:
    """Implements `ports.notices.Courier`. While it is `closed` nothing can be sent; `answers` come
    instead of taking the next letters."""

    def __init__(self) -> None:
        self.taken: list[Message] = []
        self.tried: list[str] = []
        self.answers: deque[Tried] = deque()
        self.closed = False

    async def send(self, message: Message) -> Tried:
        self.tried.append(message.id)
        if self.closed:
            raise UnavailableError("the mail server cannot be used: it is closed")
        if self.answers:
            return self.answers.popleft()
        self.taken.append(message)
        return Tried(Fate.SENT)

    def empty(self) -> list[Message]:
        """What was taken since the last time."""
        found, self.taken = self.taken, []
        return found

    def by_name(self) -> dict[str, list[str]]:
        """The same, as subjects by who got them; addresses are `NAME@example.com`."""
        found: dict[str, list[str]] = {}
        for each in self.empty():
            name = each.to.partition("@")[0]
            found.setdefault(name, []).append(each.subject.removeprefix("Clawband: "))
        return found


async def proved(service: Service, signed: SignedIn, bag: Bag) -> None:
    """Give them the mailbox `NAME@example.com`, as they would do it."""
    await service.mailboxes.ask(f"{signed.name}@example.com", signed)
    await service.notices.tick()
    (message,) = bag.empty()
    link = next(each for each in message.text.splitlines() if "/me/mail/" in each)
    await service.mailboxes.confirm(link.rpartition("/")[2], signed)


async def followed(house: House) -> None:
    """Until everything durable was seen."""
    size = house.service.running.store.size()
    async with asyncio.timeout(5):
        while house.service.notices.read < size - 1:
            await asyncio.sleep(0.001)


async def round_of(house: House) -> None:
    """What happened is written up and sent, however little ago the last mail was."""
    await followed(house)
    house.clock.forward(minutes=2)
    await house.service.notices.tick()
