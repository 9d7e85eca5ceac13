"""What it takes for a text to say a value, by what the value means."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from clawband.labels.amounts import amount_of
from clawband.labels.dates import moment_of
from clawband.labels.folding import letters, plain
from clawband.labels.identifiers import (
    SHORT_ID,
    clean,
    digits_of_phone,
    mail_in,
    says_account,
    says_command,
    says_id,
    says_mail,
    says_path,
    says_title,
    squeezed,
)
from clawband.labels.names import named, says_name
from clawband.labels.urls import says_url, url_in
from clawband.model.provenance import Meaning

ADDRESSES = frozenset({Meaning.URL, Meaning.LINK, Meaning.EMBED})


@dataclass(frozen=True, slots=True)
class Claim:
    """A value to look for: the `letters` it is found by, and what a piece must then say."""

    needle: str
    says: Callable[[str], bool]
    reach: int = 0
    """Characters around the letters that may belong to the value."""
    raw: bool = False
    """Mark-up and encodings are part of the value."""


def claim(meaning: Meaning, value: str) -> Claim | None:
    """How to find a value strictly; none when nothing could say it."""
    made = _CLAIMS.get(meaning, _name)(value.strip())
    return replace(made, reach=len(value)) if made is not None and made.needle else None


def _mail(value: str) -> Claim | None:
    address = mail_in(value)
    return Claim(letters(address), partial(says_mail, address)) if address else None


def _account(value: str) -> Claim | None:
    account = squeezed(value)
    if not any(map(str.isdigit, account)) or not clean(account):
        return _mail(value) or _title(value)
    if len(account) <= SHORT_ID:
        return _id(value)
    return Claim(letters(account), partial(says_account, account))


def _title(value: str) -> Claim | None:
    if not clean("".join(value.split())):
        return None
    return Claim(letters(plain(value)), partial(says_title, value))


def _name(value: str) -> Claim | None:
    return Claim(letters(plain(value)), partial(says_name, value))


def _recipient(value: str) -> Claim | None:
    if "://" in value:
        return _url(value)
    phone = digits_of_phone(value)
    if phone and len(phone) > 6:
        return Claim(letters(phone), partial(says_account, phone))
    if "@" in value[1:]:
        return _mail(value)
    bare = value.lstrip("#@") if len(value.lstrip("#@")) >= len(value) - 1 else value
    if any(map(str.isdigit, bare)) and " " not in bare:
        account = bare.isalnum() and len(bare) >= 12
        return _account(bare) if account else _id(bare)
    return _title(bare)


def _url(value: str) -> Claim | None:
    if value.lower().startswith("mailto:"):
        return _mail(value[7:].partition("?")[0]) if "?" not in value else None
    url = url_in(value)
    return Claim(letters(url.host), partial(says_url, url)) if url else None


def _id(value: str) -> Claim | None:
    if " " in value:
        return _name(value)
    token = clean(value)
    return Claim(letters(token), partial(says_id, token)) if token else None


def _path(value: str) -> Claim | None:
    shown = plain(value).strip("\"'`")
    if not clean("".join(value.split(" "))):
        return None
    return Claim(letters(shown), partial(says_path, shown))


def _command(value: str) -> Claim | None:
    return Claim(letters(value), partial(says_command, value), raw=True)


_CLAIMS: dict[Meaning, Callable[[str], Claim | None]] = {
    Meaning.RECIPIENT: _recipient,
    Meaning.URL: _url,
    Meaning.LINK: _url,
    Meaning.EMBED: _url,
    Meaning.PATH: _path,
    Meaning.ID: _id,
    Meaning.ACCOUNT: _account,
    Meaning.COMMAND: _command,
}


def same(meaning: Meaning, one: str, other: str) -> bool:
    """Whether two whole values are the same value of this meaning."""
    return _form(meaning, one) == _form(meaning, other)


def _form(meaning: Meaning, value: str) -> object:
    """What two values of one meaning must share."""
    value = value.strip()
    form: object = None
    if meaning is Meaning.AMOUNT:
        form = amount_of(value)
    elif meaning is Meaning.DATE:
        form = moment_of(value)
    elif meaning in ADDRESSES:
        form = url_in(value)
    elif meaning is Meaning.RECIPIENT:
        form = digits_of_phone(value) or mail_in(value) or named(value.lstrip("#@"))
    elif meaning is Meaning.ACCOUNT:
        form = squeezed(value) if any(map(str.isdigit, value)) else named(value)
    elif meaning is Meaning.ID:
        form = value
    elif meaning is Meaning.PATH:
        form = value.removeprefix("./").rstrip("/")
    elif meaning is Meaning.COMMAND:
        form = " ".join(value.split())
    elif meaning is Meaning.NAME:
        form = named(value)
    return value if form is None else form
