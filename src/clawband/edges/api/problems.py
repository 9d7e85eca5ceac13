"""Errors on the wire: RFC 9457 problem details, one status per kind of error."""

from http import HTTPStatus

import msgspec
from starlette.responses import Response

from clawband.identity.throttle import TooManyError
from clawband.model import errors
from clawband.policy.sets import PolicyError


class MethodError(errors.NotFoundError):
    """The path is there, and cannot be asked for that."""


STATUS: dict[type[errors.Error], int] = {
    errors.InputError: 400,
    errors.AuthenticationError: 401,
    errors.NotFoundError: 404,
    MethodError: 405,
    errors.ConflictError: 409,
    errors.InvariantError: 500,
    errors.UnavailableError: 503,
    TooManyError: 429,
}
TITLES = {
    400: "the request is wrong",
    401: "not signed in",
    403: "not allowed",
    404: "not found",
    405: "method not allowed",
    409: "conflict",
    429: "too many attempts",
    500: "an internal promise is broken",
    503: "unavailable",
}


def problem(error: errors.Error, /, *, signed: bool = False, **more: str) -> Response:
    """The response for an error. It carries what the error says, and nothing else.

    `signed`: who asks is known, so what they may not do is 403 (RFC 9110 §15.5.4). `more`: members
    that another standard wants. A policy set that is refused lists each `problems` with its file
    and line.
    """
    status = next((STATUS[kind] for kind in type(error).mro() if kind in STATUS), 500)
    if signed and status == HTTPStatus.UNAUTHORIZED:
        status = HTTPStatus.FORBIDDEN
    headers = {"www-authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}
    body: dict[str, object] = {
        "type": "about:blank",
        "title": TITLES[status],
        "status": status,
        "detail": error.message,
        "remedy": error.remedy,
        **more,
    }
    if isinstance(error, PolicyError):
        body["problems"] = [
            {"file": each.file, "line": each.line, "message": each.message}
            for each in error.problems
        ]
    return Response(
        msgspec.json.encode(body), status, headers, media_type="application/problem+json"
    )
