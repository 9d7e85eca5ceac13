"""People, their sign-ins and the gateways, in memory: every request asks who sent it."""

from collections.abc import Sequence

from clawband.model.deployment import Gateway
from clawband.model.person import Operator
from clawband.ports import unit as writes


class Present:
    """Implements `ports.store.People` and `ports.store.Holders`.

    Whoever is told that something changed finds it changed here: written by one thread at a time,
    before the answer, and read by any.
    """

    def __init__(self) -> None:
        self.gateways: dict[str, Gateway] = {}
        self._accounts: dict[str, tuple[Operator, str]] = {}
        self._sessions: dict[str, writes.OpenSession] = {}

    def gateway(self, credential: str) -> Gateway | None:
        return self.gateways.get(credential)

    def enrolled(self) -> Sequence[Gateway]:
        return sorted(self.gateways.values(), key=lambda each: each.name)

    def person(self, name: str) -> Operator | None:
        found = self._accounts.get(name)
        return found[0] if found else None

    def operator(self, name: str) -> tuple[Operator, str] | None:
        return self._accounts.get(name)

    def operators(self) -> Sequence[Operator]:
        found = (account for account, _ in tuple(self._accounts.values()))
        return sorted(found, key=lambda each: each.name)

    def session(self, token: str) -> writes.OpenSession | None:
        return self._sessions.get(token)

    def sessions(self, operator: str) -> Sequence[writes.OpenSession]:
        return [each for each in tuple(self._sessions.values()) if each.operator == operator]

    def change_people(self, change: writes.Change) -> None:
        match change:
            case writes.PutOperator(operator, password_hash):
                self._accounts[operator.name] = operator, password_hash
                self._end(operator.name)
            case writes.DeleteOperator(name):
                self._accounts.pop(name, None)
                self._end(name)
            case writes.OpenSession():
                over = [each for each in self._sessions.values() if each.expires <= change.opened]
                for each in over:
                    del self._sessions[each.token]
                self._sessions[change.token] = change
            case writes.CloseSession(token):
                self._sessions.pop(token, None)
            case writes.EnrollGateway(gateway):
                self._enroll(gateway)
            case writes.RemoveGateway(gateway):
                self.gateways.pop(gateway.credential, None)

    def _enroll(self, gateway: Gateway) -> None:
        # A new credential ends the old one at once.
        for known in self.enrolled():
            if known.name == gateway.name:
                del self.gateways[known.credential]
        self.gateways[gateway.credential] = gateway

    def _end(self, operator: str) -> None:
        for each in self.sessions(operator):
            del self._sessions[each.token]
