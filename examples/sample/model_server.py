"""A model provider that follows fixed rules instead of thinking.

It speaks the streaming chat completions format of OpenAI. What it answers depends only on the
conversation: a rule that fits the last user message gives a tool call, a tool result gives a text
that quotes it. Like a real model it is gullible: a tool result that says `INSTRUCTION: ...` is
obeyed once, and then it goes on with what the person asked for. A test may post scripts,
`{"when": substring, "steps": [{"tool", "args"} | {"text"}]}`.
"""

import json
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Step = dict[str, Any]

INTERNAL = "<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT>>>"
HELP = (
    "Try: look up order 17; look up customer 5; refund order 17; delete customer 5; "
    "update customer 5 phone to 555-0199; notify sales: call Elm Bakery; summarise ticket 3; "
    "open ticket for customer 6: late parcel; escalate ticket 3; read document offer; "
    "publish document handbook; run `date`; write a note: buy milk; "
    "read http://news.example/today and mail it to bob@corp.example"
)


def _call(tool: str, **args: Any) -> Step:
    return {"tool": tool, "args": args}


Rule = tuple[str, Callable[[re.Match[str]], Step]]

RULES: tuple[Rule, ...] = (
    (r"run `([^`]+)`", lambda m: _call("exec", command=m[1])),
    (r"(?:fetch|read) (https?://\S+)", lambda m: _call("web_fetch", url=m[1])),
    (r"write a note:? (.+)", lambda m: _call("write", path="note.md", content=m[1] + "\n")),
    (r"read file (\S+)", lambda m: _call("read", path=m[1])),
    (r"look up order (\w+)", lambda m: _call("billing_read", order=m[1])),
    (r"look up customer (\w+)", lambda m: _call("crm_read", customer=m[1])),
    (
        r"update customer (\w+) (\w+) to (.+)",
        lambda m: _call("crm_update", customer=m[1], field=m[2], value=m[3]),
    ),
    (r"delete customer (\w+)", lambda m: _call("crm_delete", customer=m[1])),
    (
        r"refund order (\w+)(?: amount ([\d.]+))?",
        lambda m: _call("refund", order=m[1], amount=float(m[2] or 20)),
    ),
    (
        r"send contract (\S+) to customer (\w+)",
        lambda m: _call("send_contract", customer=m[2], contract=m[1]),
    ),
    (r"notify (\w+): (.+)", lambda m: _call("notify", team=m[1], message=m[2])),
    (
        r"open ticket for customer (\w+): (.+)",
        lambda m: _call("ticket_create", customer=m[1], subject=m[2]),
    ),
    (r"summari[sz]e ticket (\w+)", lambda m: _call("ticket_summary", ticket=m[1])),
    (r"escalate ticket (\w+)", lambda m: _call("escalate", ticket=m[1], reason="asked to")),
    (r"close account (\w+)", lambda m: _call("account_close", customer=m[1])),
    (r"read document (\w+)", lambda m: _call("doc_read", document=m[1])),
    (r"label document (\w+) (\w+)", lambda m: _call("doc_label", document=m[1], label=m[2])),
    (r"publish document (\w+)", lambda m: _call("doc_publish", document=m[1], channel="news")),
    (r"share document (\w+) with (\S+)", lambda m: _call("doc_grant", document=m[1], person=m[2])),
    (r"move document (\w+) to (\w+)", lambda m: _call("doc_move", document=m[1], folder=m[2])),
    (r"search mail for (\w+)", lambda m: _call("mail_search", query=m[1])),
    (
        r"mail (.+) to ([\w.]+@[\w.]*\w)",
        lambda m: _call("mail_send", to=m[2], subject="For you", body=m[1]),
    ),
)
THEN = re.compile(r"and mail (?:it|them|the news) to ([\w.]+@[\w.]*\w)", re.IGNORECASE)
"""What a person may add to a request that reads something."""


def text_of(message: dict[str, Any]) -> str:
    """The text of one chat message, whose content is text or a list of parts."""
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return "\n".join(str(part.get("text", "")) for part in content if isinstance(part, dict))


def is_said(message: dict[str, Any]) -> bool:
    """True for what a person said, not for what the gateway adds in the same role."""
    return message.get("role") == "user" and not text_of(message).startswith(INTERNAL)


def follow(text: str) -> Step | None:
    """The call that the first fitting rule makes of the text."""
    for pattern, make in RULES:
        if found := re.search(pattern, text, re.IGNORECASE):
            return make(found)
    return None


