"""Password that is assigned or told: `password: …`, `passwd=…`, "the password is …".

Words alone ("password: required") weigh little, names of variables and pieces of programs nothing.
"""

import unicodedata

import re2

from clawband.labels.classifiers import Classifier

_NOTHING = re2.compile(
    r"(?i)(?:null|none|nil|true|false|undefined|required|optional|string|str|text|passw(?:or)?d|pwd"
    r"|secret|hidden|empty|unknown|invalid|incorrect|wrong|bool(?:ean)?|bytes|uint8array|buffer|any"
    r"|\*+|[.…]+)[.,;:!)\]}]*"
)
_CODE = re2.compile(
    r"[$%{<(\[\\].*|(?i:https?://).*|\w+[.(\[][.()\[\]\w]*|[A-Z0-9]+_[A-Z0-9_]+"
    r"|[A-Za-z]+(?:(?:_|\??\.)[A-Za-z]+)+[;,)]*"
    r"|(?i:env|process|os|self|this|config)[.\[].*"
    r"|[!=]+[A-Za-z_$].*|.*(?:\|\||\?\?|===|=>|\?void).*|(?i:op|vault|env|secret)://.*|\w.*[.?](?i:\w*passw(?:or)?d|passphrase)\b.*"
)


def check(value: str) -> float:
    """A mix of letters and digits or signs is a password; a plain word may be anything."""
    if _NOTHING.fullmatch(value) or _CODE.fullmatch(value) or _cut(value):
        return 0
    word = value.rstrip(".,:;!?)")
    return 1.0 if len(word) > 5 and not _word(word) and not word.isdecimal() else 0.5


def _cut(value: str) -> bool:
    """Does it end a bracket that it did not begin, or begin one it does not end, as the middle of
    a program?"""
    open_ = 0
    for char in value[:-1]:
        open_ += (char in "({") - (char in ")}")
        if open_ < 0:
            return True
    return open_ > 0 and value[-1:] not in ")}"


def _word(value: str) -> bool:
    return all(unicodedata.category(char)[0] in "LM" for char in value)


CLASSIFIER = Classifier(
    id="password",
    tag="secret",
    pattern=(
        r"(?i)(?:passw(?:or)?d|passphrase|passwort|kennwort|mot de passe|contraseña|_pwd|\bpwd)"
        r"[\"']?(?:\s{0,3}(?:[:=]|:=|=>)|\s(?:is|ist|lautet)(?: now)?:?)\s{0,3}[\"'`]?"
        r"([^\s\"'`<>,;&]{4,})"
    ),
    confidence=0.75,
    check=check,
)
EXAMPLES = (
    "the wifi password is Tulpe-47-Regen",
    "password: null, password = os.environ['DB'], password: ${SECRET}, password=getpass()",
)
