"""A lent role never outlives its time, whatever restarts and clocks do, and is never one's own."""

from datetime import timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from clawband.flows import elevate
from clawband.model.errors import Error
from clawband.model.person import Role
from tests.flows.people import Registry
from tests.simulators.clocks import START, CountedEntropy

PEOPLE = {
    "ana": (Role.ADMIN, ()),
    "bo": (Role.APPROVER, ("telegram:2",)),
    "vi": (Role.VIEWER, ("telegram:7",)),
    "vi2": (Role.APPROVER, ("telegram:7", "vi")),
    "cleo": (Role.BUILDER, ()),
}
NAMES = st.sampled_from(sorted(PEOPLE))
STEPS = st.one_of(
    st.tuples(st.just("ask"), NAMES, st.sampled_from(list(Role)), st.integers(5, 60)),
    st.tuples(st.just("grant"), NAMES, NAMES),
    st.tuples(st.just("refuse"), NAMES, NAMES),
    st.tuples(st.just("end"), NAMES, NAMES),
    st.tuples(st.just("pass"), st.integers(0, 30)),
    st.tuples(st.just("restart"), st.integers(-90, 90)),
)


class Office:
    """The flows over documents; the clock may be set to anything while nobody runs."""

    def __init__(self) -> None:
        self.kept, self.entropy = Registry(), CountedEntropy()
        for name, (role, aliases) in PEOPLE.items():
            self.kept.employ(name, role, aliases=aliases)
        self.now = self.last = START
        self.ran: dict[str, timedelta] = {}
        """How long the clock has run since the grant, by elevation."""

    def step(self, what, *more):
        try:
            getattr(self, f"do_{what}")(*more)
        except Error:
            return
        finally:
            self.check()

    def do_ask(self, name, role, minutes):
        signed = self.me(name)
        _, unit = elevate.ask(role, "why", minutes, signed, documents=self.kept, **self.moment())
        self.commit(unit)

    def do_grant(self, asker, by):
        found = elevate.KIND.get(asker, self.kept).value
        granted, unit = elevate.grant(found.id, self.me(by), store=self.kept, **self.moment())
        self.commit(unit)
        assert not set(PEOPLE[by][1]) & set(PEOPLE[asker][1]) and asker != by
        assert asker not in PEOPLE[by][1] and by not in PEOPLE[asker][1]
        assert PEOPLE[by][0] is Role.ADMIN or granted.role is not Role.ADMIN
        self.ran[granted.id] = timedelta()

    def do_refuse(self, asker, by):
        found = elevate.KIND.get(asker, self.kept).value
        signed = self.me(by)
        self.commit(elevate.refuse(found.id, signed, "", documents=self.kept, **self.moment())[1])

    def do_end(self, asker, by):
        found = elevate.KIND.get(asker, self.kept).value
        self.commit(elevate.end(found.id, self.me(by), documents=self.kept, **self.moment())[1])

    def do_pass(self, minutes):
        for _ in range(minutes):
            self.now += timedelta(minutes=1)
            self.ran = {named: ran + timedelta(minutes=1) for named, ran in self.ran.items()}
            self.kept.commit(elevate.noted(self.kept, now=self.now))

    def do_restart(self, minutes):
        """`minutes` from the last entry of the log: between it and now nothing was recorded."""
        self.now = self.last + timedelta(minutes=minutes)
        for unit in elevate.over(self.kept, last=self.last, **self.moment()):
            self.commit(unit)
        self.last = self.now

    def me(self, name):
        return elevate.lifted(self.kept.signed(name), self.kept, self.now)

    def moment(self):
        return {"now": self.now, "entropy": self.entropy.bytes(96)}

    def commit(self, unit):
        self.kept.commit(unit)
        self.last = self.now

    def check(self):
        for name, (role, _) in PEOPLE.items():
            lent = self.me(name).operator.roles - {role}
            if not lent:
                continue
            held = elevate.KIND.get(name, self.kept).value
            assert lent == {held.role} and held.granted_by not in ("", name)
            assert self.ran[held.id] < timedelta(minutes=held.minutes)


LENT = st.tuples(st.just("grant"), st.sampled_from(["vi", "cleo"]), st.just("ana"))
OFTEN = st.one_of(STEPS, LENT, st.tuples(st.just("pass"), st.integers(0, 30)))


BACK = [("ask", "vi", Role.AUDITOR, 30), ("grant", "vi", "ana"), ("pass", 29), ("restart", 0)]


@given(st.lists(OFTEN, max_size=30))
@example([*BACK, ("pass", 29)])
def test_no_lent_role_outlives_its_time(steps):
    office = Office()
    for step in steps:
        office.step(*step)


def test_the_law_has_something_to_hold():
    office = Office()
    for step in BACK[:3]:
        office.step(*step)
    assert office.me("vi").operator.roles == {Role.VIEWER, Role.AUDITOR}
    office.step(*BACK[3])
    assert office.me("vi").operator.roles == {Role.VIEWER}
