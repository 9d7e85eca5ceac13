"""The host in a request: a name in one normal form, or an address that is written as one.

What programs read differently is refused and never repaired: numbers that only some of them take
for an address, letters outside ASCII (write `xn--…`, RFC 5890 §2.3.2.1), percent-encoding, zones.
"""

import unicodedata
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from clawband.network.addresses import Address
from clawband.network.refusal import Refusal

LONGEST: Final = 253
_LABEL: Final = 63
_NAME: Final = b"abcdefghijklmnopqrstuvwxyz0123456789-_."
_DIGITS: Final = frozenset("0123456789")
_HEX: Final = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Host:
    """`name` in lower case without a final dot, or an address without brackets."""

    name: str
    address: Address | None = None

    def __str__(self) -> str:
        """As it stands in a URL and in a `Host` field."""
        return f"[{self.name}]" if isinstance(self.address, IPv6Address) else self.name


@dataclass(frozen=True, slots=True)
class Authority:
    """Where a connection goes."""

    host: Host
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def read(text: str) -> Host | Refusal:
    """A host as it stands in a URL: IPv6 in brackets, without a port."""
    if not text:
        return Refusal("no-host", "there is no host")
    if not text.isascii():
        return _foreign(text)
    if text[0] == "[":
        return _bracketed(text)
    name = text.lower()
    if name.encode().translate(None, _NAME):
        return _sign(text)
    name = name.removesuffix(".")
    labels = name.split(".")
    last = labels[-1]
    if last[:1].isdigit() and (last.isdigit() or last[:2] == "0x"):
        return _numeric(text, name)
    return _wrong(name, labels) or Host(name)


def authority(text: str, default: int = 0) -> Authority | Refusal:
    """`host:port`; without a port the default, or a refusal if that is 0."""
    at = text.find(":", text.rfind("]") + 1)
    if at < 0:
        if not default:
            return Refusal("port", f"`{text:.80}` names no port")
        host, number = read(text), default
    elif text.find(":", at + 1) >= 0:
        host, number = _bracketed(text) if text[0] == "[" else _sign(text), 0
    else:
        number = port(text[at + 1 :])
        if not number:
            return Refusal("port", f"`{text[at + 1 :]:.20}` is no port from 1 to 65535")
        host = read(text[:at])
    return host if isinstance(host, Refusal) else Authority(host, number)


def port(text: str) -> int:
    """A port from 1 to 65535 in plain digits; 0 for anything else."""
    if not text or len(text) > 5 or text[0] == "0" or not _DIGITS.issuperset(text):
        return 0
    number = int(text)
    return number if number <= 65_535 else 0


def _sign(text: str) -> Refusal:
    """What an ASCII host holds that no host may hold."""
    if "@" in text:
        return Refusal("userinfo", "a name or password stands before the host")
    if "%" in text:
        return Refusal("percent", f"`{text:.80}` has a percent sign in its host")
    if any(char <= " " or char == "\x7f" for char in text):
        return Refusal("control", "the host holds a space or a control character")
    if ":" in text and _is_six(text):
        return Refusal("brackets", f"`{text:.80}` is an IPv6 address without its brackets")
    return Refusal("sign", f"`{text:.80}` holds a sign that no host has")


def _foreign(text: str) -> Refusal:
    """Letters outside ASCII; says what an address would be that other programs make of them."""
    plain = unicodedata.normalize("NFKC", text).lower().replace("。", ".")
    found = disguised(plain)
    if found is not None:
        return Refusal("unicode", f"the host reads as the address `{found}` to some programs")
    return Refusal("unicode", "the host has letters outside ASCII: write it as `xn--…`")


def _bracketed(text: str) -> Host | Refusal:
    inner = text[1:-1]
    if text[-1] != "]" or len(text) > 48:
        return Refusal("brackets", f"`{text:.60}` does not end with its bracket")
    if "%" in inner:
        return Refusal("zone", f"`{text}` names an interface of this machine (RFC 6874)")
    try:
        address = IPv6Address(inner)
    except ValueError:
        return Refusal("brackets", f"`{text}` holds no IPv6 address")
    if address.ipv4_mapped is not None:
        return Refusal("disguised", f"`{text}` is another way to write `{address.ipv4_mapped}`")
    return Host(str(address), address)


def _is_six(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True


def _numeric(text: str, name: str) -> Host | Refusal:
    """A name whose last label is a number is an address or nothing (WHATWG URL §3.5)."""
    try:
        address = IPv4Address(text)
    except ValueError:
        pass
    else:
        return Host(text, address)
    means = disguised(name)
    if means is not None:
        return Refusal("disguised", f"`{text:.80}` reads as the address `{means}` to some programs")
    return Refusal("numeric", f"`{text:.80}` ends with a number and is no address")


def disguised(name: str) -> IPv4Address | None:
    """What `inet_aton` makes of a name: octal, hexadecimal and short forms of an IPv4 address."""
    parts = name.removesuffix(".").split(".")
    numbers = [_number(part) for part in parts]
    if len(parts) > 4 or None in numbers:
        return None
    *heads, tail = [number or 0 for number in numbers]
    if any(head > 255 for head in heads) or tail >= 256 ** (4 - len(heads)):
        return None
    value = tail
    for place, head in enumerate(heads):
        value |= head << 8 * (3 - place)
    return IPv4Address(value)


def _number(part: str) -> int | None:
    if not part.isascii() or len(part) > 32:
        return None
    try:
        if _hexadecimal(part):
            return int(part[2:] or "0", 16)
        if not _DIGITS.issuperset(part):
            return None
        return int(part, 8) if part[0] == "0" and len(part) > 1 else int(part)
    except (ValueError, IndexError):
        return None


def _hexadecimal(label: str) -> bool:
    return label[:2] == "0x" and _HEX.issuperset(label[2:])


def _wrong(name: str, labels: list[str]) -> Refusal | None:
    """What is wrong with the labels of a name (RFC 1123 §2.1, RFC 2181 §11), if anything is."""
    if len(name) > LONGEST:
        return Refusal("too-long", f"the host has {len(name)} characters, expected {LONGEST}")
    for label in labels:
        if not label:
            return Refusal("empty-label", f"`{name:.80}` has two dots in a row, or begins with one")
        if len(label) > _LABEL:
            return Refusal("too-long", f"`{label:.80}` has more than {_LABEL} characters")
        if label[0] == "-" or label[-1] == "-":
            return Refusal("hyphen", f"`{label}` begins or ends with a hyphen")
        if label[:4] == "xn--" and not _international(label):
            return Refusal("punycode", f"`{label}` stands for no international name")
    if "_" in labels[-1] and len(labels) > 1:
        return Refusal("underscore", f"`{name}` has an underscore in its top-level domain")
    return None


def _international(label: str) -> bool:
    """Whether an `xn--` label is the one way to write letters that a name may have (RFC 5891)."""
    try:
        said = label[4:].encode().decode("punycode")
        back = said.encode("punycode").decode()
    except (UnicodeError, ValueError, OverflowError):
        return False
    if back != label[4:] or said.isascii() or unicodedata.normalize("NFKC", said) != said:
        return False
    kinds = [unicodedata.category(char) for char in said if char != "-"]
    if said != said.lower() or kinds[0][0] == "M":
        return False
    return all(kind[0] in "LM" or kind == "Nd" for kind in kinds)
