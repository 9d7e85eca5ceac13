"""`POST /api/v1/token`: a workload's token is traded for a credential (RFC 8693), and a terminal
asks whether it was let in (RFC 8628 §3.4).

The request is a form, as OAuth has it. Errors are problem details that also carry `error` and
`error_description` (RFC 6749 §5.2), so that a client of either kind understands them.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from clawband.edges.api import wire
from clawband.edges.api.problems import problem
from clawband.identity import terminal
from clawband.identity.oidc_workload import ACCESS, GRANT, TAKEN, ScopeError
from clawband.model.errors import AuthenticationError, Error, InputError, UnavailableError
from clawband.service.service import Service

PATH: Final = "/api/v1/token"
MAX_FIELDS: Final = 20
NO_STORE: Final = {"cache-control": "no-store"}


class GrantError(InputError):
    """It is another grant than the one that is served here."""


_KINDS: Final[Mapping[type[Error], str]] = {
    GrantError: "unsupported_grant_type",
    terminal.SlowDownError: "slow_down",
    terminal.PendingError: "authorization_pending",
    terminal.OverError: "expired_token",
    terminal.DeniedError: "access_denied",
    ScopeError: "invalid_scope",
    InputError: "invalid_request",
    UnavailableError: "temporarily_unavailable",
}


def routes(service: Service) -> list[BaseRoute]:
    """For who has no credential of ours yet: what they bring says who they are."""

    async def give(request: Request) -> Response:
        try:
            form = await fields(request)
            let_in = form.get("grant_type") == terminal.GRANT
            told = await (_let_in if let_in else _traded)(service, form)
        except Error as error:
            return refused(error)
        return Response(wire.encode(told), 200, NO_STORE, "application/json")

    return [Route(PATH, give, methods=["POST"])]


async def _traded(service: Service, form: Mapping[str, str]) -> dict[str, object]:
    _refuse_others(form)
    lent = await service.workloads.trade(form["subject_token"], form.get("scope", ""))
    return {
        "access_token": lent.secret,
        "issued_token_type": ACCESS,
        "token_type": "Bearer",
        "expires_in": lent.seconds,
        "scope": " ".join(lent.acts),
    }


async def _let_in(service: Service, form: Mapping[str, str]) -> dict[str, object]:
    secret = await service.terminals.enter(form.get("device_code", ""))
    seconds = service.terminals.left(secret)
    return {"access_token": secret, "token_type": "Bearer", "expires_in": seconds}


async def fields(request: Request) -> dict[str, str]:
    """A form, each field once. Raises `InputError`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise InputError("expected a form", remedy="send it as OAuth has it, see RFC 8693")
    try:
        text = (await wire.body(request)).decode()
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise InputError("the form cannot be read", remedy="encode it as a form") from error
    form = dict(pairs)
    if len(form) != len(pairs):
        raise InputError("a field is there twice", remedy="send each field once")
    return form


def _refuse_others(form: Mapping[str, str]) -> None:
    """Raises `InputError` for what asks for anything else than this exchange."""
    if form.get("grant_type") != GRANT:
        raise GrantError(f"expected the grant type `{GRANT}`", remedy="send it as `grant_type`")
    if form.get("subject_token_type") not in TAKEN or not form.get("subject_token"):
        raise InputError(
            "expected `subject_token` with the `subject_token_type` of a JWT",
            remedy=f"send one of {', '.join(sorted(TAKEN))}",
        )
    if form.get("requested_token_type", ACCESS) != ACCESS or "actor_token" in form:
        raise InputError("only an access token for oneself is issued", remedy="ask for that")


def refused(error: Error) -> Response:
    """RFC 8693 §2.2.2: a token that is refused is an invalid request, never a 401."""
    known = isinstance(error, AuthenticationError)
    shown = InputError(error.message, remedy=error.remedy) if known else error
    kinds = (name for each, name in _KINDS.items() if isinstance(error, each))
    kind = next(kinds, "invalid_request" if known else "server_error")
    response = problem(shown, error=kind, error_description=error.message)
    response.headers.update(NO_STORE)
    return response
