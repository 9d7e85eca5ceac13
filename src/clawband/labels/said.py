"""Whether a text only says again what a person said.

For the one case where words may last although the session has read content from outside: "remember
that I prefer tea over coffee" may become "User prefers tea over coffee". It is a rule about words,
not about meaning, and strict: each sentence must repeat one that the person said in order to last
("remember", "always", "from now on"), its words in their order, nearly all of them, nothing added,
and exactly its negations and limits.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

COVERED = 0.8
"""The part of a sentence's words that must be said again: what is left out changes its meaning."""
LONGEST = 4_000
"""Characters of a text to be explained; a longer one is not a remark."""
_WORD = re.compile(r"[^\W_]+(?:[@./:+_'’-]+[^\W_]+)*[%€$]?")
_END = re.compile(r"(?<=\w\w\w)[.!?;]+(?=\s|$)|\n")
_ASKED = re.compile(
    r"\b(?:(?P<rule>always|never|immer|niemals?)|remember|note(?:\s+down)?|keep\s+in\s+mind|"
    r"write\s+down|don.t\s+forget|from\s+now\s+on|in\s+future|merke?\s+dir|denk\s+daran|ab\s+jetzt)\b"
    r"[\s:,]*(?:that|dass|this)?\b[\s:,]*",
    re.IGNORECASE,
)
_HEAD = re.compile(r"^[\s>*#•-]*(?:\[?\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d)?\]?[\s:–—-]*)?")
_NOTHING = """
a an the i me my mine we us our you your he she it they him her them his its their user users person
is are was were be been am do does did has have had will would should to of in on at for by with as
and or that this these those there so also just please always likes like want wants say says said
ask asks asked told tell remember note notes preference preferences
"""
_GLUE = frozenset(_NOTHING.split())
"""Words that carry nothing by themselves, so that they may come and go."""
_LIMITING = """
not no never none nothing nobody without unless except only before after until nor neither stop
avoid against instead rather cannot can't don't doesn't didn't won't isn't aren't if when nicht
kein keine keinen nie niemals ohne nur außer bevor wenn ne pas jamais sans aucun nunca sin solo
non mai senza
"""
_LIMITS = frozenset(_LIMITING.split())


def said(text: str, words: Iterable[str]) -> bool:
    """Whether every sentence of `text` says again one of these words' sentences. False for none."""
    if len(text) > LONGEST:
        return False
    heard = [spoken for each in words for spoken in _spoken(each)]
    wanted = [tokens for each in _END.split(text) if (tokens := _tokens(_HEAD.sub("", each)))]
    return bool(wanted) and all(any(_repeats(one, each) for each in heard) for one in wanted)


def _spoken(words: str) -> Iterator[tuple[str, ...]]:
    """Each sentence that asks for something to last, and what follows that request."""
    for sentence in _END.split(words):
        for asked in _ASKED.finditer(sentence):
            yield _tokens(sentence)
            if not asked["rule"]:
                yield _tokens(sentence[asked.end() :])


def _repeats(tokens: tuple[str, ...], heard: tuple[str, ...]) -> bool:
    if not heard or len(tokens) < COVERED * len(heard):
        return False
    if [each for each in tokens if each in _LIMITS] != [each for each in heard if each in _LIMITS]:
        return False
    left = iter(heard)
    return all(token in left for token in tokens)


def _tokens(sentence: str) -> tuple[str, ...]:
    """The words that carry something, in one form."""
    plain = unicodedata.normalize("NFKC", sentence).casefold().replace("’", "'")
    if any(not (char.isprintable() or char.isspace()) for char in plain):
        return (plain,)
    return tuple(_stem(word) for word in _WORD.findall(plain) if word not in _GLUE)


def _stem(word: str) -> str:
    if word in _LIMITS or not word.isalpha():
        return word
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word
