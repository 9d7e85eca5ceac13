"""A change under dual control happens at most once, and never by one person alone."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from clawband.flows import propose
from clawband.identity.proposal import LIFE, Stage, What
from clawband.model.errors import Error
from clawband.model.person import Role
from tests.flows.people import Registry
from tests.simulators.clocks import START, CountedEntropy

PEOPLE = {
    "ana": (Role.ADMIN, ("telegram:1",)),
    "ana2": (Role.ADMIN, ("telegram:1",)),
    "bo": (Role.APPROVER, ("telegram:2",)),
    "cleo": (Role.BUILDER, ()),
    "dan": (Role.ADMIN, ("bo",)),
}
NAMES = st.sampled_from(sorted(PEOPLE))
STEPS = st.one_of(
    st.tuples(st.just("propose"), NAMES),
    st.tuples(st.just("agree"), NAMES, st.integers(0, 3)),
    st.tuples(st.just("late"), NAMES, st.integers(0, 3)),
    st.tuples(st.just("refuse"), NAMES, st.integers(0, 3)),
    st.tuples(st.just("pass"), st.integers(0, 40)),
)


def known_as(name):
    return {name, *PEOPLE[name][1]}


class Office:
    """Agreements are written when they are made, or late: after whatever happens next."""

    def __init__(self) -> None:
        self.kept, self.entropy, self.now = Registry(), CountedEntropy(), START
        for name, (role, aliases) in PEOPLE.items():
            self.kept.employ(name, role, aliases=aliases)
        self.made, self.done, self.held = [], [], []

    def moment(self):
        return {"now": self.now, "entropy": self.entropy.bytes(96)}

    def step(self, what, *more):
        try:
            getattr(self, f"do_{what}")(*more)
        except Error:
            return

    def do_propose(self, name):
        one, unit = propose.propose(
            What.REMOVE, {"name": "vi"}, "why", self.kept.signed(name), documents=self.kept,
            **self.moment(),
        )  # fmt: skip
        self.kept.commit(unit)
        self.made.append(one)

    def agreement(self, name, number):
        one = self.made[number % len(self.made)] if self.made else None
        if one:
            signed = self.kept.signed(name)
            return propose.agree(one.id, one.digest, signed, store=self.kept, **self.moment())
        return None

    def do_agree(self, name, number):
        found = self.agreement(name, number)
        if found:
            self.write(*found)

    def do_late(self, name, number):
        found = self.agreement(name, number)
        if found:
            self.held.append(found)

    def write(self, agreed, unit):
        self.kept.commit(unit)
        self.done.append(agreed)

    def do_refuse(self, name, number):
        if self.made:
            one = self.made[number % len(self.made)]
            signed = self.kept.signed(name)
            _, unit = propose.refuse(one.id, signed, "", documents=self.kept, **self.moment())
            self.kept.commit(unit)

    def do_pass(self, hours):
        self.now += timedelta(hours=hours)


@given(st.lists(STEPS, max_size=25))
def test_once_and_by_two(steps):
    office = Office()
    for step in steps:
        office.step(*step)
    for found in office.held:
        try:
            office.write(*found)
        except Error:
            continue
    ids = [each.id for each in office.done]
    assert len(set(ids)) == len(ids)
    for each in office.done:
        assert not known_as(each.by) & known_as(each.closed_by)
        assert {PEOPLE[each.by][0], PEOPLE[each.closed_by][0]} <= {Role.ADMIN, Role.APPROVER}
        assert each.closed - each.opened < LIFE
        kept = propose.KIND.get(each.id, office.kept).value
        assert kept.stage is Stage.DONE and kept.digest == each.digest


def test_the_law_has_something_to_hold():
    office = Office()
    office.step("propose", "ana")
    for name in ("ana", "ana2", "cleo"):
        office.step("agree", name, 0)
    assert office.done == []
    office.step("late", "dan", 0)
    office.step("agree", "bo", 0)
    assert len(office.done) == 1 and len(office.held) == 1
