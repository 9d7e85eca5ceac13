"""Absolute `http` and `https` URLs (RFC 3986), split so that every program splits them alike.

What browsers repair is refused: backslashes, white space, one slash, names and passwords, letters
outside ASCII. Fragments never travel and are dropped.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, unquote_plus

from clawband.network.hosts import Authority, Host, authority
from clawband.network.refusal import Refusal

LONGEST: Final = 8_192
PORTS: Final = {"http": 80, "https": 443}
_VISIBLE: Final = bytes(n for n in range(0x21, 0x7F) if n not in b'\\"<>')
_HEX: Final = frozenset("0123456789abcdefABCDEF")
_SCHEME: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789+.-")
_DEEP: Final = 3
"""Times a path may be encoded over again before that alone is refused."""

_EXACT: Final = frozenset(
    {
        "accesskey", "apikey", "apitoken", "assertion", "auth", "authorization", "authtoken",
        "bearer", "clientassertion", "clientsecret", "code", "credential", "credentials", "jwt",
        "key", "otp", "pass", "passphrase", "passwd", "password", "pin", "privatekey", "pwd",
        "secret", "secretkey", "session", "sessionid", "sid", "sig", "signature", "subscriptionkey",
        "ticket", "token", "xamzcredential", "xamzsignature", "xgoogcredential", "xgoogsignature",
    }
)  # fmt: skip
_ENDINGS: Final = ("token", "secret", "password", "apikey", "accesskey", "secretkey", "signature")


@dataclass(frozen=True, slots=True)
class Url:
    """`path` begins with `/`; `query` holds its `?`, or is empty. No fragment."""

    scheme: str
    authority: Authority
    path: str
    query: str

    @property
    def host(self) -> Host:
        return self.authority.host

    @property
    def port(self) -> int:
        return self.authority.port

    @property
    def target(self) -> str:
        """The origin form (RFC 9112 §3.2.1)."""
        return self.path + self.query

    @property
    def field(self) -> str:
        """What a `Host` field says: the port only if it is not the scheme's own."""
        return str(self.host) if self.port == PORTS[self.scheme] else str(self.authority)

    @property
    def route(self) -> str:
        """The path for rules: what needs no encoding is plain (RFC 3986 §6.2.2.2)."""
        return plain(self.path)

    def __str__(self) -> str:
        return f"{self.scheme}://{self.field}{self.target}"


def split(text: str) -> Url | Refusal:
    """The parts of an absolute URL."""
    wrong = _signs(text)
    if wrong is not None:
        return wrong
    scheme, colon, rest = text.partition(":")
    scheme = scheme.lower()
    if not colon or not scheme or not _SCHEME.issuperset(scheme):
        return Refusal("relative", f"`{text:.80}` names no scheme")
    if scheme not in PORTS:
        return Refusal("scheme", f"the scheme `{scheme:.20}` is neither http nor https")
    if rest[:2] != "//":
        return Refusal("no-host", f"`{text:.80}` has no `//` before its host")
    rest = rest[2:].partition("#")[0]
    end = min((at for at in (rest.find("/"), rest.find("?")) if at >= 0), default=len(rest))
    host, target = rest[:end], rest[end:]
    if "@" in host:
        return Refusal("userinfo", "a name or password stands before the host")
    to = authority(host, PORTS[scheme])
    if isinstance(to, Refusal):
        return to
    return _url(scheme, to, target if target[:1] == "/" else f"/{target}")


def aimed(scheme: str, to: Authority, target: str) -> Url | Refusal:
    """The URL of a target in origin form at a place."""
    return _signs(target) or _url(scheme, to, target)


def origin(target: str) -> Refusal | None:
    """What is wrong with a target in origin form, if anything is."""
    return _signs(target) or _path(target.partition("?")[0])


def resolve(at: Url, location: str) -> Url | Refusal:
    """Where a `Location` field leads from a URL (RFC 3986 §5.2), dot segments removed."""
    wrong = _signs(location) if location else None
    if wrong is not None:
        return wrong
    rest = location.partition("#")[0]
    scheme, colon, _ = rest.partition(":")
    if colon and _SCHEME.issuperset(scheme.lower()):
        start, slashes, rest = rest.partition("//")
        if not slashes or start != scheme + ":":
            return Refusal("no-host", f"`{location:.80}` has no `//` before its host")
        return _absolute(f"{scheme}://", rest)
    if rest[:2] == "//":
        return _absolute(f"{at.scheme}://", rest[2:])
    path, mark, query = rest.partition("?")
    if not path:
        return _url(at.scheme, at.authority, at.path + (mark + query or at.query))
    merged = path if path[0] == "/" else at.path[: at.path.rfind("/") + 1] + path
    return _url(at.scheme, at.authority, _undotted(merged) + mark + query)


