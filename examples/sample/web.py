"""The sample's web: one server for a few made-up sites.

OpenClaw itself fetches no page from loopback, rightly. The guard's proxy does, where policy says:
what the gateway asks for under the names of these sites is served from `pages`.
"""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SITES = Path(__file__).parent / "pages"


class Web(ThreadingHTTPServer):
    """Listens on a free loopback port.

    `pages` maps addresses (`http://news.example/today`) to HTML; `fetched` holds every address
    that was asked for, whether there is such a page or not, oldest first.
    """

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Face)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.pages = {
            f"http://{file.relative_to(SITES).with_suffix('').as_posix()}": file.read_text()
            for file in SITES.rglob("*.html")
        }
        self.fetched: list[str] = []

    def start(self) -> "Web":
        """Serve in a thread of its own."""
        threading.Thread(target=self.serve_forever, daemon=True, name="web").start()
        return self

    def stop(self) -> None:
        """Stop serving and free the port."""
        self.shutdown()
        self.server_close()


class _Face(BaseHTTPRequestHandler):
    server: Web
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        address = f"http://{self.headers.get('host', '')}{self.path}"
        self.server.fetched.append(address)
        page = self.server.pages.get(address)
        self._send(*((404, "there is no such page") if page is None else (200, page)))

    def _send(self, status: int, page: str) -> None:
        body = page.encode()
        self.send_response(status)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the terminal quiet."""
