"""Identifiers in a text, exactly: mail, accounts, phone numbers, record ids, paths, commands.

No letter is taken for another here, and a value that holds unseen characters is said by nothing.
Pieces and values come from `folding.plain`.
"""

import re

from clawband.labels.edges import apart, chunk, follow, lead, occurrences, quoted, sentences_apart
from clawband.labels.folding import folded, plain, unseen
from clawband.labels.lexicon import AFTER_ID, IDS, JOINED, MONTHS, RECORDS, RUN
from clawband.labels.names import says_name, says_word

_MAIL = re.compile(r"[^\s@<>\"(),:;\\]{1,128}@[^\s@<>\"(),:;\\/]{1,255}")
_NAMED = re.compile(r'\s*(?:[^"@<>,;:\\]*|"[^"@<>;:\\]*")\s*')
"""What may stand before `<address>`: words, or a quoted name, which may hold a comma."""
_SEPARATORS = " -.()/"
_PHONE = re.compile(r"\+?[\d ().\-/]{7,40}")
_DIALLED = ("@s.whatsapp.net", "@c.us", "@g.us", "@lid")
_DAY = re.compile(r"\d{4}[-./ ]\d\d[-./ ]\d\d|\d\d[-./ ]\d\d[-./ ]\d{4}")
_GROUPED = re.compile(r"[ \-.()/]+")
SHORT_ID = 4
"""Digits of an id that may be any number, so that something must say what it is."""


def clean(value: str) -> str:
    """The value as it shows, if all of it shows and it holds no space; else empty."""
    value = value.strip()
    if value.isascii() and value.isprintable():
        return "" if " " in value else value
    if any(unseen(char) or char.isspace() or not (char.isprintable()) for char in value):
        return ""
    return plain(value)


def mail_in(value: str) -> str:
    """The address of `Alice <alice@b.co>` or `mailto:alice@b.co`, folded; else empty.

    A name that could itself be read as an address, or as the end of one, makes it two.
    """
    value = value.strip()
    if value.endswith(">") and "<" in value:
        name, _, value = value[:-1].rpartition("<")
        if not _NAMED.fullmatch(plain(name)):
            return ""
    value = value.removeprefix("mailto:")
    shown = clean(value)
    ends = shown[:1].isalnum() or shown[:1] in ("_", "+")
    return folded(shown) if ends and shown[-1].isalnum() and _MAIL.fullmatch(shown) else ""


def says_mail(address: str, piece: str) -> bool:
    """Whether the address is there as a whole."""
    text = folded(sentences_apart(piece))
    return any(
        text[at - 1 : at] not in tuple("/@+%~$^!#&?\\")
        and apart(text, at, at + len(address), ".+-%@/\\&!#$^?~{|}", "-.@+%/\\&=~^|")
        for at in occurrences(text, address)
    )


def squeezed(value: str) -> str:
    """An account or a phone number without the signs that group it, folded."""
    return folded("".join(char for char in plain(value) if char not in " -.()/"))


def digits_of_phone(value: str) -> str:
    """`+` and digits of what can only be a phone number or a chat's number; else empty."""
    value = value.strip()
    for suffix in _DIALLED:
        value = value.removesuffix(suffix)
    if _PHONE.fullmatch(value) or re.fullmatch(r"-\d{6,20}", value):
        sign = value[0] if value[0] in "+-" else ""
        return sign + "".join(filter(str.isdecimal, value))
    return ""


def says_account(account: str, piece: str) -> bool:
    """Whether a `squeezed` account is there, in groups or not, and not as part of a longer one."""
    text = folded(piece)
    for at in occurrences(text, account[0], 4_096):
        end = _grouped(text, at, account)
        if end and _whole_account(text, at, end):
            return True
    return False


def _grouped(text: str, at: int, account: str) -> int:
    end = at
    for char in account:
        skipped = 0
        while end < len(text) and text[end] in _SEPARATORS and skipped < 3 and end > at:
            end, skipped = end + 1, skipped + 1
        if text[end : end + 1] != char:
            return 0
        end += 1
    return end


def _whole_account(text: str, start: int, end: int) -> bool:
    if not apart(text, start, end, "-._@+%,", "-._@+%,"):
        return False
    before, after = text[:start].rstrip(_SEPARATORS), text[end:].lstrip(_SEPARATORS)
    if (text[start - 1 : start] == "-" and start) or _DAY.fullmatch(text[start:end]):
        return False
    near = len(before) > start - 3 and len(text) - end - len(after) < 3
    groups = [group for group in _GROUPED.split(text[start:end]) if group]
    if len(groups) > 1 and near:
        if (before[-1:].isdigit() and text[start].isdigit()) or after[:1].isdigit():
            return False
    return _regular(groups) and text[start - 1 : start] not in tuple("$€£¥")


