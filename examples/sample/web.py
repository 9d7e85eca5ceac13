"""The sample's web: a forward proxy that answers for a few made-up sites and refuses the others.

OpenClaw itself fetches no page from loopback, rightly. So the gateway is given this proxy: what it
asks for is served from `pages`, and nothing that it does reaches the network. Speaks plain HTTP,
in a `CONNECT` tunnel to port 80, with the whole address in the request line, or, behind another
proxy, as the server of those sites (RFC 9110 §9.3.6, RFC 9112 §3.2).
"""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

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

    def do_CONNECT(self) -> None:
        """Become the other end of the tunnel: the next request on this connection is for it."""
        host, _, port = self.path.rpartition(":")
        if port != "80":
            self.server.fetched.append(self.path)
            self._send(403, "the sample's web has no such site")
            return
        self.tunnel = host
        self.close_connection = False  # whatever the client said of connections to us
        self.send_response(200)
        self.end_headers()

    def do_GET(self) -> None:
        target = urlsplit(self.path)
        host = target.netloc or getattr(self, "tunnel", "") or self.headers.get("host", "")
        query = f"?{target.query}" if target.query else ""
        address = f"http://{host}{target.path}{query}"
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
