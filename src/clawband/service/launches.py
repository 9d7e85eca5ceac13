"""Commands on their way through the launcher: tickets, what may be touched, what was tried."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from shlex import quote

from clawband.enforcement.token import JTI_BYTES, Claims
from clawband.flows import context
from clawband.flows.launch import TICKET_BYTES, Launch
from clawband.flows.record import became
from clawband.model.access import Request
from clawband.model.digest import Json
from clawband.model.errors import AuthenticationError, InputError
from clawband.model.event import Tag
from clawband.openclaw.validation import visible
from clawband.ports.unit import Unit
from clawband.service.egress import Egress
from clawband.service.policies import Policies
from clawband.service.running import Running

CALL_LIFE = timedelta(hours=1)
"""Of a command's credential; it ends with the command."""
WAITING = 1_000
RUNNING = 10_000
MOST_ATTEMPTS = 50

TRUSTING = (
    "SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "GIT_SSL_CAINFO",
    "NODE_EXTRA_CA_CERTS",
)  # fmt: skip
"""What OpenSSL and Python, curl, requests, git and Node read the name of such a file from."""

Fields = Mapping[str, Sequence[str]]
Answer = list[tuple[str, str]]


@dataclass(slots=True)
class _Running:
    request: Request
    cause: str
    claims: Claims
    ticket: str
    """Digest of it. The command knows its token, so its launcher speaks with both."""
    attempts: set[str] = field(default_factory=set)


