"""Which role an act is a use of, and when an account was last used."""

from datetime import timedelta

from clawband.flows import sessions
from clawband.flows.last_use import last_use, needed
from clawband.flows.use import Uses
from clawband.identity.assurance import Method
from clawband.identity.roles import Act
from clawband.identity.session import Seen
from clawband.model.person import Operator, Role
from clawband.ports.unit import PutOperator, Unit
from tests.contracts.enrolled import STORES
from tests.simulators.clocks import START, CountedEntropy


def operator(*roles):
    return Operator(name="ana", roles=frozenset(roles), added=START)


def test_an_act_is_a_use_of_the_least_role_that_permits_it():
    both = operator(Role.ADMIN, Role.APPROVER)
    assert needed(Act.DECIDE_APPROVAL, both) is Role.APPROVER
    assert needed(Act.ADMINISTER, both) is Role.ADMIN
    assert needed(Act.PUBLISH, operator(Role.VIEWER)) is None


def test_who_only_approves_has_not_used_being_an_administrator(tmp_path):
    store = STORES["sqlite"](tmp_path)
    uses = Uses(last={"ana": {"decide-approval": START, "tool:read": START + timedelta(days=1)}})
    last, ana = last_use(uses, store), operator(Role.ADMIN, Role.APPROVER)
    assert last(ana, Role.APPROVER) == START
    assert last(ana, Role.ADMIN) is None
    store.close()


def test_a_sign_in_is_a_use_of_the_account(tmp_path):
    store, ana = STORES["sqlite"](tmp_path), operator(Role.VIEWER)
    assert last_use(Uses(), store)(ana, None) is None
    store.commit(Unit([], [PutOperator(ana, "hash")])).result(10)
    _, unit = sessions.enter(
        "ana", Method.PASSWORD, Seen(), known=store, now=START, entropy=CountedEntropy().bytes(96)
    )
    store.commit(unit).result(10)
    assert last_use(Uses(), store)(ana, None) == START
    store.close()
