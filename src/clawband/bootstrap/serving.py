"""The running server: its doors, its timetable, its start and its end."""

import asyncio
import fcntl
import gc
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from itertools import starmap
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Router
from starlette.types import ASGIApp

from clawband.adapters.names import MachineNames
from clawband.bootstrap.fronting import fronting
from clawband.bootstrap.own import Owned
from clawband.bootstrap.parts import build
from clawband.edges import doors
from clawband.edges.api import evaluation, gateway, link, paths
from clawband.edges.console import routes as console
from clawband.edges.egress.intercept import Interception
from clawband.edges.egress.proxy import Proxy, listening
from clawband.edges.forwarded import Forwarded
from clawband.edges.models.door import Door
from clawband.edges.models.providers import door_of
from clawband.edges.unshown import Unshown, logs
from clawband.edges.worker import timetable
from clawband.model.errors import UnavailableError
from clawband.model.tls import place
from clawband.ports.names import Endpoint
from clawband.service.service import Service
from clawband.settings import Settings

SHUTDOWN_SECONDS = 3
COLLECT = (50_000, 20, 50)
App = Starlette | Router | Door
LOOPBACK = "127.0.0.1"
INTERCEPTOR = ("-I", "-m", "clawband.edges.interceptor")
HOSTS = ["127.0.0.1", "localhost", "[::1]", "::1"]


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Service]:
    """A started service with its timetable, its socket and its loopback port; stopped at exit."""
    settings.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(settings.state), _doors(settings) as (proxy_door, *app_doors):
        service, clock = build(settings)
        await service.start()
        # What is remembered lives long: full collections would stop every answer for 50 ms and
        # find nothing.
        gc.freeze()
        gc.set_threshold(*COLLECT)
        jobs = [
            asyncio.ensure_future(job)
            for job in timetable.jobs(service, lambda: clock.take_step().total_seconds())
        ]
        apps: list[App] = [gateway_app(service), full_app(service)]
        named = Owned(service.running.store, service.running.vaults, service.running.masking).named
        apps += [door_of(service.models, settings.providers, named)] if settings.providers else []
        servers = [_server(app) for app in apps]
        servers += [await linking(service)] if settings.tls.link else []
        serving = [
            asyncio.ensure_future(server.serve(sockets=[listening]))
            for server, listening in zip(servers, app_doors, strict=True)
        ]
        try:
            await _listening(servers)
            with logs(service.running.masking):
                async with _egress(service, settings, proxy_door), fronting(service, settings):
                    yield service
        finally:
            for server in servers:
                server.should_exit = True
            await asyncio.gather(*serving, return_exceptions=True)
            for app in apps:
                if isinstance(app, Door):
                    app.close()
            for job in jobs:
                job.cancel()
            await asyncio.gather(*jobs, return_exceptions=True)
            await service.stop()
            settings.socket.unlink(missing_ok=True)


@asynccontextmanager
async def _egress(
    service: Service, settings: Settings, door: socket.socket
) -> AsyncIterator[Proxy]:
    """The egress proxy with the launcher's desk. Nobody reaches our own doors through it."""
    names = MachineNames(settings.names)
    keys = str(settings.state / "keys")
    looking = Interception((sys.executable, *INTERCEPTOR, keys, settings.authorities))
    fronts = (each.port for each in settings.doors)
    ours = (settings.port, settings.egress, settings.models, *fronts)
    try:
        async with listening(
            service.egress,
            door,
            names=names,
            launch=service.launches.answer,
            doors=[
                *(Endpoint(LOOPBACK, each) for each in ours),
                *starmap(Endpoint, _linked(settings)),
            ],
        ) as proxy:
            proxy.interceptor = looking
            yield proxy
    finally:
        await looking.close()
        names.close()


async def serve(
    settings: Settings, ready: Callable[[Service], Awaitable[None]], *, leashed: bool = False
) -> None:
    """Run until SIGINT or SIGTERM; `leashed`: also until standard input ends, so that a server
    never outlives the program that started it, whatever becomes of that one."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)

    def let_go() -> None:
        if not os.read(0, 1024):
            loop.remove_reader(0)
            stop.set()

    if leashed:
        loop.add_reader(0, let_go)
    async with running(settings) as service:
        await ready(service)
        await stop.wait()


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Service]:
    """The service without its doors, for work on the state folder while no server runs."""
    settings.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(settings.state):
        service, _ = build(settings)
        await service.start()
        try:
            yield service
        finally:
            await service.stop()


def gateway_app(service: Service) -> Router:
    """What enforcement points may call. A bare router: this is the hot path."""
    return Router(routes=[*gateway.routes(service), *evaluation.routes(service)])


def full_app(service: Service) -> Starlette:
    """Everything: for enforcement points over loopback, for the command line, for people."""
    rules = service.running.people
    return Starlette(
        routes=[
            *gateway.routes(service),
            *evaluation.routes(service),
            *paths.routes(service),
            *console.routes(service, secure=rules.origin.startswith("https:")),
        ],
        middleware=[
            Middleware(Unshown, masking=service.running.masking),
            # A page of another origin whose name was made to point here is told nothing.
            Middleware(TrustedHostMiddleware, allowed_hosts=[*HOSTS, rules.site]),
            Middleware(Forwarded, trusted=rules.trusted_proxies, header=rules.forwarded),
        ],
    )


class _Server(uvicorn.Server):
    """A server that leaves signals to `serve`."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextmanager
def _doors(settings: Settings) -> Iterator[Sequence[socket.socket]]:
    """The egress proxy's port, the unix socket, the port of console and API, the model gateway's
    if it has models, and the link's if there is one."""
    ports = {"port": settings.port}
    if settings.providers:
        ports["models_port"] = settings.models
    with ExitStack() as held:
        yield [
            held.enter_context(doors.port(LOOPBACK, settings.egress, "egress_port")),
            held.enter_context(doors.unix(settings.socket)),
            *(
                held.enter_context(doors.port(settings.host, at, name))
                for name, at in ports.items()
            ),
            *(held.enter_context(doors.port(*each, "listen")) for each in _linked(settings)),
        ]


def _linked(settings: Settings) -> Sequence[tuple[str, int]]:
    return [place(settings.tls.link.listen)] if settings.tls.link else []


async def linking(service: Service) -> uvicorn.Server:
    """The gateways' API for other hosts."""
    front = link.Front(service, await service.certificates.root())
    served = link.app(service, gateway_app(service))
    return _server(
        served, http=link.Seeing, ws="none", ssl_context_factory=lambda *_: front.context
    )


def _server(app: ASGIApp, http: Any = "httptools", **more: Any) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        http=http,
        date_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        **more,
    )
    return _Server(config)


async def _listening(servers: Sequence[uvicorn.Server]) -> None:
    while not all(server.started for server in servers):
        await asyncio.sleep(0.01)


class _alone:  # noqa: N801 - reads as a word in `with _alone(folder)`
    """Holds the state folder for this process: two writers would be two logs."""

    def __init__(self, state: Path) -> None:
        self._path = state / "lock"

    def __enter__(self) -> None:
        self._file = os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._file)
            raise UnavailableError(
                "another Clawband is running on this state folder",
                remedy="stop it first, or name another `state` in `clawband.toml`",
            ) from error

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            os.close(self._file)
