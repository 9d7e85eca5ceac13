"""The link: the gateway's API over mutual TLS, for gateways on other hosts, and nothing else.

A request counts when it has both: the credential of a gateway, and over a connection whose client
showed a certificate of exactly this gateway that is neither over nor revoked. That is looked at
for each request, because connections are kept.
"""

import ssl
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from clawband.edges.api import wire
from clawband.edges.api.problems import problem
from clawband.model.deployment import Gateway
from clawband.model.errors import AuthenticationError, Error, InputError
from clawband.model.tls import LINK
from clawband.ports.doors import Shown
from clawband.service.contexts import load
from clawband.service.service import Service

PEER = "clawband.peer"
"""In the state of a request: the serial of the client's certificate."""


class Renewal(msgspec.Struct):
    """A request for the next certificate (PKCS #10, PEM)."""

    request: str


_renewal = msgspec.json.Decoder(Renewal)


class Seeing(HttpToolsProtocol):
    """Puts what the client showed into each request."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        tls = self.transport.get_extra_info("ssl_object")
        shown = tls.getpeercert() if tls else None
        serial = f"{int(shown['serialNumber'], 16):x}" if shown else ""
        self.scope["state"][PEER] = serial


class Front:
    """The context of the door. What it shows is what the house has at that moment, so a renewal
    is in the next handshake, and open connections stay."""

    def __init__(self, service: Service, root: str) -> None:
        self._service, self._root = service, root
        self._shown: Shown | None = None
        self._newest = self._made()
        self.context = self._made()
        self.context.sni_callback = self._greet

    def _greet(self, tls: ssl.SSLObject | ssl.SSLSocket, *_: object) -> int | None:
        try:
            shown = self._service.certificates.renewals.named(LINK)
            if shown is not self._shown:
                fresh = self._made()
                load(fresh, shown.chain, shown.key)
                self._shown, self._newest = shown, fresh
        except (Error, OSError):
            return ssl.ALERT_DESCRIPTION_INTERNAL_ERROR
        tls.context = self._newest
        return None

    def _made(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=self._root)
        context.set_alpn_protocols(["http/1.1"])
        context.num_tickets = 0  # What is resumed shows no certificate again.
        return context


class Bound:
    """Lets through what comes from the gateway whose certificate the client showed."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app, self._service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            gateway_of(self._service, Request(scope))
        except Error as error:
            answer = await self._refused(error)
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _refused(self, error: Error) -> Response:
        try:
            await self._service.decisions.refuse_input(None, InputError(error.message))
        except Error as failed:
            return problem(failed)
        return problem(error)


def gateway_of(service: Service, request: Request) -> Gateway:
    """Raises `AuthenticationError`."""
    gateway = service.gateways.authenticate(request.headers.get("authorization", ""))
    serial = request.scope["state"].get(PEER, "")
    if not serial:
        raise AuthenticationError("no certificate was shown", remedy="show that of this gateway")
    service.certificates.bound(serial, gateway)
    return gateway


def app(service: Service, inner: Router) -> ASGIApp:
    """`inner` is what enforcement points may call; besides it, their next certificate."""
    inner.routes.append(Route("/gateway/v1/certificate", _renewing(service), methods=["POST"]))
    return Bound(inner, service)


def _renewing(service: Service) -> Callable[[Request], Awaitable[Response]]:
    async def renew(request: Request) -> Response:
        try:
            gateway = gateway_of(service, request)
            asked = wire.read(await wire.body(request), _renewal).request
            peer = request.scope["state"][PEER]
            chain = await service.certificates.give_again(gateway, asked, peer)
            told: dict[str, Any] = {"chain": chain, "trust": await service.certificates.root()}
        except Error as error:
            return problem(error)
        return wire.told(told)

    return renew
