"""The API as Python: what people and programs do most, by name.

Everything else is `get`, `post` and `delete` with the paths of `/api/v1/openapi.json`.
"""

import base64
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import msgspec

from clawband.client.transport import PendingError, SlowDownError, Transport, part
from clawband.client.values import Approval, Control, Event, Gateway, Operator, Secret

Value = TypeVar("Value")
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
SLOWER = 5
"""Seconds more between two questions, for good, each time the server says so (RFC 8628 §3.5)."""
PAGE = 200
"""Events of one request, 1,000 at most."""


class Client(Transport):
    """A server, and who we are there. Raises what `Transport` says."""

    def sign_in(self, name: str, password: str, code: str = "") -> Operator:
        """Become somebody with a password, and a code where there is a second factor.

        Raises `SecondFactorNeededError` when all that is missing is the code.
        """
        body = {"name": name, "password": password, **({"code": code} if code else {})}
        given = self.post("/session", body)
        self.token = given["token"]
        return self._value(given["operator"], Operator)

    def sign_in_by_browser(
        self,
        show: Callable[[str, str], None],
        name: str = "",
        wait: Callable[[float], None] = time.sleep,
    ) -> Operator:
        """Become whoever lets us in from a browser (RFC 8628); with `name` nobody else can.

        `show` is told the address to open and the code to type there. Raises `InputError` when
        nobody did within ten minutes, or somebody refused.
        """
        begun = self.form("/device", {"client_id": "clawband", "name": name})
        show(begun["verification_uri"], begun["user_code"])
        asked = {"grant_type": DEVICE, "device_code": begun["device_code"]}
        pause = begun["interval"]
        while True:
            wait(pause)
            try:
                self.token = self.form("/token", asked)["access_token"]
                return self.operator()
            except SlowDownError:
                pause += SLOWER
            except PendingError:
                continue

    def operator(self) -> Operator:
        """Who we are, with the roles that this sign-in is good for."""
        return self._value(self.get("/session")["operator"], Operator)

    def approvals(self, *, everything: bool = False) -> Iterator[Approval]:
        """What is open: pending, or granted and not used yet.

        `everything`: also what was decided or is over. A thousand at most.
        """
        state = "all" if everything else ""
        for each in self.get("/approvals", state=state, limit=1_000)["approvals"]:
            yield self._value(each, Approval)

    def approval(self, id: str) -> Approval:
        """Raises `NotFoundError`."""
        return self._value(self.get(f"/approvals/{part(id)}"), Approval)

    def grant(self, id: str) -> Approval:
        """Say yes. Raises `ConflictError` when it is decided or over."""
        return self._value(self.post(f"/approvals/{part(id)}/grant"), Approval)

    def refuse(self, id: str, note: str = "") -> Approval:
        """Say no. Raises `ConflictError` when it is decided or over."""
        return self._value(self.post(f"/approvals/{part(id)}/refuse", {"note": note}), Approval)

    def events(self, *, page: int = PAGE, **filters: str) -> Iterator[Event]:
        """The log, newest first, page by page to its beginning.

        Filters are those of `GET /events`: text, outcome, tag, agent, run, session. What happens
        meanwhile is not in it, and nothing is twice.
        """
        before: int | None = None
        while True:
            found = self.get("/events", before=before, limit=page, **filters)["events"]
            for each in found:
                yield self._value(each, Event)
            if len(found) < page:
                return
            before = found[-1]["n"]

    def follow(self) -> Iterator[Event]:
        """What happens from now on, as it becomes durable; without an end."""
        with self.happening() as leaves:
            for each in leaves:
                yield self._value(each, Event)

    def controls(self) -> list[Control]:
        """What is paused."""
        return [self._value(each, Control) for each in self.get("/controls")["controls"]]

    def pause(self, kind: str, name: str, reason: str = "") -> Control:
        """Stop an agent, tool, channel, skill, workflow or gateway at once."""
        body = {"kind": kind, "name": name, "reason": reason}
        return self._value(self.post("/pause", body)["control"], Control)

    def resume(self, kind: str, name: str) -> Control:
        """Raises `NotFoundError` when it is not paused."""
        return self._value(self.post("/resume", {"kind": kind, "name": name})["control"], Control)

    def publish(self, files: Mapping[str, str], note: str = "") -> str:
        """Put a policy set in force, as texts by file name; its digest.

        Raises `InputError`, whose message names the file and the line.
        """
        return str(self.post("/policy", {"files": dict(files), "note": note})["digest"])

    def secrets(self) -> list[Secret]:
        """Those that we may know of; nobody is told a value."""
        return [self._value(each, Secret) for each in self.get("/secrets")["secrets"]]

    def set_secret(self, name: str, value: bytes) -> Secret:
        """Give it a new current value; the one that it has already changes nothing."""
        body = {"base64": base64.b64encode(value).decode()}
        return self._value(self.post(f"/secret-values/{part(name)}", body)["secret"], Secret)

    def gateways(self) -> list[Gateway]:
        """The gateways under guard."""
        return [self._value(each, Gateway) for each in self.get("/gateways")["gateways"]]

    def operators(self) -> list[Operator]:
        """Everybody who operates Clawband."""
        return [self._value(each, Operator) for each in self.get("/operators")["operators"]]

    def _value(self, told: Any, kind: type[Value]) -> Value:
        try:
            return msgspec.convert(told, kind)
        except msgspec.ValidationError as error:
            raise self.unreadable(error) from error
