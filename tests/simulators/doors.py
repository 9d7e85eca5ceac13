"""An application behind a real HTTP server on loopback, in a thread of its own."""

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from typing import Any, Generic, TypeVar

import uvicorn
from starlette.applications import Starlette

from clawband.bootstrap.serving import full_app
from tests.simulators.small import House, small

T = TypeVar("T")
R = TypeVar("R")
Opened = Callable[[int], AbstractAsyncContextManager[tuple[T, Starlette]]]
"""What is served at a port, and its application."""


@dataclass
class Served(Generic[T]):
    """What is behind the doors, and how to do something in there while they are open."""

    inside: T
    url: str
    loop: asyncio.AbstractEventLoop

    def run(self, coroutine: Coroutine[Any, Any, R]) -> R:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(30)


@contextmanager
def served(opened: Opened[T]) -> Iterator[Served[T]]:
    found: Queue[Served[T] | BaseException] = Queue()
    # With the protocol named, or small answers wait for an acknowledgement (Nagle).
    door = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    door.bind(("127.0.0.1", 0))
    port = door.getsockname()[1]
    stop = threading.Event()

    async def serve() -> None:
        async with opened(port) as (inside, app):
            config = uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1)
            server = uvicorn.Server(config)
            serving = asyncio.ensure_future(server.serve(sockets=[door]))
            while not server.started:
                assert not serving.done(), f"the server did not start: {serving}"
                await asyncio.sleep(0.01)
            found.put(Served(inside, f"http://127.0.0.1:{port}", asyncio.get_running_loop()))
            while not stop.is_set():
                await asyncio.sleep(0.05)
            server.should_exit = True
            await serving

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:
            found.put(error)
            raise

    thread = threading.Thread(target=run)
    thread.start()
    try:
        first = found.get(timeout=60)
        if isinstance(first, BaseException):
            raise first
        yield first
    finally:
        stop.set()
        thread.join(20)
        door.close()


@contextmanager
def served_house(folder: Path, **options: Any) -> Iterator[Served[House]]:
    """A small house with all its doors."""

    @asynccontextmanager
    async def opened(_port: int) -> Any:
        async with small(folder, **options) as house:
            yield house, full_app(house.service)

    with served(opened) as found:
        yield found
