"""What a session has read, ready to say where a value comes from.

Explanations are positive: a value is as trusted as the best thing that holds it as what it is. That
nothing from outside holds it proves nothing, because outside content can be encoded, split or
described; it only tells a made value (`derived`) from a copied one (`outside`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from clawband.labels.passage import Passage, same, significant
from clawband.labels.records import Record, records
from clawband.model.label import Integrity
from clawband.model.provenance import (
    Argument,
    Explanation,
    Meaning,
    Origin,
    Reading,
    ReadingKind,
)

UNREADABLE = "?"
"""The value of an argument that two programs could read differently: nothing explains it."""
TARGETS = frozenset({Meaning.RECIPIENT, Meaning.URL, Meaning.ACCOUNT, Meaning.ID})
"""Meanings for which it does not matter whether an untrusted value was made up or copied."""
LONGEST_ANCHOR = 12
"""Significant words of a field that can single out its record; a longer one is a text."""


class Sources:
    """The readings of one session. Grows only; written by one thread at a time, read by any."""

    __slots__ = ("_held", "_ids", "history")

    def __init__(self, readings: Iterable[Reading] = ()) -> None:
        self._held: list[_Held] = []
        self._ids: set[str] = set()
        self.history: frozenset[str] = frozenset()
        """What policy may know of it: `tool:web_fetch`, `tag:secret`, `outside`."""
        for reading in readings:
            self.add(reading)

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Oldest first."""
        return tuple(held.reading for held in self._held)

    def add(self, reading: Reading) -> None:
        """Take down one more reading; one that is known already changes nothing."""
        if reading.id in self._ids:
            return
        self._ids.add(reading.id)
        self._held.append(_Held(reading))
        self.history |= set(_facts(reading))

    def explain(
        self,
        argument: Argument,
        speaker: str,
        is_kin: Callable[[str], bool] = lambda _: True,
        *,
        thorough: bool = True,
    ) -> Explanation:
        """The strongest origin of a value, when `speaker` is who may give authority.

        Unless `thorough`, content from outside is not searched for the targets in `TARGETS`: what
        nothing trusted explains is then `outside`, the worst, without a sentence that shows it.
        `is_kin` tells by its name whether a tool gives ids of the system the call acts on: the id
        of an event is no file's. Knows nothing of manifests and endorsements, which come between
        the person's words and what was read: see `flows.lineage`.
        """
        held = tuple(self._held)
        said = [each for each in held if each.is_said_by(speaker)]
        data = [each for each in held if each.reading.kind is not ReadingKind.WORDS]
        if argument.value == UNREADABLE:
            return Explanation(argument=argument, origin=Origin.DERIVED)
        if argument.meaning is Meaning.NAME:
            return _explain_name(argument, said, data)
        return (
            _first(argument, Origin.WORDS, said)
            or _attested(argument, said, data, is_kin)
            or _first(argument, Origin.REFERRED, [each for each in data if each.reading.referred])
            or (_outside(argument, data) if thorough or argument.meaning not in TARGETS else None)
            or Explanation(argument=argument, origin=_unexplained(argument, data, thorough))
        )

    def put(self, argument: Argument) -> bool:
        """Whether the agent itself wrote this value after it had read content from outside."""
        return _was_put(argument, tuple(self._held))


class _Held:
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
        return _tool(self.reading)

    @property
    def is_trusted(self) -> bool:
        """Only the deployment itself can have written it."""
        label, kind = self.reading.label, self.reading.kind
        return kind is ReadingKind.DATA and label.integrity >= Integrity.SYSTEM

    @property
    def passage(self) -> Passage:
        if self._passage is None:
            self._passage = Passage(self.reading.text)
        return self._passage

    @property
    def records(self) -> tuple[Record, ...]:
        """Records with attested fields; none for a source without any."""
        if self._records is None:
            self._records = records(self.reading.text) if self.reading.attested else ()
        return self._records

    @property
    def free(self) -> Passage:
        """What a stranger may have written: all of it but the attested fields."""
        if not self.records:
            return self.passage
        if self._free is None:
            names = self.reading.attested
            fields = (pair for record in self.records for pair in record.fields)
            self._free = Passage("\n".join(value for name, value in fields if name not in names))
        return self._free

    @property
    def trusted_part(self) -> Passage | None:
        """What no stranger can have written."""
        if self.is_trusted:
            return self.passage
        if self._attested is None:
            self._attested = Passage("\n".join(value for _, _, value in self.attested()))
        return self._attested

    def singled_out(self, said: Sequence["_Held"]) -> tuple[Record, ...]:
        """The records that hold the most of what the person said, if any holds something."""
        speaker = said[0].reading.speaker if said else ""
        if self._chosen[:2] != (speaker, len(said)):
            scores = [_score(record, said) for record in self.records]
            most = max(1, *scores, 1)
            chosen = zip(self.records, scores, strict=True)
            found = tuple(record for record, score in chosen if score == most)
            self._chosen = (speaker, len(said), found)
        return self._chosen[2]

    def attested(self) -> Iterator[tuple[Record, str, str]]:
        """Every attested value: its record, the field's name, the value."""
        for record in self.records:
            for name, value in record.values(self.reading.attested):
                yield record, name, value


