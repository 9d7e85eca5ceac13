"""What must hold at a front door: what the gateway reads is what the door says, whatever came.

Others are h11 and llhttp, which Node reads with, and the frame parser of `websockets`.
"""

from collections import Counter

import h11
from websockets.protocol import Protocol, Side

from clawband.network import head, inward
from clawband.network.frames import Frames
from clawband.network.head import Request
from clawband.network.inward import Comer, Front
from clawband.network.refusal import Refusal

FRONT = Front("https://shop.example", "x-clawband-s")
ADA = Comer("ada", ("operator.read",), "203.0.113.9")
SAID = {
    b"host": b"shop.example", b"x-forwarded-for": b"203.0.113.9", b"x-forwarded-proto": b"https",
    b"x-forwarded-host": b"shop.example", b"x-clawband-s": b"ada",
    b"x-openclaw-scopes": b"operator.read",
}  # fmt: skip
IDENTITY = (b"x-clawband", b"x-forwarded", b"x-openclaw", b"x-real", b"forwarded", b"authorization")
MOST = 4_096


def door(data: bytes) -> None:
    """A request that a door passes on names its person once, and nothing else who it is."""
    found = head.request(data, scheme="https")
    if not isinstance(found, Request) or inward.unfit(found, FRONT):
        return
    sent = inward.head(found, FRONT, ADA)
    if isinstance(sent, Refusal):
        return
    server = h11.Connection(h11.SERVER, max_incomplete_event_size=65_536)
    server.receive_data(sent)
    event = server.next_event()
    assert isinstance(event, h11.Request)
    assert (event.method.decode(), event.target.decode()) == (found.method, found.target)
    fields = [(name.replace(b"_", b"-"), value) for name, value in event.headers]
    told = Counter(name for name, _ in fields)
    for name, value in SAID.items():
        assert told[name] == 1 and dict(fields)[name] == value
    others = [name for name, _ in fields if name.startswith(IDENTITY) and name not in SAID]
    assert not others
    assert inward.COOKIE.encode() not in b"".join(
        pair.partition(b"=")[0] for name, value in fields if name == b"cookie"
        for pair in value.lower().split(b";")
    )  # fmt: skip


def frames(data: bytes) -> None:
    """Frames pass unchanged, in any pieces, and as another parser reads them; the first byte
    chooses the side and the size of the pieces."""
    masked, size, sent = bool(data[:1] < b"\x80"), (data[0] % 16 + 1 if data else 1), data[1:]
    whole = Frames(masked=masked, most=MOST).feed(sent)
    pieces, out, begun = Frames(masked=masked, most=MOST), b"", 0
    for at in range(0, len(sent), size):
        found = pieces.feed(sent[at : at + size])
        if isinstance(found, Refusal):
            assert isinstance(whole, Refusal)
            return
        out, begun = out + found.data, begun + found.begun
    assert not isinstance(whole, Refusal)
    assert (out, begun) == (whole.data, whole.begun)
    assert sent.startswith(out)
    if not pieces.between:
        return
    assert out == sent
    if not pieces._closed:  # What a last frame holds a door does not look at.
        other = Protocol(Side.SERVER if masked else Side.CLIENT, max_size=MOST)
        other.receive_data(sent)
        assert other.parser_exc is None
        assert len(other.events_received()) == begun
