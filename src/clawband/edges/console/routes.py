"""Every path of the console."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from clawband.edges.console import (
    accounts,
    activity,
    approvals,
    certificates,
    chats,
    controls,
    delegations,
    doors,
    edits,
    elevations,
    enforcement,
    events,
    federation,
    glass,
    honeytokens,
    leaks,
    lineage,
    login,
    me,
    notices,
    now,
    operators,
    palette,
    passkeys,
    people,
    policy,
    proposals,
    prove,
    render,
    reviews,
    rotations,
    secret,
    secret_flow,
    secrets,
    security,
    stream,
    terminal,
    vaults,
    welcome,
    workflows,
)
from clawband.edges.console.visit import Console, Endpoint, Page, Visit, form, page
from clawband.model.errors import NotFoundError
from clawband.service.service import Service

PAGES: Mapping[str, Page] = {
    "/": now.show,
    "/activity": activity.show,
    "/activity/stream": stream.follow,
    "/events/{id}": events.show,
    "/events/{id}/proof": events.proof,
    "/approvals": approvals.inbox,
    "/approvals/{id}": approvals.show,
    "/endorsements": lineage.show,
    "/workflows": workflows.listed,
    "/workflows/{name}": workflows.show,
    "/people": people.show,
    "/people/findings": people.findings,
    "/policy": policy.show,
    "/controls": controls.show,
    "/enforcement": enforcement.show,
    "/me": me.show,
    "/me/codes": me.codes,
    "/me/mail/{token}": notices.show,
    "/me/openid": federation.connect,
    "/me/terminal": terminal.show,
    "/prove": prove.show,
    "/prove/openid": federation.again,
    "/people/operators": operators.show,
    "/people/accounts": accounts.show,
    "/people/reviews": reviews.listed,
    "/people/reviews/{id}": reviews.show,
    "/people/delegations": delegations.show,
    "/people/elevations": elevations.show,
    "/people/changes": proposals.show,
    "/people/changes/{id}": proposals.one,
    "/people/glass": glass.show,
    "/people/glass/{id}": glass.record,
    "/people/elevations/{id}": elevations.record,
    "/secrets": secrets.show,
    "/secrets/flow": secret_flow.show,
    "/secrets/rotations": rotations.listed,
    "/secrets/rotations/{id}": rotations.show,
    "/secrets/leaks": leaks.listed,
    "/secrets/leaks/{id}": leaks.show,
    "/secrets/vaults": vaults.show,
    "/secrets/honeytokens": honeytokens.show,
    "/secrets/certificates": certificates.show,
    "/secrets/of/{name:path}": secret.show,
    "/doors": doors.show,
    "/doors/{name}/enter": doors.enter,
    "/palette": palette.entries,
    "/go": palette.go,
    "/keys": palette.keys,
}
FORMS: Mapping[str, Page] = {
    "/approvals/{id}/grant": approvals.grant,
    "/approvals/{id}/refuse": approvals.refuse,
    "/approvals/{id}/edit": edits.edit,
    "/approvals/{id}/vouch": lineage.vouch,
    "/groups/{id}/grant": lineage.cover,
    "/endorsements/{id}/revoke": lineage.revoke,
    "/policy/roll-back": policy.roll_back,
    "/controls/pause": controls.pause,
    "/controls/resume": controls.resume,
    "/controls/gateways/{name}/remove": controls.unguard,
    "/enforcement/prove": enforcement.prove,
    "/me/passkeys/begin": passkeys.begins(me.begin_passkey),
    "/me/passkeys": me.add_passkey,
    "/me/codes": me.add_codes,
    "/me/password": me.password,
    "/me/recovery": me.recovery,
    "/me/credentials/remove": me.remove,
    "/me/chats/link": chats.begin,
    "/me/chats/confirm": chats.confirm,
    "/me/chats/unlink": chats.unlink,
    "/me/sessions/end": me.end,
    "/me/mail": notices.ask,
    "/me/mail/confirm": notices.confirm,
    "/me/mail/topics": notices.choose,
    "/me/mail/forget": notices.forget,
    "/me/terminal/approve": terminal.approve,
    "/me/terminal/refuse": terminal.refuse,
    "/prove": prove.by_code,
    "/prove/passkey/begin": passkeys.begins(prove.begin),
    "/prove/passkey": prove.by_passkey,
    "/people/operators/invite": operators.invite,
    "/people/operators/{name}/recover": operators.recover,
    "/people/operators/{name}/withdraw": operators.withdraw,
    "/people/operators/{name}/remove": operators.remove,
    "/people/accounts/add": accounts.add,
    "/people/accounts/{name}/keys": accounts.add_key,
    "/people/accounts/{name}/owner": accounts.give,
    "/people/accounts/{name}/remove": accounts.remove,
    "/people/keys/{id}/rotate": accounts.rotate,
    "/people/keys/{id}/revoke": accounts.revoke,
    "/people/workloads/{id}/end": accounts.end,
    "/people/reviews/open": reviews.open_,
    "/people/reviews/{id}/decide": reviews.decide,
    "/people/reviews/{id}/close": reviews.close,
    "/people/delegations": delegations.add,
    "/people/delegations/{name}/end": delegations.end,
    "/people/elevations/ask": elevations.ask,
    "/people/changes/{id}/agree": proposals.agree,
    "/people/changes/{id}/refuse": proposals.refuse,
    "/people/glass/begin": glass.begin,
    "/people/glass/{id}/second": glass.second,
    "/people/glass/{id}/end": glass.end,
    "/people/glass/{id}/review": glass.review,
    "/people/elevations/{id}/grant": elevations.grant,
    "/people/elevations/{id}/refuse": elevations.refuse,
    "/people/elevations/{id}/end": elevations.end,
    "/secrets/add": secrets.add,
    "/secrets/rotate/{name:path}": rotations.begin,
    "/secrets/rotations/{id}/resume": rotations.resume,
    "/secrets/rotations/{id}/roll-back": rotations.roll_back,
    "/secrets/leaks/open": leaks.open_,
    "/secrets/leaks/{id}/take": leaks.take,
    "/secrets/leaks/{id}/mark": leaks.mark,
    "/secrets/leaks/{id}/assign": leaks.assign,
    "/secrets/leaks/{id}/close": leaks.close,
    "/secrets/vaults/check": vaults.check,
    "/secrets/vaults/rewrap": vaults.rewrap,
    "/secrets/honeytokens/plant": honeytokens.plant,
    "/secrets/honeytokens/{id}/remove": honeytokens.remove,
    "/secrets/certificates/{name}/renew": certificates.renew,
    "/secrets/certificates/{serial}/revoke": certificates.revoke,
    "/secrets/set/{name:path}": secret.put,
    "/secrets/change/{name:path}": secret.change,
    "/secrets/remove/{name:path}": secret.remove,
    "/theme": palette.theme,
    "/logout": login.out,
}


def routes(service: Service, *, secure: bool) -> list[BaseRoute]:
    """The console, to be mounted at `/`, last: it answers every path nobody else has.

    `secure` says that browsers reach it by HTTPS; it decides the cookie and the expected origin.
    """
    files = render.assets()
    console = Console(service=service, secure=secure, pages=render.environment(files))
    made: list[BaseRoute] = [
        *_doors(console),
        Route("/static/{name}", _static(files), methods=["GET"]),
    ]
    made += [Route(path, form(console, act), methods=["POST"]) for path, act in FORMS.items()]
    made += [Route(path, page(console, make), methods=["GET"]) for path, make in PAGES.items()]
    made.append(Route("/{path:path}", page(console, _nowhere), methods=["GET"]))
    return made


def _doors(console: Console) -> list[BaseRoute]:
    """What is there for who is not signed in."""
    return [
        Route("/login", login.shown(console), methods=["GET"]),
        Route("/login", login.sent(console), methods=["POST"]),
        Route("/login/passkey/begin", login.begun(console), methods=["POST"]),
        Route("/login/passkey", login.by_passkey(console), methods=["POST"]),
        Route("/login/openid", federation.leave(console), methods=["GET"]),
        Route("/login/openid/back", federation.back(console), methods=["GET"]),
        Route("/login/openid/ended", federation.ended(console), methods=["POST"]),
        Route("/welcome/{token}", welcome.shown(console), methods=["GET"]),
        Route("/welcome/{token}", welcome.by_password(console), methods=["POST"]),
        Route("/welcome/{token}/begin", welcome.begun(console), methods=["POST"]),
        Route("/welcome/{token}/passkey", welcome.by_passkey(console), methods=["POST"]),
    ]


def _static(files: Mapping[str, render.Asset]) -> Endpoint:
    async def answer(request: Request) -> Response:
        asset = files.get(request.path_params["name"])
        if asset is None:
            return security.protect(Response("not found\n", 404, media_type="text/plain"))
        newest = request.query_params.get("v") == asset.version
        caching = "public, max-age=31536000, immutable" if newest else "no-cache"
        headers = {"cache-control": caching}
        return security.protect(Response(asset.body, media_type=asset.type, headers=headers))

    return answer


async def _nowhere(visit: Visit) -> Response:
    raise NotFoundError(
        "there is no such page", remedy="choose one on the left, or press Ctrl-K to go anywhere"
    )
