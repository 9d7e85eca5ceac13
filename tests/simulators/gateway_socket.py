"""A gateway's WebSocket that says what a test wants: refusals, silence, noise."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

Frame = dict[str, Any]
Answer = Callable[[Frame], list[Frame | str]]
CHALLENGE: Frame = {
    "type": "event", "event": "connect.challenge", "payload": {"nonce": "n", "ts": 1}
}  # fmt: skip


def accepts(frame: Frame) -> list[Frame | str]:
    """Answers every request with its own method."""
    payload = {"method": frame["method"], "params": frame["params"]}
    return [{"type": "res", "id": frame["id"], "ok": True, "payload": payload}]


def refuses(code: str, message: str, method: str = "") -> Answer:
    """Refuses one method, or all of them."""

    def answer(frame: Frame) -> list[Frame | str]:
        if method and frame["method"] != method:
            return accepts(frame)
        error = {"code": code, "message": message}
        return [{"type": "res", "id": frame["id"], "ok": False, "error": error}]

    return answer


@contextmanager
def gateway_socket(answer: Answer, *, challenge: bool = True) -> Iterator[tuple[str, list[Frame]]]:
    """Its address, and every request it was sent."""
    asked: list[Frame] = []

    def talk(socket: ServerConnection) -> None:
        if challenge:
            socket.send(json.dumps(CHALLENGE))
        try:
            for text in socket:
                frame = json.loads(text)
                asked.append(frame)
                for said in answer(frame):
                    socket.send(said if isinstance(said, str) else json.dumps(said))
        except ConnectionClosed:
            return

    with serve(talk, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        port = server.socket.getsockname()[1]
        yield f"ws://127.0.0.1:{port}", asked
        server.shutdown()
        thread.join()