def _regular(groups: list[str]) -> bool:
    """Digits are grouped in any way, letters only in equal groups: words are not."""
    if all(group.lstrip("+").isdecimal() for group in groups):
        return True
    sizes = {len(group) for group in groups[:-1]}
    return not sizes or (len(sizes) == 1 and len(groups[-1]) <= min(sizes) and min(sizes) > 2)


def says_id(value: str, piece: str) -> bool:
    """Whether a record's id is there as one: a short number, a day or a plain word only beside a
    cue."""
    if value.isalpha():
        return says_word(value, piece)
    if (value.isdecimal() and len(value) <= SHORT_ID) or _DAY.fullmatch(value):
        return any(_numbered(piece, at, at + len(value)) for at in occurrences(piece, value))
    mixed = value not in (value.lower(), value.upper())
    text, token = (piece, value) if mixed else (folded(piece), folded(value))
    joins = "-_.@+~%" + (",:" if value[0].isdigit() or value[-1].isdigit() else "")
    return any(
        apart(text, at, at + len(token), joins, joins) and _no_amount(text, at, at + len(token))
        for at in occurrences(text, token)
    )


def _no_amount(text: str, start: int, end: int) -> bool:
    return not text[start:end].isdecimal() or (
        text[start - 1 : start] not in tuple("$€£¥") and text[end : end + 1] not in tuple("%€$£")
    )


def _numbered(text: str, start: int, end: int) -> bool:
    """Whether a short number is used as an id."""
    if not apart(text, start, end, "-_.@+~%,:/$", "-_.@+~%,:/") or not _no_amount(text, start, end):
        return False
    after = follow(text, end)
    if after in MONTHS or text[start - 1 : start] in tuple("$€£¥"):
        return False
    if quoted(text, start, end):
        return True
    near = text[:start].rstrip(" \"'`")
    if near.endswith("#") or near[-3:].lower() in {"no.", "nr."}:
        return True
    before = lead(text, start)
    place = 0
    while place + 1 < len(before) and before[place] in JOINED:
        place += 2 if before[place + 1].isdecimal() else 1
        if before[place - 1] in JOINED and not before[place - 1].isdecimal():
            break
    cue = before[place] if place < len(before) else ""
    if cue in {"is", "are", "with"} and place + 1 < len(before):
        cue = before[place + 1]
    return cue in IDS or (cue in RECORDS and (not after or after in AFTER_ID))


def says_path(value: str, piece: str) -> bool:
    """Whether a file's name or path is there; a bare name also at the end of a longer path."""
    value = value.replace("\\", "/").removeprefix("./")
    text, token = folded(piece).replace("\\", "/"), folded(value)
    bare, word = "/" not in value, value.isalpha()
    before, after = "-.@+%" + ("" if bare else "/~"), "-.@+%/"
    places = (
        at
        for at in occurrences(text, token)
        if apart(text, at, at + len(token), before, after) and (bare or _begins(text, at))
    )
    if word:
        return says_word(value, piece) or any(_in_folder(text, at) for at in places)
    return any(True for _ in places)


def _in_folder(text: str, at: int) -> bool:
    """Whether a place is the last part of what can only be a path."""
    path = text[chunk(text, at, at)[0] : at]
    return path.endswith("/") and (path[0] in "/~." or path.count("/") > 1)


def _begins(text: str, at: int) -> bool:
    """Whether no folder stands before a path; `./` is none."""
    before = text[at - 1 : at]
    if text[at] in "/~." and before.isalnum():
        return False
    return before not in tuple("/~.") or (
        text[at - 2 : at] == "./" and text[at - 3 : at - 2] in ("", " ", '"', "'", "`", "(")
    )


def says_command(value: str, piece: str) -> bool:
    """Whether the whole command is there, letter for letter; one word only where it is marked."""
    value = " ".join(value.split())
    for at in occurrences(piece, value):
        end = at + len(value)
        if _command_ends(piece, at, end):
            before = lead(piece, at)
            if " " in value or quoted(piece, at, end):
                return True
            if before and before[0] in RUN:
                return True
    return False


def _command_ends(text: str, start: int, end: int) -> bool:
    left, right = text[start - 1 : start], text[end : end + 1]
    if left and left not in " \"'`($:>":
        return False
    if right in (".", ",", ";", ":", "!", "?"):
        right = text[end + 1 : end + 2]
    return not right or right in " \"'`)"


def says_title(value: str, piece: str) -> bool:
    """A name of more than one word, or one that no sentence holds by chance."""
    return says_name(value, piece) if " " in value.strip() else says_word(value, piece)