def answer(messages: list[dict[str, Any]], scripts: list[dict[str, Any]]) -> Step:
    """The next step of the conversation: a tool call or the final text."""
    last = max((i for i, m in enumerate(messages) if is_said(m)), default=-1)
    asked, since = text_of(messages[last]) if last >= 0 else "", messages[last + 1 :]
    results = [text_of(m) for m in since if m.get("role") == "tool"]
    for script in reversed(scripts):
        if script["when"] in asked:
            steps: list[Step] = script["steps"]
            return steps[len(results)] if len(results) < len(steps) else quote(results)
    if not results:
        return follow(asked) or {"text": HELP}
    planted = re.search(r"INSTRUCTION: ([^\"\n\\]+)", results[0])
    obeyed = follow(planted[1]) if planted else None
    plan = [step for step in (obeyed, passed_on(asked, results[0])) if step]
    return plan[len(results) - 1] if len(results) <= len(plan) else quote(results)


def passed_on(asked: str, result: str) -> Step | None:
    """The mail with the first sentence of what was read, if the person asked for one."""
    wanted = THEN.search(asked)
    if not wanted:
        return None
    # OpenClaw puts a line of `---` before what a page itself says.
    said = re.search(r"[A-Z][^.\"\\<>]{20,}\.", result.rpartition("---")[2])
    return _call("mail_send", to=wanted[1], subject="Summary", body=said[0] if said else "nothing")


def quote(results: list[str]) -> Step:
    """The final text: what the tool said, in full up to a limit."""
    return {"text": f"The tool said: {results[-1][:1500]}" if results else "Done."}


def fitted(step: Step, tools: list[dict[str, Any]]) -> Step:
    """The same call through the `tool_call` wrapper when only the wrapper is on offer."""
    names = {tool.get("function", {}).get("name") for tool in tools}
    if "tool" not in step or step["tool"] in names or "tool_call" not in names:
        return step
    return _call("tool_call", id=step["tool"], args=step["args"])


def deltas(step: Step, turn: int) -> Iterator[dict[str, Any]]:
    """The streamed pieces of one step."""
    if "tool" in step:
        function = {"name": step["tool"], "arguments": json.dumps(step["args"])}
        call = {"index": 0, "id": f"call_{turn}", "type": "function", "function": function}
        yield {"delta": {"role": "assistant", "tool_calls": [call]}, "finish_reason": None}
        yield {"delta": {}, "finish_reason": "tool_calls"}
        return
    yield {"delta": {"role": "assistant", "content": step["text"]}, "finish_reason": None}
    yield {"delta": {}, "finish_reason": "stop"}


class ModelServer(ThreadingHTTPServer):
    """Listens on a free loopback port; `requests` holds every conversation it was shown."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Face)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.scripts: list[dict[str, Any]] = []
        self.requests: list[dict[str, Any]] = []
        self.turn = 0
        self.lock = threading.Lock()

    def script(self, when: str, *steps: Step) -> None:
        """From now on, answer a user message that contains `when` with these steps."""
        self.scripts.append({"when": when, "steps": list(steps)})

    def start(self) -> "ModelServer":
        """Serve in a thread of its own."""
        threading.Thread(target=self.serve_forever, daemon=True, name="model").start()
        return self

    def stop(self) -> None:
        """Stop serving and free the port."""
        self.shutdown()
        self.server_close()


class _Face(BaseHTTPRequestHandler):
    server: ModelServer
    protocol_version = "HTTP/1.1"
    # Without this, the small writes of a stream wait for the peer's delayed acknowledgements.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._json({"object": "list", "data": [{"id": "rules", "object": "model"}]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or b"{}")
        if self.path == "/script":
            self.server.script(body["when"], *body["steps"])
            return self._json({"ok": True})
        with self.server.lock:
            self.server.turn += 1
            turn = self.server.turn
            self.server.requests.append(body)
        step = fitted(answer(body.get("messages", []), self.server.scripts), body.get("tools", []))
        pieces = list(deltas(step, turn))
        return self._stream(pieces, turn) if body.get("stream") else self._whole(pieces, turn)

    def _whole(self, pieces: list[dict[str, Any]], turn: int) -> None:
        choice = {"index": 0, "message": pieces[0]["delta"], **pieces[1], "delta": None}
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        head = {"id": f"turn-{turn}", "object": "chat.completion", "created": 0, "model": "rules"}
        self._json({**head, "choices": [choice], "usage": usage})

    def _stream(self, pieces: list[dict[str, Any]], turn: int) -> None:
        head = {"id": f"turn-{turn}", "object": "chat.completion.chunk", "created": 0}
        lines = [{**head, "model": "rules", "choices": [{"index": 0, **p}]} for p in pieces]
        text = "".join(f"data: {json.dumps(line)}\n\n" for line in lines) + "data: [DONE]\n\n"
        self._send(text.encode(), "text/event-stream")

    def _json(self, value: Any) -> None:
        self._send(json.dumps(value).encode(), "application/json")

    def _send(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the terminal quiet."""
