"""Action tokens: what a permit is worth to an enforcement point that connects by itself."""

from dataclasses import asdict, dataclass

from clawband.enforcement.lease import Target
from clawband.enforcement.token import JTI_BYTES, LIFE, Claims, Mint
from clawband.flows.connect import targets_of
from clawband.flows.decide import Decided
from clawband.model.access import Permit, Request
from clawband.service.running import Running


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionToken:
    """Good for one connection to `host:port` through the egress proxy, as the password of the user
    `action`, for `seconds`."""

    host: str
    port: int
    token: str
    seconds: int


class Actions:
    """Makes a token for each destination that a permitted call names."""

    def __init__(self, running: Running, mint: Mint) -> None:
        self._running, self._mint = running, mint

    def tokens(self, decided: Decided) -> list[dict[str, str | int]]:
        """None for what is no permit, or was permitted in another form than it was asked."""
        decision = decided.decision
        if not isinstance(decision, Permit) or decision.params is not None:
            return []
        targets = sorted(targets_of(decided.request), key=lambda each: (each.host, each.port))
        return [asdict(self._made(decided.request, decided.id, each)) for each in targets]

    def _made(self, request: Request, cause: str, target: Target) -> ActionToken:
        now, trace = self._running.now(), request.trace
        claims = Claims(
            aud="egress", sub=request.principal.id, env=request.environment,
            session=trace.session, run=trace.run, call=trace.call, trace=trace.trace,
            tool=request.resource.id, who=request.requester.id, act=request.digest(),
            dst=f"{target.host}:{target.port}", cause=cause,
            jti=self._running.randomness.bytes(JTI_BYTES).hex(),
            iat=int(now.timestamp()), exp=int((now + LIFE).timestamp()),
        )  # fmt: skip
        seconds = int(LIFE.total_seconds())
        return ActionToken(
            host=target.host, port=target.port, token=self._mint.make(claims), seconds=seconds
        )
