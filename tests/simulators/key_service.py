"""A service with an API for keys, over HTTPS: makes them, takes requests with them, ends them; and
a receiver of webhooks that are signed with one of two secrets.

`POST /v1/keys` and `DELETE /v1/keys/<id>` take the key of an administrator; `GET /v1/me` any key
that is alive. `PUT /hooks/secrets/<id>`, `DELETE` of it, and `POST /hooks/in` likewise.
"""

import hmac
import json
import secrets
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ADMIN = "admin-key-of-the-service"


class KeyService:
    """A context manager. `keys` are the living ones by id; `asked` every request."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.keys: dict[str, str] = {}
        self.signing: dict[str, str] = {}
        self.made: dict[str, tuple[str, str]] = {}
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.answer: tuple[int, bytes] | None = None
        """Instead of everything else."""
        self.refused = 0
        """Requests with a key that is dead."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._served())
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://localhost:{self._server.server_port}"

    def __enter__(self) -> "KeyService":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def does(self, method: str, path: str, fields: Any, body: bytes) -> tuple[int, Any]:
        who = fields.get("authorization", "").removeprefix("Bearer ")
        if self.answer:
            return self.answer
        if path == "/v1/me":
            alive = who in self.keys.values()
            self.refused += not alive
            return (200, {"me": "the shop"}) if alive else (401, {"error": who})
        if path == "/hooks/in":
            return self._taken(fields, body)
        if who != ADMIN:
            return 403, {}
        if (method, path) == ("POST", "/v1/keys"):
            return self._make(fields.get("idempotency-key", ""))
        named = path.rpartition("/")[2]
        if path.startswith("/hooks/secrets/") and method == "PUT":
            self.signing[named] = json.loads(body)["secret"]
            return 204, None
        held = self.signing if path.startswith("/hooks/") else self.keys
        return (204, None) if held.pop(named, None) else (404, {})

    def _make(self, once: str) -> tuple[int, Any]:
        """The same request is answered with the same key."""
        if once not in self.made:
            self.made[once] = f"key-{len(self.made) + 1}", f"sk_{secrets.token_urlsafe(24)}"
        named, value = self.made[once]
        self.keys[named] = value
        return 201, {"data": [{"id": named, "secret": value}]}

    def _taken(self, fields: Any, body: bytes) -> tuple[int, Any]:
        shown = fields.get("x-signature", "").removeprefix("sha256=")
        known = {hmac.digest(e.encode(), body, "sha256").hex() for e in self.signing.values()}
        return (200, {}) if shown in known else (401, {})

    def _served(service: "KeyService") -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Serving(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _do(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                service.asked.append((self.command, self.path, dict(self.headers), body))
                status, told = service.does(self.command, self.path, self.headers, body)
                data = told if isinstance(told, bytes) else json.dumps(told).encode()
                data = b"" if status == 204 else data
                self.send_response(status)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_DELETE = _do  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        return Serving
