"""What a connection may use up."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds and bytes."""

    head: float = 10
    """For a whole head, and for the first bytes of a tunnel: a slow one is not waited for."""
    waiting: float = 60
    """Between requests on a connection that is kept, and for the part of a body that is looked
    through."""
    connect: float = 10
    """To one address after the other, all together."""
    response: float = 300
    """From the end of a request to the head of its response: models think long."""
    idle: float = 600
    """Without a byte in either direction."""
    lifetime: float = 24 * 3600
    half: float = 30
    """For a tunnel whose one side has finished."""
    inspected: int = 256 * 1024
    """Of a body, looked through before anything of it is sent on."""
    request: int = 64 * 1024 * 1024
    response_bytes: int = 4 * 1024 * 1024 * 1024
    connections: int = 1024
    per_caller: int = 256
    lookups: int = 8
    """Names that one agent waits for: a silent name server holds a thread for each."""
    per_second: int = 200
    """Of one caller, connections and requests, on average."""
    burst: int = 800
    refusals: int = 20
    """Of one caller in `window` that are recorded one by one; further ones are counted."""
    window: float = 10


LIMITS = Limits()
