"""From a permit to a connection: the name's addresses, all checked, and one of them."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from ipaddress import ip_address

from clawband.edges.egress.wire import Wire
from clawband.model.errors import UnavailableError
from clawband.network import addresses
from clawband.network.refusal import Refusal
from clawband.ports.names import Endpoint, Names
from clawband.service.passages import Passage

TRIED = 4
"""Addresses of a name that are tried, one after the other."""
STAGGER = 0.25
"""Seconds after which the next one is tried beside it (RFC 8305 §5)."""


async def find(
    names: Names, passage: Passage, own: frozenset[Endpoint]
) -> Sequence[Endpoint] | Refusal:
    """Where the passage may connect. One address that nobody connects to refuses them all.

    `own` are our own doors: a connection to one of them would be a loop. Raises
    `UnavailableError` when the name leads nowhere.
    """
    target = passage.target
    found = _literal(target.host, target.port) or await names.find(target.host, target.port)
    allowed = addresses.networks(passage.networks)
    checked = addresses.checked((each.address for each in found), allowed)
    if isinstance(checked, Refusal):
        return checked
    ports = {each.port for each in found}
    if len(ports) != 1:
        return Refusal("ports", "the name leads to different ports")
    port = ports.pop()
    places = [Endpoint(str(address), port) for address in checked]
    if own.intersection(places):
        return Refusal("loop", "it leads back to this proxy")
    return places


async def connect(places: Sequence[Endpoint], seconds: float) -> tuple[Wire, Endpoint]:
    """A connection to the first place that answers. Raises `UnavailableError` when none does."""
    tasks: list[asyncio.Task[tuple[Wire, Endpoint]]] = []
    problem = "nobody answered in time"
    try:
        async with asyncio.timeout(seconds):
            for place in places[:TRIED]:
                tasks.append(asyncio.create_task(_dial(place)))
                await asyncio.wait(tasks[-1:], timeout=STAGGER)
                if made := _made(tasks):
                    return made
            pending = {task for task in tasks if not task.done()}
            while pending:
                _, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                if made := _made(tasks):
                    return made
            problem = _problem(tasks)
    except TimeoutError:
        pass
    finally:
        _drop(tasks)
    raise UnavailableError(f"the server cannot be reached: {problem}", remedy="try again later")


async def _dial(place: Endpoint) -> tuple[Wire, Endpoint]:
    loop = asyncio.get_running_loop()
    # The address itself, so that nothing is looked up between the check and the connection.
    _, wire = await loop.create_connection(Wire, place.address, place.port)
    return wire, place


def _made(tasks: list[asyncio.Task[tuple[Wire, Endpoint]]]) -> tuple[Wire, Endpoint] | None:
    """The first connection that stands; it is taken out, so that it is not dropped."""
    for task in tasks:
        if task.done() and not task.cancelled() and task.exception() is None:
            tasks.remove(task)
            return task.result()
    return None


def _problem(tasks: list[asyncio.Task[tuple[Wire, Endpoint]]]) -> str:
    error = tasks[0].exception()
    return (isinstance(error, OSError) and error.strerror) or "the connection was refused"


def _drop(tasks: list[asyncio.Task[tuple[Wire, Endpoint]]]) -> None:
    def close(task: asyncio.Task[tuple[Wire, Endpoint]]) -> None:
        with suppress(asyncio.CancelledError, OSError):
            task.result()[0].abort()

    for task in tasks:
        task.add_done_callback(close)
        task.cancel()


def _literal(host: str, port: int) -> Sequence[Endpoint]:
    try:
        return [Endpoint(str(ip_address(host)), port)]
    except ValueError:
        return []
