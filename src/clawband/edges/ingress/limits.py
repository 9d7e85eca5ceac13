"""What a connection may use up, besides what the settings say of its door."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds, bytes, numbers."""

    head: float = 10
    """For a whole head, from its first byte."""
    waiting: float = 60
    """Between two requests."""
    handshake: float = 10
    piece: float = 15
    """Between two pieces of a body."""
    grace: float = 10
    slowest: int = 1_024
    """Bytes in a second that a body has on average, once `grace` is over."""
    writing: float = 60
    """In which the other end takes nothing of what it is sent."""
    connect: float = 5
    response: float = 300
    """From the end of a request to the head of its response, and between pieces of that: agents
    think long."""
    idle: float = 600
    """For a WebSocket, without a byte in either direction."""
    kept: float = 2
    """In which a gateway's connection is used again for the same client."""
    connections: int = 1_024
    per_address: int = 128
    """Connections at the same time."""


LIMITS = Limits()