def redirected(at: Url, location: str) -> Url | Refusal:
    """As `resolve`, but never from https to http: what was protected stays so."""
    to = resolve(at, location)
    if isinstance(to, Url) and at.scheme == "https" and to.scheme == "http":
        return Refusal("downgrade", f"a redirect from https to `{to.scheme}://{to.field}`")
    return to


def credentials_in(url: Url) -> tuple[str, ...]:
    """Names in the query that say a credential follows. A signal: signed links are common."""
    found: dict[str, None] = {}
    for pair in url.query[1:].replace(";", "&").split("&"):
        name, _, value = pair.partition("=")
        if value and _secret(unquote_plus(name)):
            found[unquote_plus(name)] = None
    return tuple(found)


def plain(path: str) -> str:
    """A path in which only what must be is percent-encoded, in capitals (RFC 3986 §6.2.2)."""
    first, *parts = path.split("%")
    if not parts:
        return path
    said = [first]
    for part in parts:
        char = chr(int(part[:2], 16))
        kept = char.isascii() and (char.isalnum() or char in "-._~")
        said.append((char if kept else f"%{part[:2].upper()}") + part[2:])
    return "".join(said)


def _url(scheme: str, to: Authority, target: str) -> Url | Refusal:
    path, mark, query = target.partition("?")
    return _path(path) or Url(scheme, to, path, mark + query)


def _secret(name: str) -> bool:
    letters = "".join(char for char in name.lower() if char.isalnum())
    return letters in _EXACT or letters.endswith(_ENDINGS)


def _signs(text: str) -> Refusal | None:
    """What no URL holds."""
    if not text.isascii():
        return Refusal("unicode", "the URL has letters outside ASCII")
    rest = text.encode().translate(None, _VISIBLE)
    if len(text) > LONGEST:
        return Refusal("too-long", f"a URL of {len(text)} characters, expected {LONGEST}")
    if not rest:
        return None
    if b"\\" in rest:
        return Refusal("backslash", "the URL has a backslash, which some programs read as a slash")
    if rest.translate(None, b'"<>'):
        return Refusal("control", "the URL has a space or a control character")
    return Refusal("sign", "the URL has a sign that must be percent-encoded")


def _path(path: str) -> Refusal | None:
    """What makes a path lead elsewhere than it says."""
    if path[:1] != "/":
        return Refusal("target", "expected a path that begins with a slash")
    if "%" in path:
        for part in path.split("%")[1:]:
            if len(part) < 2 or not _HEX.issuperset(part[:2]):
                return Refusal(
                    "percent", "a percent sign in the path is not followed by two digits"
                )
    elif "/." not in path:
        return None
    for _ in range(_DEEP):
        segments = path.replace("\\", "/").split("/")
        if any(segment.partition(";")[0] in (".", "..") for segment in segments):
            return Refusal("dot-segments", "the path leads upwards, plainly or in disguise")
        decoded = unquote(path, "latin-1")
        if any(char < " " or char == "\x7f" for char in decoded):
            return Refusal("control", "the path hides a control character")
        if decoded == path:
            return None
        path = decoded
    return Refusal("percent", f"the path is encoded {_DEEP} times over")


def _absolute(start: str, rest: str) -> Url | Refusal:
    host, slash, after = rest.partition("/")
    if "?" in host:
        return split(start + rest)
    path, mark, query = after.partition("?")
    return split(start + host + _undotted(slash + path) + mark + query)


def _undotted(path: str) -> str:
    """RFC 3986 §5.2.4; `%2e` is a dot too (§6.2.2.2)."""
    kept: list[str] = []
    segments = path.split("/")
    for number, segment in enumerate(segments):
        bare = segment.lower().replace("%2e", ".")
        if bare not in (".", ".."):
            kept.append(segment)
            continue
        if bare == ".." and len(kept) > 1:
            kept.pop()
        if number == len(segments) - 1:
            kept.append("")
    return "/".join(kept)
