"""One reading, and what was found out about its text."""

import json
import re
from collections.abc import Callable, Iterator, Sequence

from clawband.labels.passage import Passage, significant
from clawband.labels.records import Record, records
from clawband.model.label import Integrity
from clawband.model.provenance import Meaning, Reading, ReadingKind

LONGEST_ANCHOR = 12
"""Significant words of a field that can single out its record; a longer one is a text."""


def tool_of(reading: Reading) -> str:
    """Its name, out of `web_fetch:news.example`."""
    return reading.source.partition(":")[0]


class Held:
    """A reading with what was found out about its text, each part when it is first needed."""

    __slots__ = ("_attested", "_chosen", "_free", "_passage", "_records", "reading")

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self._passage: Passage | None = None
        self._records: tuple[Record, ...] | None = None
        self._free: Passage | None = None
        self._attested: Passage | None = None
        self._chosen: tuple[str, int, tuple[Record, ...]] = ("", 0, ())

    def is_said_by(self, speaker: str) -> bool:
        reading = self.reading
        return reading.kind is ReadingKind.WORDS and bool(speaker) and reading.speaker == speaker

    @property
    def tool(self) -> str:
        return tool_of(self.reading)

    @property
    def is_trusted(self) -> bool:
        """Only the deployment itself can have written it."""
        label, kind = self.reading.label, self.reading.kind
        return kind is ReadingKind.DATA and label.integrity >= Integrity.SYSTEM

    @property
    def is_written(self) -> bool:
        """The agent itself put it somewhere after it had read content from outside."""
        return self.reading.kind is ReadingKind.WROTE

    @property
    def passage(self) -> Passage:
        if self._passage is None:
            text, kind = self.reading.text, self.reading.kind
            self._passage = Passage(unescaped(text) if kind is ReadingKind.DATA else text)
        return self._passage

    @property
    def records(self) -> tuple[Record, ...]:
        """Records with attested fields; none for a source without any."""
        if self._records is None:
            vouched = self.reading.attested or self.is_trusted
            self._records = records(self.reading.text) if vouched else ()
        return self._records

    def _vouched(self, record: Record) -> tuple[str, ...]:
        """The attested fields of a record; of what only the deployment writes, all of them."""
        every = tuple(name for name, _ in record.fields)
        return every if self.is_trusted else self.reading.attested

    @property
    def free(self) -> Passage:
        """What a stranger may have written: all of it but the attested fields."""
        if not self.records:
            return self.passage
        if self._free is None:
            attested = self.reading.attested
            self._free = Passage(
                "\n".join(
                    value
                    for record in self.records
                    for name, value in record.fields
                    if not record.says(name, attested)
                )
            )
        return self._free

    @property
    def trusted_part(self) -> Passage:
        """What no stranger can have written, without attested values that are whole texts."""
        if self.is_trusted:
            return self.passage
        if self._attested is None:
            values = (value for _, _, value in self.attested())
            short = (value for value in values if len(significant(value)) <= LONGEST_ANCHOR)
            self._attested = Passage("\n".join(short))
        return self._attested

    def singled_out(self, said: Sequence["Held"]) -> tuple[Record, ...]:
        """The records that hold the most of what the person said, if any holds something."""
        speaker = said[0].reading.speaker if said else ""
        if self._chosen[:2] != (speaker, len(said)):
            scores = [_score(record, self._vouched(record), said) for record in self.records]
            most = max(1, *scores, 1)
            chosen = zip(self.records, scores, strict=True)
            found = tuple(record for record, score in chosen if score == most)
            self._chosen = (speaker, len(said), found)
        return self._chosen[2]

    def attested(self) -> Iterator[tuple[Record, str, str]]:
        """Every attested value: its record, the field's name, the value."""
        for record in self.records:
            for name, value in record.values(self._vouched(record)):
                yield record, name, value


def unescaped(text: str, depth: int = 2) -> str:
    """A JSON document with its strings as they read, also of documents in its strings.

    Any other text as it is. `\\n` is no part of the word that follows it.
    """
    if "\\" not in text or text.lstrip()[:1] not in tuple("{["):
        return text
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text

    def read(string: re.Match[str]) -> str:
        said = str(json.loads(string[0]))
        return f'"{unescaped(said, depth - 1) if depth else said}"'

    return STRING.sub(read, text)


STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"')
"""Of a JSON document."""


def _score(record: Record, attested: tuple[str, ...], said: Sequence[Held]) -> int:
    """How much of a record the words name. A day alone names none: it only tells two apart.

    What a stranger may have written counts once, however much of it repeats the words.
    """
    named = {(name, "name") for name, value in record.fields if _any(said, _names, value)}
    if not named:
        return 0
    days = (
        name for name, value in record.fields if value[:1].isdigit() and _any(said, _day, value)
    )
    found = named | {(name, "day") for name in days}
    own = {each for each in found if record.says(each[0], attested)}
    return len(own) + (own != found)


def _any(said: Sequence[Held], says: Callable[[Passage, str], bool], value: str) -> bool:
    return any(says(each.passage, value) for each in said)


def _day(passage: Passage, value: str) -> bool:
    return bool(passage.find(Meaning.DATE, value))


def _names(passage: Passage, value: str) -> bool:
    """Whether the words name this field's value: a title, a person, an amount with its cents."""
    if not 0 < len(significant(value)) <= LONGEST_ANCHOR:
        return False
    if value[0].isdigit():
        return "." in value and bool(passage.find(Meaning.AMOUNT, value))
    if "@" in value and passage.find(Meaning.RECIPIENT, value):
        return True
    # One small word, such as the state of a mail, is in any sentence by chance.
    return not value.islower() and bool(passage.find(Meaning.NAME, value))
