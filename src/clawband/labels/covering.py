"""Covering: what may go to a model as it is, what is masked, and what gets a pseudonym.

Secrets are masked for good. Personal data gets pseudonyms, which the answer gives back. What was
found in one text is covered in all of them. Findings are signals: what no classifier knows, a
picture shows or an encoding hides goes out as it is.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from clawband.labels.classify import LIKELY, OF_PERSON, Found
from clawband.labels.classify import MOST as MOST_FOUND
from clawband.labels.pseudonyms import VAGUE, Pseudonyms, occurrences, pseudonym
from clawband.model.errors import InputError

MOST: Final = 500
"""Different values that are covered in one prompt."""
_ATTEMPTS = 8
_SHORT = 4
"""A value of so few characters is covered only where it was found: elsewhere it may mean less."""


@dataclass(frozen=True, slots=True)
class Covered:
    """Texts as they may go out, and how to read the answer."""

    texts: tuple[str, ...]
    pseudonyms: Pseudonyms = field(default_factory=Pseudonyms, repr=False)
    masked: int = 0
    """Different values that were masked."""
    tags: frozenset[str] = frozenset()
    """Classes of data that are still in the texts."""


def cover(
    texts: Sequence[str],
    found: Sequence[Sequence[Found]],
    *,
    mask: Iterable[str],
    pseudonymise: Iterable[str],
    secret: bytes,
) -> Covered:
    """Cover the classes of data that policy names. `found` is what `classify` says of each text,
    `secret` belongs to the session. Raises `InputError` for more values than can be covered.

    A pseudonym that the texts already hold would be given back wrongly, so others are made until
    every text can be given back as it was.
    """
    masks: dict[str, str] = {}
    kinds: dict[str, str] = {}
    masking, naming = frozenset(mask), frozenset(pseudonymise)
    still: set[str] = set()
    for text, places in zip(texts, found, strict=True):
        for each in places:
            value = text[each.start : each.end]
            if each.tag not in masking | naming or not _covered(each):
                still |= {each.tag} if _counts(each, masking | naming) else set()
            elif each.tag in masking:
                masks[value] = f"[{each.tag}: {each.kind}]"
            else:
                kinds.setdefault(value, each.kind)
    if len(masks) + len(kinds) > MOST or any(map(_cut_off, found)):
        raise InputError(
            f"the prompt holds more than {MOST} values that must be covered",
            remedy="let the agent read less at once",
        )
    if not masks and not kinds:
        return Covered(tuple(texts), tags=frozenset(still))
    values = {*masks, *kinds}
    spans = [_spans(text, places, values) for text, places in zip(texts, found, strict=True)]
    shown, names = _shown(texts, spans, masks, kinds, secret)
    return Covered(shown, names, len(masks), frozenset(still))


def _covered(found: Found) -> bool:
    """Personal data is covered also where one place says too little to tag the text."""
    least = OF_PERSON if found.tag == "personal" else LIKELY
    return found.confidence >= least and found.kind not in VAGUE


def _cut_off(found: Sequence[Found]) -> bool:
    """Whether the search may have ended before the text did."""
    kinds = Counter(each.kind for each in found if each.tag != "secret")
    return max(kinds.values(), default=0) >= MOST_FOUND


def _counts(found: Found, covered: frozenset[str]) -> bool:
    """A list of contacts is none once each of them is covered."""
    parts = found.kind == "contact-list" and found.tag in covered
    return found.confidence >= LIKELY and not parts


def _shown(
    texts: Sequence[str],
    spans: Sequence[Sequence[tuple[int, int]]],
    masks: Mapping[str, str],
    kinds: Mapping[str, str],
    secret: bytes,
) -> tuple[tuple[str, ...], Pseudonyms]:
    def written(instead: Mapping[str, str]) -> tuple[str, ...]:
        return tuple(_written(text, cuts, instead) for text, cuts in zip(texts, spans, strict=True))

    plain = written(masks)
    if not kinds:
        return plain, Pseudonyms()
    for attempt in range(_ATTEMPTS):
        names = {value: pseudonym(kind, value, secret, attempt) for value, kind in kinds.items()}
        shown = written({**names, **masks})
        given = Pseudonyms({name: value for value, name in names.items()})
        unique = len(given.real) == len(names)
        if unique and all(given.restore(new) == old for new, old in zip(shown, plain, strict=True)):
            return shown, given
    raise InputError(
        "the prompt holds what pseudonyms would look like", remedy="start a new session"
    )


def _spans(text: str, found: Iterable[Found], values: Iterable[str]) -> list[tuple[int, int]]:
    """Where something is covered: where it was found, and where it stands again as a word."""
    known = set(values)
    own = ((each.start, each.end) for each in found if text[each.start : each.end] in known)
    longer = (value for value in known if len(value) > _SHORT)
    again = (span for span in occurrences(text, longer) if _apart(text, *span))
    taken, kept = bytearray(len(text)), []
    for start, end in (*own, *again):
        if taken.find(1, start, end) < 0:
            taken[start:end] = b"\1" * (end - start)
            kept.append((start, end))
    return sorted(kept)


def _apart(text: str, start: int, end: int) -> bool:
    """Whether what stands there is not a part of a longer word or number."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isalnum() and text[start].isalnum()) and not (
        after.isalnum() and text[end - 1].isalnum()
    )


def _written(text: str, cuts: Iterable[tuple[int, int]], instead: Mapping[str, str]) -> str:
    parts, last = [], 0
    for start, end in cuts:
        value = text[start:end]
        parts += [text[last:start], instead.get(value, value)]
        last = end
    return "".join(parts) + text[last:]
