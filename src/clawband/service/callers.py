"""Who is at a boundary: a gateway by its password, a command or a call by its token."""

from dataclasses import dataclass

from clawband.enforcement import credentials
from clawband.enforcement.token import Claims, Mint, Spent
from clawband.model.deployment import Gateway
from clawband.model.errors import AuthenticationError
from clawband.service.running import Running


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is at the boundary: a gateway, or a permitted command or call of one of its agents."""

    gateway: Gateway
    claims: Claims | None = None


class Callers:
    """Knows passwords and tokens, and which of them are over. Used in one thread."""

    def __init__(self, running: Running, key: bytes) -> None:
        self._running, self._key = running, key
        self.mint = Mint(running.randomness.bytes(32))
        self._spent = Spent()
        self._revoked: dict[str, int] = {}

    def password(self, gateway: str, boundary: str = credentials.EGRESS) -> str:
        return credentials.password(self._key, boundary, gateway)

    def identify(self, header: str) -> Caller:
        """Who a `Proxy-Authorization` field names. Raises `AuthenticationError`."""
        named = credentials.basic(header)
        if named.kind == credentials.GATEWAY:
            return Caller(self.gateway(named.gateway, named.password, credentials.EGRESS))
        aud = {credentials.CALL: "call", credentials.ACTION: "egress"}.get(named.kind, "")
        claims = self.mint.check(named.password, aud=aud, now=self._running.now())
        if claims.jti in self._revoked:
            raise AuthenticationError("the call is over", remedy="have it decided again")
        if aud == "egress" and not self._spent.use(claims, self._running.now()):
            raise AuthenticationError("the action token was used", remedy="ask for a new one")
        return Caller(self._enrolled(claims.sub.partition("/")[0]), claims)

    def gateway(self, name: str, password: str, boundary: str) -> Gateway:
        """The gateway with this password at this boundary. Raises `AuthenticationError`."""
        if not credentials.opens(self._key, boundary, name, password):
            raise AuthenticationError(
                "this gateway is not known here",
                remedy="use the address that `clawband egress address` prints",
            )
        return self._enrolled(name)

    def revoke(self, claims: Claims) -> None:
        """Refuse the token from now on."""
        now = self._running.now().timestamp()
        self._revoked = {jti: exp for jti, exp in self._revoked.items() if exp > now}
        self._revoked[claims.jti] = claims.exp

    def _enrolled(self, name: str) -> Gateway:
        for gateway in self._running.store.enrolled():
            if gateway.name == name:
                return gateway
        raise AuthenticationError(
            f"no gateway `{name[:40]}` is enrolled", remedy="enroll it with `clawband attach`"
        )
