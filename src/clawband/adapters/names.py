"""Names as the machine resolves them, and as the settings say."""

import asyncio
import socket
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from clawband.model.errors import UnavailableError
from clawband.network.hosts import authority
from clawband.network.refusal import Refusal
from clawband.ports.names import Endpoint

SECONDS = 5.0
WAITING = 64
"""Questions at the same time, each in a thread that a silent name server holds for longer than
anybody waits."""


class MachineNames:
    """Implements `ports.names.Names` with `getaddrinfo`, in threads of its own.

    It blocks for as long as the system lets it. Who asked waits `SECONDS`; the thread goes on.
    """

    def __init__(
        self, told: Mapping[str, str], seconds: float = SECONDS, waiting: int = WAITING
    ) -> None:
        """`told`: `ip:port` by host, taken instead of asking anybody."""
        self._told = {host: _endpoint(place) for host, place in told.items()}
        self._seconds, self._most = seconds, waiting
        self._threads = ThreadPoolExecutor(WAITING, "clawband-names")
        self._waiting = 0

    async def find(self, host: str, port: int) -> Sequence[Endpoint]:
        told = self._told.get(host)
        if told:
            return [told]
        if self._waiting >= self._most:
            raise UnavailableError("too many names are being looked up", remedy="ask again later")
        asked = self._threads.submit(_ask, host)
        self._waiting += 1
        asked.add_done_callback(self._answered)
        try:
            found = await asyncio.wait_for(asyncio.wrap_future(asked), self._seconds)
        except TimeoutError as error:
            raise UnavailableError(
                f"nobody says in time where `{host}` is", remedy="look at the name server"
            ) from error
        except OSError as error:
            raise UnavailableError(
                f"`{host}` has no address: {error.strerror or error}", remedy="check the name"
            ) from error
        return [Endpoint(address, port) for address in found]

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _answered(self, _: object) -> None:
        self._waiting -= 1


def _ask(host: str) -> list[str]:
    """Each address once, in the system's order (RFC 6724)."""
    answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


def _endpoint(place: str) -> Endpoint:
    found = authority(place)
    if isinstance(found, Refusal) or not found.host.address:
        raise ValueError(f"expected `address:port`, got `{place}`")
    return Endpoint(found.host.name, found.port)
