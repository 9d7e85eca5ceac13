"""A chat network on loopback: the Telegram Bot API for the bots, a page and JSON for people.

Bots: `/bot<token>/<method>`; a token is `<number>:<bot name>_...`. People: `GET /` is a page to
chat in, `POST /send {"bot", "from", "text"}` says something, `GET /messages?after=N&wait=SECONDS`
lists what was said, oldest first, as `{"n", "bot", "person", "from", "text"}`.
"""

import itertools
import json
import threading
import time
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

PEOPLE = {"ana": 4242, "bo": 4243, "eve": 6666}
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'"
HERE = Path(__file__).parent
PAGES = {"/": ("chat.html", "text/html; charset=utf-8"), "/chat.js": ("chat.js", "text/javascript")}


def person_id(name: str) -> int:
    """The network's number for a person; unknown names get one of their own."""
    return PEOPLE.get(name) or 100_000 + zlib.crc32(name.encode()) % 900_000


class ChatNetwork(ThreadingHTTPServer):
    """Listens on a free loopback port; everything said is in `messages`."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Face)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.messages: list[dict[str, Any]] = []
        self.calls: list[tuple[str, str, dict[str, Any]]] = []
        self.names: dict[int, str] = {number: name for name, number in PEOPLE.items()}
        self.updates: dict[str, list[dict[str, Any]]] = {}
        # Never a number twice: a gateway that starts again remembers the last one it has read.
        self.numbers = itertools.count(int(time.time()))
        self.changed = threading.Condition()

    def start(self) -> "ChatNetwork":
        """Serve in a thread of its own."""
        threading.Thread(target=self.serve_forever, daemon=True, name="chat").start()
        return self

    def stop(self) -> None:
        """Stop serving and free the port."""
        self.shutdown()
        self.server_close()

    def send(self, bot: str, person: str, text: str, **more: Any) -> int:
        """A person says something to a bot; returns the number of the message. `more` are fields
        of the Bot API's `Message`, such as `reply_to_message`."""
        number, who = next(self.numbers), person_id(person)
        self.names[who] = person
        sender = {"id": who, "is_bot": False, "first_name": person, "username": person}
        chat = {"id": who, "type": "private", "first_name": person, "username": person}
        message = {"message_id": number, "date": int(time.time()), "text": text, **more}
        with self.changed:
            update = {"update_id": number, "message": {"from": sender, "chat": chat, **message}}
            self.updates.setdefault(bot, []).append(update)
            self._said(number, bot, person, {"from": person, "text": text})
        return number

    def _said(self, number: int, bot: str, person: str, what: dict[str, Any]) -> None:
        self.messages.append({"n": number, "bot": bot, "person": person, **what})
        self.changed.notify_all()

    def after(self, number: int, wait: float) -> list[dict[str, Any]]:
        """What was said after a message; waits up to `wait` seconds for the first."""
        end = time.monotonic() + wait
        with self.changed:
            while not (new := [m for m in self.messages if m["n"] > number]):
                if (left := end - time.monotonic()) <= 0:
                    break
                self.changed.wait(left)
        return new

    def bot_call(self, bot: str, method: str, args: dict[str, Any]) -> Any:
        """Answer one Bot API call; methods without a meaning here just succeed."""
        with self.changed:
            if method != "getUpdates":
                self.calls.append((bot, method, args))
        if method == "getMe":
            name = {"first_name": bot, "username": f"{bot}_bot"}
            return {"id": person_id(f"{bot}_bot"), "is_bot": True, **name}
        if method == "getUpdates":
            return self._poll(bot, int(args.get("offset") or 0), float(args.get("timeout") or 0))
        if method in {"sendMessage", "editMessageText"}:
            return self._bot_says(bot, args, edited=args.get("message_id"))
        return {"url": ""} if method == "getWebhookInfo" else True

    def _poll(self, bot: str, offset: int, wait: float) -> list[dict[str, Any]]:
        end = time.monotonic() + min(wait, 25)
        with self.changed:
            while True:
                left = [u for u in self.updates.get(bot, []) if u["update_id"] >= offset]
                self.updates[bot] = left
                if left or time.monotonic() >= end:
                    return left
                self.changed.wait(max(0.0, end - time.monotonic()))

    def _bot_says(self, bot: str, args: dict[str, Any], edited: Any) -> dict[str, Any]:
        chat, text = int(args["chat_id"]), str(args.get("text", ""))
        person = self.names.get(chat, str(chat))
        number = next(self.numbers)
        with self.changed:
            said = {"from": f"{bot}_bot", "text": text}
            self._said(number, bot, person, {**said, "edits": int(edited)} if edited else said)
        head = {"message_id": int(edited or number), "date": int(time.time())}
        return {**head, "chat": {"id": chat, "type": "private"}, "text": text}


class _Face(BaseHTTPRequestHandler):
    server: ChatNetwork
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        where = urlsplit(self.path)
        query = {key: values[-1] for key, values in parse_qs(where.query).items()}
        if where.path in PAGES:
            name, kind = PAGES[where.path]
            return self._send(HERE.joinpath(name).read_bytes(), kind)
        if where.path == "/messages":
            wait = min(float(query.get("wait", 0)), 25)
            return self._json(self.server.after(int(query.get("after", 0)), wait))
        return self._bot(where.path, query)

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.headers.get("content-type", "").startswith("application/json"):
            args = json.loads(raw or b"{}")
            if self.path == "/send":  # JSON only, so that no foreign web page can post here
                return self._json({"n": self.server.send(args["bot"], args["from"], args["text"])})
        else:
            form = parse_qs(raw.decode("utf-8", "replace"))
            args = {key: values[-1] for key, values in form.items()}
        return self._bot(urlsplit(self.path).path, args)

    def _bot(self, path: str, args: dict[str, Any]) -> None:
        token, _, method = path.removeprefix("/bot").partition("/")
        bot = token.partition(":")[2].partition("_")[0]
        self._json({"ok": True, "result": self.server.bot_call(bot, method, args)})

    def _json(self, value: Any) -> None:
        self._send(json.dumps(value).encode(), "application/json")

    def _send(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.send_header("x-content-type-options", "nosniff")
        self.send_header("content-security-policy", POLICY)
        self.end_headers()
        try:
            self.wfile.write(body)
        except BrokenPipeError:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the terminal quiet."""
