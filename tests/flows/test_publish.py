"""Policy sets: all or nothing, kept under their digest, and checked when they are read back."""

import pytest

from clawband.flows import publish
from clawband.model.errors import ConflictError, Error, InputError, InvariantError
from clawband.openclaw import tools
from clawband.ports.unit import ActivatePolicy
from tests.policy.asking import MANIFEST
from tests.simulators.clocks import START
from tests.simulators.keepers import MemoryShelf

FIRST, SECOND = {"desk.toml": MANIFEST}, {"desk.toml": MANIFEST.replace("answer", "reply")}


class Ledger:
    """Remembers activations, newest first."""

    def __init__(self):
        self.kept = []

    def activations(self, limit=50):
        return self.kept[:limit]


class Office:
    def __init__(self):
        self.shelf, self.ledger = MemoryShelf(), Ledger()

    def _how(self):
        return {"shelf": self.shelf, "catalogue": tools.catalogue(), "now": START,
                "entropy": bytes(10)}  # fmt: skip

    def take(self, found):
        built, unit = found
        (change,) = unit.changes
        assert isinstance(change, ActivatePolicy) and change.digest == built.digest
        self.ledger.kept.insert(0, change)
        return built

    def publish(self, files):
        return self.take(publish.publish(files, "ana", "note", **self._how()))

    def roll_back(self):
        return self.take(publish.roll_back("ana", ledger=self.ledger, **self._how()))

    def in_force(self):
        return publish.in_force(self.ledger, self.shelf, tools.catalogue())


def test_what_was_published_last_is_in_force():
    office = Office()
    assert office.in_force() is None
    first, second = office.publish(FIRST), office.publish(SECOND)
    assert first.digest != second.digest
    assert office.in_force().digest == second.digest


def test_a_broken_set_is_not_even_kept():
    office = Office()
    with pytest.raises(InputError):
        office.publish({"desk.toml": MANIFEST, "x.cedar": "permit ("})
    assert office.shelf.kept == {} and office.in_force() is None


def test_rolling_back_goes_to_the_one_before_that_differs():
    office = Office()
    first = office.publish(FIRST)
    for nothing in (None, FIRST):
        if nothing:
            office.publish(nothing)
        with pytest.raises(ConflictError, match="no earlier"):
            office.roll_back()
    office.publish(SECOND)
    office.publish(SECOND)
    assert office.roll_back().digest == first.digest


@pytest.mark.parametrize(
    "harm", [lambda files: files.clear(), lambda files: files.update({"desk.toml": "x"}),
             lambda files: files.update(SECOND)],
)  # fmt: skip
def test_a_set_that_was_altered_is_not_in_force(harm):
    office = Office()
    built = office.publish(FIRST)
    harm(office.shelf.kept[built.digest])
    with pytest.raises(Error):
        office.in_force()
    office.shelf.kept.clear()
    with pytest.raises(InvariantError):
        office.in_force()


def test_a_refused_set_is_recorded_visibly():
    event = publish.refused(InputError("bad\u202e" * 500), "ana", now=START, entropy=bytes(10))
    assert (event.tag, event.who) == ("policy:refuse", "ana")
    assert str(event.detail["problem"]).isprintable()
