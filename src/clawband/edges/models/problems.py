"""Refusals and failures in the shape of OpenAI's errors, so that every client can read them.

A refusal is a 400: OpenClaw takes 401, 403 and 429 for a broken key or a busy provider, and then
stops using the provider for a while (`docs/model-gateway.md`).
"""

from typing import Final

import msgspec

from clawband.model.errors import AuthenticationError, Error, InputError, UnavailableError

INVALID: Final = "invalid_request_error"


class Refusal(Exception):  # noqa: N818 - what is refused is no error of ours
    """What the caller is told instead of an answer."""

    def __init__(self, status: int, message: str, code: str, kind: str = INVALID) -> None:
        super().__init__(message)
        self.status = status
        self.body = shaped(message, code, kind)


def shaped(message: str, code: str, kind: str = INVALID) -> bytes:
    """`{"error": {"message", "type", "param", "code"}}`."""
    error = {"message": message, "type": kind, "param": None, "code": code}
    return msgspec.json.encode({"error": error})


def of(error: Error) -> Refusal:
    """What our own errors are for a client."""
    message = f"{error.message}. {error.remedy}" if error.remedy else error.message
    match error:
        case AuthenticationError():
            return Refusal(401, message, "invalid_api_key")
        case InputError():
            return Refusal(400, message, "invalid_request")
        case UnavailableError():
            return Refusal(502, message, "provider_unavailable", "server_error")
    return Refusal(500, message, "internal_error", "server_error")
