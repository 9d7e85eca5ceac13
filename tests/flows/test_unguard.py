"""A gateway goes out of guard with a reason, and the record says whose guard ended."""

from contextlib import closing

import pytest

from clawband.flows import unguard
from clawband.model.deployment import Gateway
from clawband.model.errors import InputError, NotFoundError
from clawband.ports.unit import EnrollGateway, RemoveGateway, Unit
from tests.simulators.clocks import START
from tests.simulators.small import opened

SHOP = Gateway(name="shop", environment="production", credential="c" * 64, enrolled=START)


def removed(reason):
    return unguard.unguard(
        SHOP, ["shop/support"], reason, by="ana", now=START, entropy=bytes(range(32))
    )


def test_the_record_names_the_agents_and_the_reason():
    unit = removed(" it moves\u202e ")
    (event,) = unit.events
    assert unit.changes == [RemoveGateway(SHOP)]
    assert (event.tag, event.who, event.gateway) == ("gateway:remove", "ana", "shop")
    assert event.detail["agents"] == ["shop/support"]
    assert str(event.detail["reason"]).startswith("it moves") and "\u202e" not in str(event.detail)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_a_reason_is_needed(reason):
    with pytest.raises(InputError, match="a reason of 1 to 500"):
        removed(reason)


def test_one_that_is_not_enrolled_is_not_found(tmp_path):
    with closing(opened(tmp_path / "clawband.db")) as store:
        store.commit(Unit([], [EnrollGateway(SHOP)])).result(5)
        assert unguard.known("shop", store) == SHOP
        with pytest.raises(NotFoundError, match="no gateway `none`"):
            unguard.known("none", store)
