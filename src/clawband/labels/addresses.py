"""Where an address leads, whether a word is one, and how much it could carry out."""

import pkgutil
import re
from urllib.parse import unquote_to_bytes

# Shipped beside the code and fixed like it: package data, not a file of the deployment.
_LISTED = (pkgutil.get_data("clawband.labels", "domains.txt") or b"").decode()
_DOMAINS = frozenset(_LISTED.partition("\n")[2].split())
# Also file endings, or words that follow a full stop when the space is missing. A plain name of two
# parts under them names a file, a field or two sentences far more often than a host.
_DOUBTFUL = frozenset({
    "ai", "am", "app", "as", "at", "bar", "be", "best", "bz", "cab", "cat", "cc", "cfg", "co",
    "data",
    "do", "doc", "es", "fi", "foo", "go", "gz", "hm", "id", "in", "info", "io", "is", "it",
    "java", "la", "lol", "md", "me", "mm", "mo", "mov", "my", "name", "no", "now", "one", "ph",
    "pl", "pm", "ps", "py", "re", "rs", "sh", "so", "sql", "st", "tf", "to", "tt", "ts", "us",
    "vi", "vu", "ws", "zip",
}) & _DOMAINS  # fmt: skip


_FAMILIAR = frozenset({
    "com", "org", "net", "edu", "gov", "mil", "app", "dev", "xyz", "top", "site", "online", "shop",
    "club", "icu", "vip", "cloud", "tech", "pro", "biz", "website", "space",
})  # fmt: skip
_CHAIN = re.compile(r"(?:[A-Za-z_]{1,16}\.){1,4}[A-Za-z]{3,16}")
_PATH = re.compile(r"[/\\]|[?#][\w%=&+-]")
_MAIL = re.compile(r"@[\w-]{1,63}\.\w")
_NETWORK = re.compile(r"/[0-9]{1,2}(?![0-9A-Za-z/?#.])")
TOKEN = re.compile(r"[\w-]+(?:\.[\w-]+)*")
"""Words and dots without a space: what may be a name."""
_PORT = re.compile(r"\.?(?::[0-9]{1,5}(?![0-9A-Za-z]))?")
_REST = re.compile(r"(?:[^\s<>\"`\]\x00-\x20\x7f]|\](?!\())*")
_ASCII = re.compile(r"[A-Za-z]{2,24}(?=[^\x00-\x7f])")
_UNSPACED = re.compile(
    ".*[\u0e00-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]", re.DOTALL
)
_CLOSED = {")": "(", "]": "[", "}": "{"}


def domain(label: str) -> bool:
    """Whether a name may end in it: a top-level domain, also in its own script."""
    label = label.lower()
    if label.isascii():
        return label in _DOMAINS
    try:
        return f"xn--{label.encode('punycode').decode()}" in _DOMAINS
    except UnicodeError:
        return False


def named(token: re.Match[str], code: bool = False) -> tuple[int, int] | None:
    """Where an address without a scheme begins and ends, if the token is one that clients see.

    In `code` a short chain of words such as `self.file.read` is none, though `read` is a domain.
    """
    text = token.string
    start, end = _name(token)
    if end <= start:
        return None
    port = _PORT.match(text, end)
    beyond = port.end() if port else end
    path = _PATH.match(text, beyond) is not None
    code = code or text[end : end + 1] == "("
    tailed = path or ":" in text[end:beyond]
    name = text[start:end]
    if not tailed and (_doubtful(name, code) or _MAIL.match(text, end)):
        return None
    if name[-1].isdecimal() and (not tailed or _NETWORK.match(text, end)):
        return None
    before = text[max(0, start - 2) : start]
    if before[-1:] == "@" and len(before) == 2 and not before[0].isspace() and not path:
        return None  # A mail address.
    inside = before[-1:] == "/" or (before[-1:] == "\\" and not tailed)
    if inside and before[:1] != before[-1:] and name.count(".") < 2:
        return None  # A path.
    return start, ending(text, beyond) if path else beyond if tailed else end


def _name(token: re.Match[str]) -> tuple[int, int]:
    """Where the name in a token begins and ends; nothing if it has no known domain."""
    start = token.start()
    labels = token[0].split(".")
    if len(labels) == 4 and all(each.isdecimal() and len(each) < 4 for each in labels):
        return token.span()
    last, end = labels[-1], token.end()
    glued = _ASCII.match(last)
    if glued and not domain(last):
        last, end = glued[0], end - len(last) + glued.end()
    while len(labels) > 1 and not domain(last):
        # `example.com.Then`: a sentence follows, or a client reads on from a name it knows.
        end -= len(last) + 1
        sentence = labels.pop()[:1].isupper()
        known = labels[-1].lower() not in _DOUBTFUL and (sentence or len(labels) > 2)
        last = labels[-1] if known else ""
    if len(labels) < 2:
        return start, start
    prefix = _UNSPACED.match(labels[0])
    if prefix and last.isascii() and prefix.end() < len(labels[0]):
        start += prefix.end()
    return start, end


def _doubtful(name: str, code: bool) -> bool:
    """`notes.md`, `user.name`, `done.It`: rather not a host."""
    first, _, last = name.rpartition(".")
    if first.lower().startswith("www") or (code and _CHAIN.fullmatch(name)):
        return last.lower() not in _FAMILIAR and not first.lower().startswith("www")
    if "." in first:
        return False
    return last.lower() in _DOUBTFUL or (last[:1].isupper() and last[1:].islower())


def ending(text: str, start: int) -> int:
    """Where an address ends that has no other sign of its end: before punctuation."""
    rest = _REST.match(text, start)
    end = rest.end() if rest else start
    left = {each: text.count(each, start, end) for each in "()[]{}"}
    while end > start and (last := text[end - 1]) in ".,;:!?'*_~|)]}":
        if last in _CLOSED:
            if left[last] <= left[_CLOSED[last]]:
                break
            left[last] -= 1
        end -= 1
    return end


def carries(url: str) -> int:
    """Bytes that whoever made the URL could choose freely: a rough upper bound.

    The query, the fragment, a user name, every path segment and every label below the registered
    name, decoded. Lower-case words in path and name are free up to 48 bytes in all, so that an
    ordinary page comes out near zero; a port counts two.
    """
    rest = url.partition("://")[2] if "://" in url[:40] else url.lstrip("/\\")
    scheme, colon, after = rest.partition(":")
    if "://" not in url[:40] and colon and scheme.isalpha() and "." not in scheme:
        return len(unquote_to_bytes(after))
    head, fragment = _apart(rest, "#")
    head, query = _apart(head, "?")
    authority, path = _apart(head.replace("\\", "/"), "/")
    user, _, host = authority.rpartition("@")
    name, port = _apart(host, ":")
    labels = name.lower().split(".")[:-2]
    words, free = 0, 0
    for part in [each for each in labels if each != "www"] + path.split("/"):
        size = len(unquote_to_bytes(part))
        if _wordy(part):
            words += size
        else:
            free += size
    whole = (len(unquote_to_bytes(each)) for each in (fragment, query, user))
    return free + max(0, words - 48) + sum(whole) + (2 if port else 0)


def _apart(text: str, sign: str) -> tuple[str, str]:
    first, _, rest = text.partition(sign)
    return first, rest


def _wordy(part: str) -> bool:
    """Words such as `getting-started.html`."""
    pieces = part.replace("_", "-").replace(".", "-").split("-")
    return (
        part.isascii()
        and part.islower()
        and all(each.isalpha() and len(each) <= 16 for each in pieces)
    )
