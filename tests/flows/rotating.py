"""Documents, and a hand that moves a rotation on from step to step."""

from datetime import timedelta

from clawband.flows import rotate, secrets
from clawband.flows.accounts import Doing
from clawband.flows.kept import Kept
from clawband.flows.rotate import ROTATION
from clawband.flows.secrets import SECRET
from clawband.model.event import Event
from clawband.model.rotation import Rotation, Shape, Step
from clawband.model.secret import Plan, Secret
from clawband.ports.unit import Unit
from tests.flows.people import Registry
from tests.simulators.clocks import START, CountedEntropy

CRM = Secret(
    name="crm/key", environment="dev", kind="api key", owner="ana", purpose="orders", added=START,
    plan=Plan(driver="http", overlap_minutes=5),
)  # fmt: skip


class Desk:
    """`now` moves a second with each step."""

    def __init__(self, secret: Secret = CRM) -> None:
        self.kept, self.entropy, self.now = Registry(), CountedEntropy(), START
        self.events: list[Event] = []
        added, unit = secrets.add(secret, self.doing())
        self.commit(unit)
        _, unit = secrets.take(SECRET.get(added.name, self.kept), 1, "p1", self.doing())
        self.commit(unit)
        self.named = ""

    def doing(self, by: str = "ana") -> Doing:
        return Doing(by=by, now=self.now, entropy=self.entropy.bytes(96))

    def commit(self, unit: Unit) -> None:
        self.kept.commit(unit)
        self.events += unit.events

    def begin(self, shape: Shape = Shape.TWO, rehearsal: bool = False) -> None:
        self.named, unit = rotate.begin(
            SECRET.get("crm/key", self.kept), shape, rehearsal=rehearsal, at_once=False,
            documents=self.kept, doing=self.doing(),
        )  # fmt: skip
        self.commit(unit)

    @property
    def rotation(self) -> Kept[Rotation]:
        return ROTATION.get(self.named, self.kept)

    def through(self, *, to: str = "") -> None:
        """Every step, until the one that is named."""
        while (step := self.rotation.value.step) and step != to:
            self.now += timedelta(seconds=1)
            self.commit(self.step(self.rotation, step))

    def step(self, kept: Kept[Rotation], step: Step) -> Unit:
        told = {"documents": self.kept, "doing": self.doing()}
        if step == "create":
            number = max(each.number for each in self.secret.versions) + 1
            return rotate.made(kept, number, print="p", issued="k", **told)
        if step == "switch":
            return rotate.switched(kept, **told)
        if step == "bury":
            return rotate.buried(kept, dict.fromkeys(kept.value.ending, "401"), **told)
        return rotate.passed(kept, "ok", **told)

    @property
    def secret(self) -> Secret:
        return SECRET.get("crm/key", self.kept).value
