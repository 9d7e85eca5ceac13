"""Where TLS is ended for destinations that policy wants to see into."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from clawband.edges.egress.account import Account
from clawband.edges.egress.wire import Wire
from clawband.ports.names import Endpoint
from clawband.service.callers import Caller
from clawband.service.passages import Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class Tunnel:
    """A tunnel whose client was told that it is connected; nobody is connected yet.

    The ClientHello has been checked (it names the host of the `CONNECT`) and still waits in
    `client`. `places` have passed the address filter: connect to one of them and nowhere else.
    """

    client: Wire
    caller: Caller
    passage: Passage
    account: Account
    places: Sequence[Endpoint]


class Inner(Protocol):
    """What the proxy does with a stream that is plain by now: each request is decided."""

    async def __call__(self, client: Wire, server: Wire) -> str:
        """Read HTTP/1.1 from `client`, decide every request within the tunnel's passage, send what
        is permitted to `server`, and answer; why it ended. Closes neither."""
        ...


class Interceptor(Protocol):
    async def intercept(self, tunnel: Tunnel, inner: Inner) -> str:
        """End the client's TLS, open one of our own to the server, and hand both to `inner` as
        plain streams; why it ended. Raises `Problem` or `UnavailableError` before anything went
        through. Whatever happens, the sockets it made are closed when this returns."""
        ...