def _tool(reading: Reading) -> str:
    """Its name, out of `web_fetch:news.example`."""
    return reading.source.partition(":")[0]


def _facts(reading: Reading) -> Iterator[str]:
    if reading.kind is ReadingKind.DATA:
        yield f"tool:{_tool(reading)}"
    if reading.label.integrity < Integrity.SYSTEM:
        yield "outside"
    yield from (f"tag:{tag}" for tag in reading.tags)


def _found(argument: Argument, origin: Origin, held: _Held, quote: str) -> Explanation:
    reading = held.reading
    return Explanation(
        argument=argument, origin=origin, source=reading.source, reading=reading.id, quote=quote
    )


def _first(argument: Argument, origin: Origin, among: Sequence[_Held]) -> Explanation | None:
    """The newest of these that says the value."""
    for held in reversed(among):
        span = held.passage.find(argument.meaning, argument.value)
        if span:
            return _found(argument, origin, held, held.passage.quote(span))
    return None


def _attested(
    argument: Argument,
    said: Sequence[_Held],
    data: Sequence[_Held],
    is_kin: Callable[[str], bool],
) -> Explanation | None:
    """A trusted tool's value, unless the agent put it there itself after reading from outside.

    What it wrote but is no longer known, in a very long session, may be any value.
    """
    meaning, value = argument.meaning, argument.value
    if _was_put(argument, data):
        return None
    best: Explanation | None = None
    for held in reversed(data):
        if meaning is Meaning.ID and not is_kin(held.tool):
            continue
        if held.is_trusted and (span := held.passage.find(meaning, value)):
            best = best or _found(argument, Origin.ATTESTED, held, held.passage.quote(span))
        for name in {name for _, name, each in held.attested() if same(meaning, each, value)}:
            anchored = _is_anchored(argument, name, held, said)
            origin = Origin.ANCHORED if anchored else Origin.ATTESTED
            found = _found(argument, origin, held, f"{name}: {value}")
            if anchored:
                return found
            best = best or found
    return best


def _was_put(argument: Argument, among: Sequence[_Held]) -> bool:
    # A reading without an id stands for what cannot be read now: it may be anything.
    wrote = [
        each for each in among if each.reading.kind is ReadingKind.WROTE or not each.reading.id
    ]
    meaning, value = argument.meaning, argument.value
    return any(not each.reading.text or each.passage.find_loose(meaning, value) for each in wrote)


def _is_anchored(argument: Argument, name: str, held: _Held, said: Sequence[_Held]) -> bool:
    """All records that the words single out hold the value: no second one imitates the first."""
    chosen = held.singled_out(said)
    return bool(chosen) and all(
        any(same(argument.meaning, value, argument.value) for _, value in record.values((name,)))
        for record in chosen
    )


def _score(record: Record, said: Sequence[_Held]) -> int:
    return sum(any(_says(each.passage, value) for each in said) for _, value in record.fields)


def _says(passage: Passage, value: str) -> bool:
    """Whether the words name this field's value: a title, a person, a day, an amount."""
    if not 0 < len(significant(value)) <= LONGEST_ANCHOR:
        return False
    kinds = (Meaning.DATE, Meaning.AMOUNT) if value[0].isdigit() else (Meaning.NAME,)
    kinds = (*kinds, Meaning.RECIPIENT) if "@" in value else kinds
    return any(passage.find(kind, value) for kind in kinds)


def _unexplained(argument: Argument, data: Sequence[_Held], thorough: bool) -> Origin:
    searched = thorough or argument.meaning not in TARGETS or not data
    return Origin.DERIVED if searched else Origin.OUTSIDE


def _outside(argument: Argument, data: Sequence[_Held]) -> Explanation | None:
    for held in reversed(data):
        if held.is_trusted:
            continue
        span = held.free.find_loose(argument.meaning, argument.value)
        if span:
            return _found(argument, Origin.OUTSIDE, held, held.free.quote(span))
    return None


def _explain_name(argument: Argument, said: Sequence[_Held], data: Sequence[_Held]) -> Explanation:
    """A name may be put together: each of its words must come from somewhere."""
    wanted = set(significant(argument.value))
    steps = (
        (Origin.WORDS, [(each, each.passage) for each in said]),
        (Origin.ATTESTED, [(each, each.trusted_part) for each in data]),
        (Origin.REFERRED, [(each, each.passage) for each in data if each.reading.referred]),
    )
    for origin, among in steps:
        for held, passage in reversed(among):
            covered = passage.covers(argument.value) & wanted if passage else frozenset()
            wanted -= covered
            if covered and not wanted:
                span = passage.find(Meaning.NAME, argument.value) if passage else None
                quote = passage.quote(span) if passage and span else ""
                return _found(argument, origin, held, quote)
    for word in wanted:
        found = _outside(Argument(Meaning.NAME, argument.key, word), data)
        if found:
            return Explanation(
                argument=argument, origin=Origin.OUTSIDE, source=found.source,
                reading=found.reading, quote=found.quote,
            )  # fmt: skip
    return Explanation(argument=argument, origin=Origin.DERIVED)
