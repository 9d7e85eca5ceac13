"""What goes with a permit, so that the second plane knows of it before the gateway acts."""

from dataclasses import replace

from clawband.flows import launch
from clawband.flows.decide import Decided
from clawband.model.access import Permit
from clawband.service.egress import Egress
from clawband.service.launches import Launches


class Acts:
    """A lease for what the call names on the network, a ticket for the command it runs."""

    def __init__(self, egress: Egress, launches: Launches) -> None:
        self._egress, self.launches = egress, launches

    def permitted(self, decided: Decided) -> Decided:
        """The answer as the enforcement point gets it. Whatever is no permit stays as it is."""
        decision = decided.decision
        if not isinstance(decision, Permit):
            return decided
        self._egress.lease(decided)
        wanted = launch.launch_of(decided)
        if wanted is None:
            return decided
        line, ticket = self.launches.prepared(wanted)
        told = replace(decision, params=launch.rewritten(decided, line, ticket))
        return replace(decided, decision=told)
