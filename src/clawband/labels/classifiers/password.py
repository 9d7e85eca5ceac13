"""Password that is assigned or told: `password: …`, `passwd=…`, "the password is …".

Words alone ("password: required") weigh little, names of variables nothing.
"""

import re2

from clawband.labels.classifiers import Classifier

_NOTHING = re2.compile(
    r"(?i)(?:null|none|nil|true|false|undefined|required|optional|string|str|text|passw(?:or)?d|pwd"
    r"|secret|hidden|empty|unknown|invalid|incorrect|wrong|\*+|[.…]+)[.,;:!)\]}]*"
)
_CODE = re2.compile(
    r"[$%{<(\[\\].*|(?i:https?://).*|\w+[.(\[][.()\[\]\w]*|[A-Z0-9]+_[A-Z0-9_]+"
    r"|[A-Za-z]+(?:(?:_|\??\.)[A-Za-z]+)+[;,)]*"
    r"|(?i:env|process|os|self|this|config)[.\[].*"
)


def check(value: str) -> float:
    """A mix of letters and digits or signs is a password; a plain word may be anything."""
    if _NOTHING.fullmatch(value) or _CODE.fullmatch(value):
        return 0
    word = value.rstrip(".,;!?)")
    return 1.0 if len(word) > 5 and not word.isalpha() and not word.isdecimal() else 0.5


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
