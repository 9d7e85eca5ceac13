"""The shop behind a real HTTP server on loopback."""

import asyncio
import socket
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from typing import Any, TypeVar

import uvicorn
from starlette.applications import Starlette

from clawband.edges.console.routes import routes
from clawband.model.people import Rules
from tests.edges.console.shop import Shop, open_shop

T = TypeVar("T")


@dataclass
class Served:
    """The shop behind a real HTTP server on loopback, in a thread of its own."""

    shop: Shop
    url: str
    loop: asyncio.AbstractEventLoop

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Do something in the shop while its doors are open."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(30)


@contextmanager
def served(folder: Path, *, story: bool = True, secure: bool = False) -> Iterator[Served]:
    found: Queue[Served] = Queue()
    # With the protocol named, or small answers wait for an acknowledgement (Nagle).
    door = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    door.bind(("127.0.0.1", 0))
    port = door.getsockname()[1]
    rules = Rules(origin=f"http://localhost:{port}")
    stop = threading.Event()

    async def serve() -> None:
        async with open_shop(folder, rules, story=story) as shop:
            app = Starlette(routes=routes(shop.service, secure=secure))
            config = uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1)
            server = uvicorn.Server(config)
            serving = asyncio.ensure_future(server.serve(sockets=[door]))
            while not server.started:
                await asyncio.sleep(0.01)
            found.put(Served(shop, f"http://127.0.0.1:{port}", asyncio.get_running_loop()))
            while not stop.is_set():
                await asyncio.sleep(0.05)
            server.should_exit = True
            await serving

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        yield found.get(timeout=60)
    finally:
        stop.set()
        thread.join(20)
        door.close()
