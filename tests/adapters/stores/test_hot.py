"""What is kept hot is the newest there is, and never more than was said."""

import threading

from clawband.adapters.stores.hot import Hot


class Shelf:
    """Lists by key, on a disk that can break and be slow."""

    def __init__(self):
        self.lists, self.loads, self.broken = {}, [], False
        self.started, self.go = threading.Event(), threading.Event()
        self.go.set()

    def load(self, key):
        found = list(self.lists.get(key, ()))
        self.loads.append(key)
        self.started.set()
        self.go.wait(10)
        if self.broken:
            raise OSError("broken")
        return found


def hot(shelf, most=100, each=50):
    return Hot(shelf.load, len, most=most, each=each)


def append(kept, shelf, key, value, weight=1):
    """A change as a store reports it: durable first."""
    shelf.lists.setdefault(key, []).append(value)
    kept.change(key, lambda held: None if value in held else held.append(value), weight)


def test_it_is_loaded_once_and_changes_are_made_in_order():
    shelf = Shelf()
    kept = hot(shelf)
    append(kept, shelf, "a", 1)
    assert kept.get("a") == [1]
    append(kept, shelf, "a", 2)
    append(kept, shelf, "a", 3)
    assert kept.get("a") == [1, 2, 3]
    assert shelf.loads == ["a"]


def test_what_is_not_asked_for_is_not_held():
    shelf = Shelf()
    kept = hot(shelf)
    for number in range(1000):
        append(kept, shelf, "a", number)
    assert len(kept) == 0 and kept.weight == 0


def test_a_change_while_it_is_loaded_is_neither_lost_nor_waited_for():
    shelf = Shelf()
    kept, seen = hot(shelf), []
    shelf.go.clear()
    reader = threading.Thread(target=lambda: seen.append(kept.get("a")))
    reader.start()
    assert shelf.started.wait(10)
    append(kept, shelf, "a", 1)  # returns although the load has not
    shelf.go.set()
    reader.join(10)
    assert seen == [[1]] and kept.get("a") == [1]


def test_the_coldest_goes_first_and_comes_back():
    shelf = Shelf()
    kept = hot(shelf, most=30)
    for key in "abc":
        shelf.lists[key] = list(range(9))
        kept.get(key)
    kept.get("a")
    shelf.lists["d"] = list(range(5))
    kept.get("d")
    assert len(kept) == 3 and kept.weight <= 30
    shelf.loads.clear()
    assert [len(kept.get(key)) for key in "acd"] == [9, 9, 5] and shelf.loads == []
    assert len(kept.get("b")) == 9 and shelf.loads == ["b"]


def test_one_that_outgrows_its_bound_is_loaded_anew():
    shelf = Shelf()
    kept = hot(shelf, each=10)
    kept.get("a")
    append(kept, shelf, "a", "x", weight=20)
    assert len(kept) == 0 and kept.weight == 0
    assert kept.get("a") == ["x"]


def test_the_only_one_stays_however_heavy():
    shelf = Shelf()
    shelf.lists["a"] = list(range(500))
    kept = hot(shelf, each=1000)
    kept.get("a")
    kept.get("a")
    assert shelf.loads == ["a"]


def test_what_cannot_be_loaded_is_none_and_asked_again():
    shelf = Shelf()
    kept, shelf.broken = hot(shelf), True
    assert kept.get("a") is None and len(kept) == 0 and kept.weight == 0
    shelf.broken = False
    append(kept, shelf, "a", 1)
    assert kept.get("a") == [1]


def test_a_change_that_cannot_be_made_is_no_answer():
    shelf = Shelf()
    kept = hot(shelf)
    kept.get("a")
    kept.change("a", lambda held: held.missing)
    assert kept.get("a") is None
    assert kept.get("a") == []


def test_what_is_forgotten_is_loaded_anew():
    shelf = Shelf()
    kept = hot(shelf)
    kept.get("a").append("never durable")
    kept.forget("a")
    kept.forget("nobody")
    assert kept.get("a") == [] and kept.weight == len(kept)


def test_many_threads_lose_nothing():
    shelf = Shelf()
    kept = hot(shelf, most=40, each=10_000)
    done = threading.Event()

    def read():
        while not done.is_set():
            for key in "abcdefgh":
                found = list(kept.get(key))
                assert found == sorted(found) and len(found) == len(set(found))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(400):
        append(kept, shelf, "abcdefgh"[number % 8], number)
    done.set()
    for reader in readers:
        reader.join(10)
    for number, key in enumerate("abcdefgh"):
        assert kept.get(key) == list(range(number, 400, 8))
