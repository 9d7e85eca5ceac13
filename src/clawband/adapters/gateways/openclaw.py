"""Live control of an OpenClaw gateway over its WebSocket operator protocol, version 4.

A `gateway-client` in mode `backend` on loopback signs in with the gateway's shared token alone and
keeps the scopes it asks for. Anything that is not loopback is refused here: the token is the
gateway's full administrator and must not cross a network in clear.
"""

import json
import platform
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from ipaddress import ip_address
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from clawband import __version__
from clawband.model.errors import (
    AuthenticationError,
    ConflictError,
    Error,
    InputError,
    NotFoundError,
    UnavailableError,
)
from clawband.ports.gateway import Aborted
from clawband.ports.own import Own

PROTOCOL = 4
SECONDS = 5.0
"""For one connection or one answer."""
RELOAD_SECONDS = 30.0
"""It asks our provider, which may ask a vault that is far away."""
MAX_MESSAGE = 16 << 20
SCOPES = ("operator.admin",)


class OpenClawControl:
    """Implements `ports.gateway.GatewayControl`. A connection per act: stops are rare."""

    def __init__(self, url: str, token: Own, *, seconds: float = SECONDS) -> None:
        self._url, self._token, self._seconds = url, token, seconds

    def abort(self, sessions: Sequence[str]) -> Aborted:
        """End the running turns of these sessions by `sessions.abort`, one after the other."""
        ended: list[str] = []
        failed: list[str] = []
        try:
            with self._link() as link:
                for session in sessions:
                    try:
                        link.call("sessions.abort", {"key": session})
                        ended.append(session)
                    except Error as error:
                        failed.append(f"`{session}`: {error.message}")
        except Error as error:
            failed.extend(f"`{each}`: {error.message}" for each in sessions if each not in ended)
        return Aborted(tuple(ended), tuple(failed))

    def switch_skill(self, name: str, enabled: bool) -> str:
        try:
            with self._link() as link:
                link.call("skills.update", {"skillKey": name, "enabled": enabled})
        except Error as error:
            return f"the skill `{name}` could not be switched: {error.message}"
        return ""

    def reload_secrets(self) -> str:
        """A value that it cannot get again it goes on with, answers `ok` and counts a warning."""
        try:
            with self._link(RELOAD_SECONDS) as link:
                told = link.call("secrets.reload", {})
        except Error as error:
            return error.message
        stale = told.get("warningCount")
        if told.get("ok") is True and stale == 0:
            return ""
        return f"its `secrets.reload` answered `ok` with {stale!s:.20} warnings"

    def _link(self, seconds: float = 0.0) -> "Link":
        return Link(self._url, self._token(), seconds=seconds or self._seconds)


class Link:
    """One signed-in connection. A context manager; `call` asks and waits for the answer.

    Raises `InputError` for an address that is not loopback, `AuthenticationError` when the gateway
    refuses the token or the scope, `UnavailableError` for everything that is not an answer.
    """

    def __init__(self, url: str, token: str, *, seconds: float = SECONDS) -> None:
        _refuse_far(url)
        self._seconds, self._number = seconds, 0
        self._open = ExitStack()
        try:
            # No proxy: the way to loopback is direct, whatever the environment says.
            dialling = connect(
                url, open_timeout=seconds, close_timeout=1, max_size=MAX_MESSAGE, proxy=None
            )
            self._socket: ClientConnection = self._open.enter_context(dialling)
        except (OSError, WebSocketException, TimeoutError) as error:
            raise UnavailableError(
                f"the gateway does not answer at `{url}`: {type(error).__name__}",
                remedy="start it, or correct its `url` in `clawband.toml`",
            ) from error
        try:
            self.hello = self._sign_in(token)
        except Error:
            self.close()
            raise

    def __enter__(self) -> "Link":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._open.close()

    def call(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """The payload of the answer to one request."""
        self._number += 1
        asked = str(self._number)
        self._send({"type": "req", "id": asked, "method": method, "params": params})
        end = monotonic() + self._seconds
        while True:
            frame = self._receive(end)
            if frame.get("type") == "res" and frame.get("id") == asked:
                return _answer(frame, method)

    def _sign_in(self, token: str) -> dict[str, Any]:
        end = monotonic() + self._seconds
        while self._receive(end).get("event") != "connect.challenge":
            pass  # the challenge is signed with a device key only; the shared token needs none
        client = {
            "id": "gateway-client",
            "mode": "backend",
            "version": __version__,
            "platform": platform.system().lower(),
        }
        return self.call(
            "connect",
            {
                "minProtocol": PROTOCOL,
                "maxProtocol": PROTOCOL,
                "client": client,
                "role": "operator",
                "scopes": list(SCOPES),
                "caps": [],
                # Behind a front door there is no token: what it was opens as the password.
                "auth": {"token": token, "password": token},
            },
        )

    def _send(self, frame: Mapping[str, Any]) -> None:
        try:
            self._socket.send(json.dumps(frame))
        except (OSError, WebSocketException) as error:
            raise _silent(error) from error

    def _receive(self, end: float) -> dict[str, Any]:
        try:
            frame = json.loads(self._socket.recv(timeout=max(0.0, end - monotonic())))
        except (OSError, WebSocketException, TimeoutError, ValueError, RecursionError) as error:
            raise _silent(error) from error
        return frame if isinstance(frame, dict) else {}


def _answer(frame: Mapping[str, Any], method: str) -> dict[str, Any]:
    payload = frame.get("payload")
    if frame.get("ok") is True:
        return payload if isinstance(payload, dict) else {}
    told = frame.get("error")
    told = told if isinstance(told, dict) else {}
    code = str(told.get("code", "no code"))[:60]
    detail = told.get("details")
    detailed = str(detail.get("code", ""))[:60] if isinstance(detail, dict) else ""
    said = str(told.get("message", ""))[:200]
    message = f"the gateway refused `{method}`: {detailed or code}, {said}"
    kind = str(detail.get("type", "")) if isinstance(detail, dict) else ""
    if kind.endswith("_not_found"):
        raise NotFoundError(message)
    if kind.endswith("_conflict"):
        raise ConflictError(message, remedy="look at the file again")
    if any("AUTH" in each or "SCOPE" in each or "PAIRING" in each for each in (code, detailed)):
        raise AuthenticationError(message, remedy="give the gateway's operator token")
    raise UnavailableError(message, remedy="look at the gateway's log")


def _silent(error: Exception) -> UnavailableError:
    return UnavailableError(
        f"the gateway gave no answer: {type(error).__name__}",
        remedy="look whether it is running, and at its log",
    )


def _refuse_far(url: str) -> None:
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        near = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        near = False
    if parts.scheme != "ws" or not near:
        raise InputError(
            f"expected the gateway's `ws://` address on loopback, got `{url[:80]}`",
            remedy="run Clawband beside the gateway, or bring it near by a tunnel",
        )
