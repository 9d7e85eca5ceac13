"""What is kept hot: loaded by key when it is asked for, changed as it happens, and forgotten, the
coldest first, when it has grown too heavy."""

from collections import OrderedDict, deque
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

V = TypeVar("V")
Change = Callable[[V], object]


class _Entry(Generic[V]):
    """One value, and the changes that happened since somebody last asked for it."""

    __slots__ = ("late", "lock", "value", "weight")

    def __init__(self) -> None:
        self.lock = Lock()
        self.value: V | None = None
        self.late: deque[Change[V]] = deque()
        self.weight = 1


class Hot(Generic[V]):
    """Values by key. Any thread may read and change.

    A change is noted at once and made by the next reader, in order: whoever reports a change never
    waits for a load, nor for the work that a change makes. `load` must see every change that was
    reported before it began, and a change must not harm when it is made twice.
    """

    def __init__(
        self, load: Callable[[str], V], weigh: Callable[[V], int], *, most: int, each: int
    ) -> None:
        """Keep at most `most` in weight; a value that grows beyond `each` is loaded anew."""
        self._load, self._weigh = load, weigh
        self._most, self._each = most, each
        self._lock = Lock()
        self._entries: OrderedDict[str, _Entry[V]] = OrderedDict()
        self._weight = 0

    @property
    def weight(self) -> int:
        return self._weight

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: str) -> V | None:
        """The value with all its changes; None when it cannot be loaded now."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                entry = self._entries[key] = _Entry()
                self._weight += entry.weight
            self._entries.move_to_end(key)
        try:
            with entry.lock:
                if entry.value is None:
                    entry.value = self._load(key)
                    self._grow(key, entry, self._weigh(entry.value))
                while entry.late:
                    entry.late.popleft()(entry.value)
                return entry.value
        except Exception:  # noqa: BLE001 - a decision goes on without; what is absent means no
            self._drop(key, entry)
            return None

    def change(self, key: str, change: Change[V], weight: int = 1) -> None:
        """Note a change. A value that is not kept has it when it is loaded."""
        entry = self._entries.get(key)
        if entry is not None:
            entry.late.append(change)
            self._grow(key, entry, weight)

    def forget(self, key: str) -> None:
        """Load the value anew when it is asked for next."""
        entry = self._entries.get(key)
        if entry is not None:
            self._drop(key, entry)

    def _grow(self, key: str, entry: _Entry[V], weight: int) -> None:
        with self._lock:
            if self._entries.get(key) is not entry:
                return
            entry.weight += weight
            self._weight += weight
            while self._weight > self._most and len(self._entries) > 1:
                _, cold = self._entries.popitem(last=False)
                self._weight -= cold.weight
        if entry.weight > self._each:
            self._drop(key, entry)

    def _drop(self, key: str, entry: _Entry[V]) -> None:
        with self._lock:
            if self._entries.get(key) is entry:
                del self._entries[key]
                self._weight -= entry.weight
