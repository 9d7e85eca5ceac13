"""What a session has read, ready to say where a value comes from.

Explanations are positive: a value is as trusted as the best thing that holds it as what it is. That
nothing from outside holds it proves nothing, because outside content can be encoded, split or
described; it only tells a made value (`derived`) from a copied one (`outside`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from clawband.labels.held import Held, tool_of
from clawband.labels.passage import same, significant
from clawband.labels.records import ITEM
from clawband.labels.returned import Written
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
LINKS = frozenset({Meaning.LINK, Meaning.EMBED})
SEARCHED = 131_072
"""Characters from outside that are searched for one value, the newest first. Beyond them a value
that nothing trusted explains counts as found: it is `outside`, without a sentence."""


class Sources:
    """The readings of one session. Grows only; written by one thread at a time, read by any."""

    __slots__ = ("_held", "_ids", "_written", "history")

    def __init__(self, readings: Iterable[Reading] = ()) -> None:
        self._held: list[Held] = []
        self._ids: set[str] = set()
        self._written: tuple[int, Written] = (0, Written())
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
        self._held.append(Held(reading))
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
            # Either is the worst of its meaning: policy lets nobody make up a link.
            worst = Origin.DERIVED if argument.meaning in LINKS else Origin.OUTSIDE
            return Explanation(argument=argument, origin=worst)
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

    def returned(self, text: str) -> tuple[str, str]:
        """A text without what the agent wrote after it had read content from outside, and that.

        All of it counts as written where what was written is no longer known.
        """
        held = tuple(self._held)
        seen, written = self._written
        wrote = [each for each in held[seen:] if _may_hold_anything(each) or each.is_written]
        if any(map(_may_hold_anything, wrote)):
            return "", text
        for each in wrote:
            written.add(each.reading.text)
        self._written = (len(held), written)
        return written.apart(text)


def _facts(reading: Reading) -> Iterator[str]:
    if reading.kind is ReadingKind.DATA:
        yield f"tool:{tool_of(reading)}"
    if reading.label.integrity < Integrity.SYSTEM:
        yield "outside"
    yield from (f"tag:{tag}" for tag in reading.tags)


def _found(argument: Argument, origin: Origin, held: Held, quote: str) -> Explanation:
    reading = held.reading
    return Explanation(
        argument=argument, origin=origin, source=reading.source, reading=reading.id, quote=quote
    )


def _first(argument: Argument, origin: Origin, among: Sequence[Held]) -> Explanation | None:
    """The newest of these that says the value."""
    for held in reversed(among):
        span = held.passage.find(argument.meaning, argument.value)
        if span:
            return _found(argument, origin, held, held.passage.quote(span))
    return None


def _attested(
    argument: Argument,
    said: Sequence[Held],
    data: Sequence[Held],
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
        kin = is_kin(held.tool)
        if meaning is Meaning.ID and not kin:
            continue
        if held.is_trusted and (span := held.passage.find(meaning, value)):
            best = best or _found(argument, Origin.ATTESTED, held, held.passage.quote(span))
        for name in {
            name
            for _, name, each in held.attested()
            if _may_mean(name, meaning, kin) and same(meaning, each, value)
        }:
            anchored = _is_anchored(argument, name, held, said)
            origin = Origin.ANCHORED if anchored else Origin.ATTESTED
            found = _found(argument, origin, held, f"{name}: {value}")
            if anchored:
                return found
            best = best or found
    return best


def _may_mean(name: str, meaning: Meaning, kin: bool) -> bool:
    """A field that holds an id holds nothing else: `id: 4` is no amount.

    What a system calls something names it only there: a channel called like an address is none.
    """
    if not kin and (meaning is Meaning.URL or name == ITEM):
        return False
    plain = name.lower().strip("_")
    is_id = (
        plain in ("id", "ids", "uuid")
        or plain.endswith(("_id", "_ids", "-id"))
        or (name.endswith(("Id", "ID", "Ids")))
    )
    return meaning is Meaning.ID or not is_id


def _may_hold_anything(held: Held) -> bool:
    """What stands for a store that cannot be read now, or was written and is no longer known."""
    return not held.reading.id or (held.is_written and not held.reading.text)


def _was_put(argument: Argument, among: Sequence[Held]) -> bool:
    meaning, value = argument.meaning, argument.value
    return any(
        _may_hold_anything(each) or (each.is_written and each.passage.find_loose(meaning, value))
        for each in among
    )


def _is_anchored(argument: Argument, name: str, held: Held, said: Sequence[Held]) -> bool:
    """All records that the words single out hold the value: no second one imitates the first."""
    chosen = held.singled_out(said)
    return bool(chosen) and all(
        any(same(argument.meaning, value, argument.value) for _, value in record.values((name,)))
        for record in chosen
    )


def _unexplained(argument: Argument, data: Sequence[Held], thorough: bool) -> Origin:
    searched = thorough or argument.meaning not in TARGETS or not data
    return Origin.DERIVED if searched else Origin.OUTSIDE


def _outside(argument: Argument, data: Sequence[Held]) -> Explanation | None:
    if argument.meaning in LINKS:
        return _linked(argument, data)
    left = SEARCHED
    for held in reversed(data):
        if held.is_trusted:
            continue
        left -= len(held.reading.text)
        if left < 0 and left + len(held.reading.text) < SEARCHED:
            return Explanation(argument=argument, origin=Origin.OUTSIDE)
        span = held.free.find_loose(argument.meaning, argument.value)
        if span:
            return _found(argument, Origin.OUTSIDE, held, held.free.quote(span))
    return None


def _linked(argument: Argument, data: Sequence[Held]) -> Explanation | None:
    """The first that held exactly this address, unless that was the agent itself.

    Another page of a host that was read about, or one that was written down first, carries out
    whatever its name was made of.
    """
    for held in data:
        span = None if held.is_trusted else held.passage.find(argument.meaning, argument.value)
        if held.is_written and (span or not held.reading.text):
            return None
        if span:
            return _found(argument, Origin.OUTSIDE, held, held.passage.quote(span))
    return None


def _explain_name(argument: Argument, said: Sequence[Held], data: Sequence[Held]) -> Explanation:
    """A name may be put together: each of its words must come from somewhere."""
    wanted = set(significant(argument.value))
    steps = (
        (Origin.WORDS, [(each, each.passage) for each in said]),
        (Origin.ATTESTED, [(each, each.trusted_part) for each in data]),
        (Origin.REFERRED, [(each, each.passage) for each in data if each.reading.referred]),
    )
    for origin, among in steps:
        for held, passage in reversed(among):
            covered = passage.covers(argument.value) & wanted
            wanted -= covered
            if covered and not wanted:
                span = passage.find(Meaning.NAME, argument.value)
                quote = passage.quote(span) if span else ""
                return _found(argument, origin, held, quote)
    for word in wanted:
        found = _outside(Argument(Meaning.NAME, argument.key, word), data)
        if found:
            return Explanation(
                argument=argument, origin=Origin.OUTSIDE, source=found.source,
                reading=found.reading, quote=found.quote,
            )  # fmt: skip
    return Explanation(argument=argument, origin=Origin.DERIVED)
