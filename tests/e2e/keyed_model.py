"""A door before the sample's model that opens for the keys of a file only, as a provider does.

The file is JSON, keys by id; a program of the driver `script` writes it, as a provider's own API
would.
"""

import json
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ISSUER = """#!{python} -IS
import json, pathlib, sys
asked, held = json.load(sys.stdin), pathlib.Path({keys!r})
keys = json.loads(held.read_text())
if asked["do"] == "create":
    value = keys.setdefault(asked["rotation"], "sk-made-for-" + asked["rotation"])
    told = {{"value": value, "id": asked["rotation"]}}
elif asked["do"] == "revoke":
    keys.pop(asked["id"] or "first", None)
    told = {{"done": True}}
else:
    alive = asked["value"] in keys.values()
    told = {{"alive": alive, "words": "accepted" if alive else "refused"}}
held.write_text(json.dumps(keys))
print(json.dumps(told))
"""


class KeyedModel:
    """A context manager. `seen` are the keys that it was shown, with whether it opened."""

    def __init__(self, folder: Path, model: str, first: str) -> None:
        self.keys = folder / "keys.json"
        self.keys.write_text(json.dumps({"first": first}))
        self.seen: list[tuple[str, bool]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._served(model))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "KeyedModel":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def issuer(self, programs: Path) -> None:
        """The program that makes and ends its keys."""
        programs.mkdir(mode=0o700)
        path = programs / "issuer"
        path.write_text(ISSUER.format(python=sys.executable, keys=str(self.keys)))
        path.chmod(0o700)

    def alive(self) -> list[str]:
        return list(json.loads(self.keys.read_text()).values())

    def _served(keyed: "KeyedModel", model: str) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Serving(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                key = self.headers.get("authorization", "").removeprefix("Bearer ")
                known = key in keyed.alive()
                keyed.seen.append((key, known))
                self.send_response(200 if known else 401)
                if not known:
                    self.end_headers()
                    return
                asked = urllib.request.Request(f"{model}{self.path}", body, dict(self.headers))
                with urllib.request.urlopen(asked) as answer:
                    self.send_header("content-type", answer.headers["content-type"])
                    self.end_headers()
                    self.wfile.write(answer.read())

            def log_message(self, *_: object) -> None:
                pass

        return Serving
