"""Whose bearer secret this is, and how far it reaches: a person's sign-in, an account's key, or
what a workload was given for its token."""

from collections.abc import Mapping

from starlette.requests import Request

from clawband.flows import trade
from clawband.flows.authority import require_some
from clawband.identity import keys
from clawband.identity.roles import Act
from clawband.model.errors import AuthenticationError
from clawband.model.person import SignedIn
from clawband.service.service import Service

BY_KEY: Mapping[str, Act] = {
    "/pause": Act.STOP,
    "/resume": Act.STOP,
    "/enforcement/prove": Act.STOP,
    "/enforcement/reconcile": Act.STOP,
    "/endorsements/{id}/revoke": Act.REVOKE,
    "/policy": Act.PUBLISH,
    "/policy/rollback": Act.PUBLISH,
}
"""What a service account may change, and the act that its key must name. All else is people's."""
OWN = ("GET", "/session")


def who(service: Service, request: Request) -> SignedIn:
    """Bearer only: a cookie is never accepted here, so no page can be made to call this."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    secret = secret.strip() if scheme.lower() == "bearer" else ""
    if trade.is_credential(secret):
        return service.workloads.who(secret)
    return (service.accounts if keys.is_key(secret) else service.operators).who(secret)


def reach(signed: SignedIn, method: str, path: str) -> None:
    """A key changes only what stands in `BY_KEY`, and reads only if it may look; where is asked
    further down, of what the request is about.

    `path` is that of the route. Raises `AuthenticationError`.
    """
    if not signed.service or (method, path) == OWN:
        return
    act = Act.LOOK if method == "GET" else BY_KEY.get(path)
    if act is None:
        raise AuthenticationError(
            "only a person may do this, never a service account",
            remedy="have somebody sign in and do it",
        )
    require_some(signed, act)
