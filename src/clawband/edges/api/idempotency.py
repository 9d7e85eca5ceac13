"""`Idempotency-Key`: a request that is sent again is answered again, and not done again.

After draft-ietf-httpapi-idempotency-key-header: the same key with another request is refused, and
one whose first sending is still at work conflicts. Keys belong to a sign-in, and live as long
as the server, a day at most.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from weakref import WeakKeyDictionary

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from clawband.edges.api import wire
from clawband.model.errors import ConflictError, InputError

HEADER = "idempotency-key"
LIFE = timedelta(hours=24)
MOST = 1_000
MOST_CHARACTERS = 255


@dataclass(slots=True)
class _Sent:
    request: str
    """Digest of method, path, query and body."""
    at: datetime
    answer: Response | None = None


class Replays:
    """What was answered, by key."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._sent: OrderedDict[tuple[str, str], _Sent] = OrderedDict()

    async def once(
        self, request: Request, who: str, act: Callable[[], Awaitable[Response]]
    ) -> Response:
        """The answer of `act`, or the one that it gave before. Raises `InputError` for a key that
        came with another request, `ConflictError` while the first is at work."""
        key = request.headers.get(HEADER, "")
        if not key or request.method == "GET":
            return await act()
        if len(key) > MOST_CHARACTERS:
            raise InputError(
                f"expected an idempotency key of at most {MOST_CHARACTERS} characters",
                remedy="send a random one, such as a UUID",
            )
        digest = await _digest(request)
        self._forget()
        known = self._sent.get((who, key))
        if known:
            return _again(known, digest)
        self._sent[who, key] = kept = _Sent(digest, self._now())
        try:
            answer = await act()
        except BaseException:
            self._sent.pop((who, key), None)
            raise
        if answer.status_code >= 500 or isinstance(answer, StreamingResponse):
            self._sent.pop((who, key), None)
        kept.answer = answer
        return answer

    def _forget(self) -> None:
        over = self._now() - LIFE
        while self._sent:
            first = next(iter(self._sent))
            if self._sent[first].at > over and len(self._sent) < MOST:
                return
            del self._sent[first]


_OF: WeakKeyDictionary[object, Replays] = WeakKeyDictionary()


def of(service: object, now: Callable[[], datetime]) -> Replays:
    """The one that all routes of this service share."""
    return _OF.setdefault(service, Replays(now))


def _again(known: _Sent, digest: str) -> Response:
    if known.request != digest:
        raise InputError(
            "the idempotency key came with another request",
            remedy="send a new key with every new request",
        )
    if known.answer is None:
        raise ConflictError(
            "the first request with this idempotency key is still at work",
            remedy="wait a moment, then send it again",
        )
    again = Response(bytes(known.answer.body), known.answer.status_code)
    again.raw_headers = [*known.answer.raw_headers, (b"idempotency-replayed", b"true")]
    return again


async def _digest(request: Request) -> str:
    body = await wire.body(request)
    said = f"{request.method} {request.url.path}?{request.url.query}\n".encode() + body
    return sha256(said).hexdigest()
