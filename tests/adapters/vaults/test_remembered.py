"""The short memory before a far vault."""

import pytest

from clawband.adapters.vaults.master import LocalMaster
from clawband.adapters.vaults.own import OwnVault
from clawband.adapters.vaults.remembered import MOST, RememberedVault
from clawband.model.errors import NotFoundError, UnavailableError
from clawband.ports.vault import NEWEST


class Far(OwnVault):
    """Counts what it is asked, and can be out of reach. `meanwhile` happens while a value is on
    its way."""

    asked = 0
    away = False
    meanwhile = staticmethod(lambda: None)

    def read(self, place, version):
        self.asked += 1
        self.there()
        value = super().read(place, version)
        self.meanwhile()
        return value

    def drop(self, place, version):
        self.there()
        super().drop(place, version)

    def there(self):
        if self.away:
            raise UnavailableError("away")


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def far(tmp_path):
    return Far(tmp_path / "vault", LocalMaster(b"m" * 32))


@pytest.fixture
def near(far, clock):
    return RememberedVault(far, 30, clock)


def test_a_version_is_asked_for_once_in_its_time(near, far, clock):
    number = near.write("a", b"1")
    assert [near.read("a", number) for _ in range(3)] == [b"1"] * 3
    assert far.asked == 1
    far.away, clock.now = True, 29.9
    assert near.read("a", number) == b"1"
    clock.now = 30
    with pytest.raises(UnavailableError):
        near.read("a", number)


def test_the_newest_is_always_asked_for(near, far):
    near.write("a", b"1")
    assert near.read("a", NEWEST) == b"1"
    far.write("a", b"2")
    assert near.read("a", NEWEST) == b"2"


def test_what_is_dropped_is_forgotten_even_when_the_vault_fails(near, far):
    number = near.write("a", b"1")
    near.read("a", number)
    far.away = True
    with pytest.raises(UnavailableError):
        near.drop("a", number)
    with pytest.raises(UnavailableError):
        near.read("a", number)


def test_what_is_dropped_on_its_way_here_is_not_kept(near, far):
    number = near.write("a", b"1")
    far.meanwhile = lambda: near.drop("a", number)
    assert near.read("a", number) == b"1"
    with pytest.raises(NotFoundError):
        near.read("a", number)


def test_the_memory_is_bounded(near, far):
    number = near.write("first", b"1")
    near.read("first", number)
    near._known.update({(str(each), 1): (99.0, b"x") for each in range(MOST)})
    near.read("last", near.write("last", b"x"))
    assert len(near._known) == MOST
    assert ("first", number) not in near._known
