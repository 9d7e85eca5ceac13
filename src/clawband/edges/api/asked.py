"""What a query string asks for, within bounds."""

from starlette.requests import Request

from clawband.ports.store import Query


def query(request: Request) -> Query:
    """A search from the query string."""
    asked = request.query_params
    tag = asked.get("tag", "")
    return Query(
        text=asked.get("text", "")[:200],
        outcome=asked.get("outcome", ""),
        tags=frozenset({tag}) if tag else frozenset(),
        agent=asked.get("agent", ""),
        run=asked.get("run", ""),
        session=asked.get("session", ""),
        before=_number(request, "before"),
        limit=limit(request),
    )


def limit(request: Request) -> int:
    """How many at most: 50, or what it says, up to 1,000."""
    return min(_number(request, "limit") or 50, 1_000)


def _number(request: Request, name: str) -> int | None:
    """A number of the query string, as large as a store can count; None when it is none."""
    asked = request.query_params.get(name, "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) <= 18 else None
