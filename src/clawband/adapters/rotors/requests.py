"""HTTPS requests that a plan describes: `POST https://api.example.com/v1/keys`, with words in
braces where values stand.

    {value}         the value that is made, tried or ended
    {id}            what the issuer calls it
    {rotation}      the id of the rotation
    {secret:NAME}   the value of another secret

Each is written as its place wants it: percent-encoded in an address, escaped in a JSON body, as it
is in a field. Requests go to the hosts that the settings name, for a plan is written by whoever may
keep secrets, and never sees one.
"""

import json
import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

import httpx

from clawband.adapters.rotors import options
from clawband.model.errors import InputError, UnavailableError
from clawband.ports.rotor import Job, Made, Seen

SECONDS = 15.0
MOST_BYTES = 256 * 1024
METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
DEAD = "401 403"
_WORD = re.compile(r"\{(value|id|rotation|secret:[a-z][a-z0-9._/-]*)\}")
_TAKEN = frozenset(
    {"connection", "content-length", "host", "te", "trailer", "transfer-encoding", "upgrade"}
)
"""Fields that say where a request goes, which the settings do, and where it ends."""
Write = Callable[[bytes], str]


@dataclass(frozen=True, slots=True)
class Told:
    """An answer, whose body is told to nobody."""

    status: int
    body: bytes
    host: str

    @property
    def fine(self) -> bool:
        return 200 <= self.status < 300

    def __str__(self) -> str:
        phrase = {each.value: each.phrase for each in HTTPStatus}.get(self.status, "")
        return f"`{self.host}` answered {self.status} {phrase}".strip()


class Requests:
    """`hosts` are those that may be asked; `authorities` a PEM file with authorities of your own,
    beside the usual."""

    def __init__(self, hosts: frozenset[str], authorities: str = "") -> None:
        self._hosts, self._trust = hosts, ssl.create_default_context()
        if authorities:
            self._trust.load_verify_locations(authorities)

    def refuse_wrong(self, job: Job, *keys: str) -> None:
        """Raises `InputError` for a request that can never be sent."""
        for key in keys:
            self._line(job, key)
        named = any("{id}" in text for key, text in job.options.items() if key.startswith("revoke"))
        if named and not (job.issued or options.said(job, "first-id")):
            raise InputError(
                f"nobody knows what its issuer calls the present value of `{job.secret}`, so it "
                "could not be ended",
                remedy="say it with `--option first-id=…`",
            )

    def send(self, job: Job, key: str, made: Made | None = None, *, extra: str = "") -> Told:
        """The request under `key` with the body under `key-body`, and the fields under `header` or
        `key-header`; `extra` are fields of the driver."""
        method, address = self._line(job, key)
        words = _words(job, made)
        text = body(job, key, made)
        fields = options.said(job, f"{key}-header") or options.said(job, "header")
        lines = [each for each in f"{fields}\n{extra}".splitlines() if each.strip()]
        headers = [_field(job, each, words) for each in lines]
        if text:
            headers.append(("content-type", "application/json"))
        headers.append(("idempotency-key", f"{job.rotation}-{key}"))
        return self._sent(method, _filled(address, words, _percent), headers, text)

    def _sent(self, method: str, url: str, headers: list[tuple[str, str]], text: str) -> Told:
        host = _host(url)
        if host not in self._hosts:
            raise InputError("a word of the plan changed the host of a request")
        try:
            with (
                httpx.Client(verify=self._trust, trust_env=False, timeout=SECONDS) as http,
                http.stream(method, url, headers=headers, content=text.encode()) as answer,
            ):
                held = bytearray()
                for chunk in answer.iter_bytes():
                    held += chunk
                    if len(held) > MOST_BYTES:
                        raise UnavailableError(f"`{host}` answered more than {MOST_BYTES} bytes")
                return Told(answer.status_code, bytes(held), host)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise UnavailableError(
                f"`{host}` gave no answer: {type(error).__name__}",
                remedy="see whether it is reached from here, over TLS",
            ) from None

    def _line(self, job: Job, key: str) -> tuple[str, str]:
        """Method and address, the latter still with its words."""
        method, _, address = options.needed(job, key).partition(" ")
        # The host ends before the first word.
        host = _host(address.partition("{")[0])
        if method not in METHODS or not host:
            raise InputError(
                f"expected `{key}` of the plan of `{job.secret}` as `METHOD https://host/path`, "
                f"got `{method[:10]} {address[:60]}`",
                remedy="correct it; the host stands there as it is",
            )
        if host not in self._hosts:
            raise InputError(
                f"`{key}` of the plan of `{job.secret}` asks `{host[:60]}`, which is no host for "
                "rotations",
                remedy="have it added to `hosts` under `[rotation]` of `clawband.toml`",
            )
        return method, address


