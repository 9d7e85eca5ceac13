"""Letters of other scripts that look like Latin ones.

A compact choice of Unicode UTS #39 `confusables.txt`: what is left after NFKD and case folding took
the mathematical, fullwidth, circled and accented forms. It serves only to find a disguised value in
content from outside; it never makes two identifiers equal.
"""

import unicodedata
from functools import lru_cache

_PAIRS = (
    # Cyrillic
    "аa вb сc ԁd еe ғf ԍg һh нh іi їi јj ӏl кk мm пn оo рp ԛq гr ѕs тt цu ѵv ѡw ԝw хx уy үy ҙ3 "
    # Greek
    "αa βb ϲc δd εe ηn ιi κk μm νv οo πn ρp ϱp σo τt υu χx γy ωw ζz ϳj "
    # Armenian, Georgian, Hebrew, Lisu and others
    "ոn սu օo հh ցg զq աw յj տs քp ღm סo וl ןl "
    # Latin letters that do not decompose
    "ıi łl øo đd ðd ħh ŧt ƒf ɑa ɡg ɩi ʋv ɴn ʀr ʏy ᴀa ʙb ᴄc ᴅd ᴇe ꜰf ɢg ʜh ɪi ᴊj ᴋk ʟl ᴍm ᴏo ᴘp ꞯq "
    "ꜱs ᴛt ᴜu ᴠv ᴡw ᴢz ƅb ɓb ɗd ɛe ƙk ƞn ƥp ƭt ƴy ȷj ʃf ǀl ɐa ǝe ɥh ɯm ʇt ʌv ʍw ʎy"
)
_LATIN = {ord(pair[0]): pair[-1] for pair in _PAIRS.split()} | {ord("æ"): "ae", ord("œ"): "oe"}
_ENCLOSED = ((0x1F150, "a"), (0x1F170, "a"), (0x1F1E6, "a"))
"""Negative circled, negative squared and regional letters, which NFKD leaves alone."""


@lru_cache(maxsize=8192)
def look(text: str) -> str:
    """The letters and digits of a short text as the eye takes them: folded, without accents."""
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_LATIN)
    plain = unicodedata.normalize("NFKD", plain)
    return "".join(map(_drawn, plain))


def _drawn(char: str) -> str:
    if char.isalnum():
        digit = unicodedata.digit(char, None)
        return char if digit is None else str(digit)
    code = ord(char)
    for start, first in _ENCLOSED:
        if start <= code < start + 26:
            return chr(ord(first) + code - start)
    return ""