class Launches:
    """Tickets are good once, for a minute. Used in one thread."""

    def __init__(self, running: Running, policies: Policies, egress: Egress) -> None:
        self._running, self._policies, self._egress = running, policies, egress
        self.launcher = running.launcher
        self.kernel: dict[str, dict[str, str]] = {}
        """What the launcher last said of the machine, by gateway."""
        self._tickets: OrderedDict[str, Launch] = OrderedDict()
        self._commands: OrderedDict[str, _Running] = OrderedDict()

    @property
    def ready(self) -> bool:
        return self.launcher is not None

    def prepared(self, launch: Launch) -> tuple[str, str]:
        """The command line that the gateway runs instead, and the ticket it is given."""
        assert self.launcher is not None, "nothing is launched without a launcher"
        ticket = self._running.randomness.bytes(TICKET_BYTES).hex()
        self._tickets[_kept(ticket)] = launch
        if len(self._tickets) > WAITING:
            self._tickets.popitem(last=False)
        parts = (*self.launcher.program, str(self.launcher.port))
        return " ".join(map(quote, parts)), ticket

    async def answer(self, what: str, fields: Fields) -> tuple[int, Answer]:
        """`redeem`, `report` or `end` from a launcher: an HTTP status and what it is told."""
        try:
            match what:
                case "redeem":
                    return 200, await self._redeem(fields)
                case "report":
                    return 200, await self._report(fields)
                case "end":
                    return 200, await self._end(fields)
            raise InputError(f"expected redeem, report or end, got `{what[:40]}`")
        except (InputError, AuthenticationError) as error:
            return 403, [("reason", error.message)]

    async def _redeem(self, fields: Fields) -> Answer:
        ticket = _kept(_one(fields, "ticket"))
        launch = self._tickets.pop(ticket, None)
        if launch is None or self._running.now() >= launch.expires:
            raise AuthenticationError("the ticket is unknown, used, or over")
        request, now = launch.request, self._running.now()
        gateway = request.principal.gateway
        facts = {key: visible(_one(fields, key))[:80] for key in ("landlock", "notify", "kernel")}
        self.kernel[gateway] = {**facts, "seen": now.isoformat()}
        if wrong := self._missing(facts, gateway) or self._stopped(request):
            await self._tell(Tag.LAUNCH_REFUSE, request, launch.cause, wrong, {**facts})
            raise AuthenticationError(f"{wrong} ({launch.cause})")
        claims = self._claims(launch)
        token = self._egress.callers.mint.make(claims)
        self._commands[claims.jti] = _Running(request, launch.cause, claims, ticket)
        if len(self._commands) > RUNNING:
            self._egress.revoke(self._commands.popitem(last=False)[1].claims)
        await self._tell(Tag.LAUNCH_START, request, launch.cause, "started", {**facts})
        return self._order(launch, token, claims)

    def _missing(self, facts: Mapping[str, str], gateway: str) -> str:
        """What this kernel lacks to contain a command; empty when nothing, or when accepted."""
        lacks = [name for name, said in (("Landlock", facts["landlock"]),
                 ("seccomp notification", facts["notify"])) if said in ("", "0")]  # fmt: skip
        active = self._policies.active
        plan = active.gateways.get(gateway) if active else None
        if not lacks or (plan and plan.uncontained == "accept"):
            return ""
        return f"this kernel has no {' and no '.join(lacks)}, so the command was not started"

    def _stopped(self, request: Request) -> str:
        """What has been stopped since the command was permitted; empty when nothing."""
        if paused := context.paused(request, self._running.store):
            return f"`{min(paused)}` was paused meanwhile, so the command was not started"
        if not self._egress.guarded(request):
            return "the agent is ungoverned, so the command was not started"
        return ""

    def _order(self, launch: Launch, token: str, claims: Claims) -> Answer:
        setup = self.launcher
        assert setup is not None, "nothing is launched without a launcher"
        workspace = launch.request.workspace
        trust = setup.trust if self._looked_into(launch.request) else ""
        write = [*setup.write, *([workspace] if workspace.startswith("/") else ())]
        return [
            ("command", launch.command), ("shell", setup.shell), ("token", token),
            ("proxy_host", "127.0.0.1"), ("proxy_port", str(setup.port)),
            ("temporary", f"{setup.temporary}/clawband-{claims.jti}"),
            ("symlinks", str(int(setup.symlinks))),
            *(("env", f"{name}={trust}") for name in TRUSTING if trust),
            *(("env", f"{name}={value}") for name, value in launch.environment.items()),
            *(("read", path) for path in (*setup.read, trust) if path),
            *(("write", path) for path in write),
        ]  # fmt: skip

    def _looked_into(self, request: Request) -> bool:
        """Whether policy looks into TLS of this agent's commands anywhere."""
        principal, active = request.principal, self._policies.active
        workflow = active.workflow_of(principal.gateway, principal.agent) if active else None
        return any(each.inspect for each in workflow.egress) if workflow else False

    def _claims(self, launch: Launch) -> Claims:
        request, now = launch.request, self._running.now()
        trace = request.trace
        return Claims(
            aud="call", sub=request.principal.id, env=request.environment,
            session=trace.session, run=trace.run, call=trace.call, trace=trace.trace,
            tool=request.resource.id, who=request.requester.id, act=request.digest(), dst="",
            cause=launch.cause, jti=self._running.randomness.bytes(JTI_BYTES).hex(),
            iat=int(now.timestamp()), exp=int((now + CALL_LIFE).timestamp()),
        )  # fmt: skip

    async def _report(self, fields: Fields) -> Answer:
        command = self._command(fields)
        for said in fields.get("blocked", ()):
            attempt = visible(said)[:200]
            if attempt in command.attempts or len(command.attempts) >= MOST_ATTEMPTS:
                continue
            command.attempts.add(attempt)
            detail: dict[str, Json] = {"attempt": attempt}
            await self._tell(Tag.LAUNCH_BLOCK, command.request, command.cause, "blocked", detail)
        return []

    async def _end(self, fields: Fields) -> Answer:
        command = self._command(fields)
        self._commands.pop(command.claims.jti, None)
        self._egress.revoke(command.claims)
        detail: dict[str, Json] = {
            key: _number(_one(fields, key)) for key in ("exit", "signal", "milliseconds")
        }
        detail["attempts"] = len(command.attempts)
        await self._tell(Tag.LAUNCH_END, command.request, command.cause, "ended", detail)
        return []

    def _command(self, fields: Fields) -> _Running:
        token, now = _one(fields, "token"), self._running.now()
        claims = self._egress.callers.mint.check(token, aud="call", now=now)
        command = self._commands.get(claims.jti)
        if command is None:
            raise AuthenticationError("the command is over")
        if _kept(_one(fields, "ticket")) != command.ticket:
            raise AuthenticationError("only its launcher speaks of a command")
        return command

    async def _tell(
        self, tag: Tag, request: Request, cause: str, outcome: str, detail: dict[str, Json]
    ) -> None:
        now, entropy = self._running.now(), self._running.entropy()
        event = became(tag, request, cause, now, outcome, detail, entropy=entropy)
        await self._running.commit(Unit([event]))


def _kept(ticket: str) -> str:
    return sha256(ticket.encode()).hexdigest()


def _one(fields: Fields, key: str) -> str:
    said = fields.get(key, ())
    return said[0] if len(said) == 1 else ""


def _number(text: str) -> int:
    plain = text.removeprefix("-")
    return int(text) if plain.isascii() and plain.isdecimal() and len(plain) < 12 else 0