def body(job: Job, key: str, made: Made | None) -> str:
    """The body of the request under `key`."""
    return _filled(options.said(job, f"{key}-body"), _words(job, made), _escaped)


def seen(job: Job, told: Told) -> Seen:
    """Whether the answer to an attempt says that the value opens. Raises `UnavailableError` for one
    that says neither."""
    if told.fine:
        return Seen(True, str(told))
    if str(told.status) in options.said(job, "dead", DEAD).split():
        return Seen(False, str(told))
    raise UnavailableError(f"{told}, which says nothing about the value")


def pointed(job: Job, told: Told, key: str) -> str:
    """The text at the JSON pointer (RFC 6901) that the option `key` is. Raises `UnavailableError`,
    which holds nothing of the answer."""
    pointer = options.needed(job, key)
    try:
        found = json.loads(told.body)
        for part in pointer.removeprefix("/").split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            found = found[int(name)] if isinstance(found, list) else found[name]
        if isinstance(found, str | int) and not isinstance(found, bool) and str(found):
            str(found).encode()  # half a character of UTF-16 is no text
            return str(found)
    except (ValueError, LookupError, TypeError, RecursionError):
        pass
    raise UnavailableError(
        f"`{told.host}` answered without a text at `{pointer[:60]}`",
        remedy=f"correct `{key}` of the plan of `{job.secret}`",
    )


def _host(address: str) -> str:
    """As the one who sends it reads it; empty for what is no whole address of a host over TLS."""
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, UnicodeError):
        return ""
    whole = url.scheme == "https" and not url.userinfo and address.count("/") > 2
    return url.host if whole else ""


def _words(job: Job, made: Made | None) -> Mapping[str, bytes]:
    known = {f"{options.REFERENCE}{name}": value for name, value in job.lent.items()}
    known["rotation"] = job.rotation.encode()
    if made:
        known["value"] = made.value
        known["id"] = (made.issued or options.said(job, "first-id")).encode()
    return known


def _filled(text: str, words: Mapping[str, bytes], write: Write) -> str:
    """Once through: what a value holds is no word."""

    def written(found: "re.Match[str]") -> str:
        value = words.get(found[1])
        if not value:
            raise InputError(
                f"the plan uses `{{{found[1][:60]}}}` where there is none",
                remedy="correct it, or say the first one as `--option first-id=…`"
                if found[1] == "id"
                else "correct it; see docs/rotation.md",
            )
        return write(value)

    return _WORD.sub(written, text)


def _field(job: Job, line: str, words: Mapping[str, bytes]) -> tuple[str, str]:
    name, colon, text = line.partition(":")
    if name.strip().lower() in _TAKEN:
        raise InputError(
            f"the plan of `{job.secret}` sets the field `{name.strip().lower()}`",
            remedy="remove it: a request goes to the host of its address",
        )
    if not colon or not name.strip():
        raise InputError(
            f"expected a field of the plan of `{job.secret}` as `name: text`",
            remedy="write it as `authorization: Bearer {value}`",
        )
    return name.strip(), _filled(text.strip(), words, _plain)


def _percent(value: bytes) -> str:
    return quote(value, safe="")


def _escaped(value: bytes) -> str:
    return json.dumps(_text(value))[1:-1]


def _plain(value: bytes) -> str:
    text = _text(value)
    if not text.isascii() or not text.isprintable():
        raise InputError("a value with other than printable ASCII cannot stand in a field")
    return text


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise InputError("a value that is no text cannot stand in a request") from None
