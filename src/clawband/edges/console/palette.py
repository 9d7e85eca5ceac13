"""Going anywhere: what the palette lists, where an id leads, the keys, the theme."""

from collections.abc import Iterator
from urllib.parse import quote

from starlette.responses import JSONResponse, RedirectResponse, Response

from clawband.edges.console.activity import KINDS, address
from clawband.edges.console.security import local_path
from clawband.edges.console.seen import plain
from clawband.edges.console.visit import THEME_COOKIE, THEMES, Visit

YEAR = 31_536_000
_PAGES = (
    ("Now", "/"), ("Approvals", "/approvals"), ("Activity", "/activity"),
    ("What people vouch for", "/endorsements"),
    ("Workflows", "/workflows"), ("Policy", "/policy"), ("People", "/people"),
    ("Secrets", "/secrets"), ("How secrets flow", "/secrets/flow"),
    ("Rotations of secrets", "/secrets/rotations"), ("Honeytokens", "/secrets/honeytokens"),
    ("Leaks of secrets", "/secrets/leaks"), ("Vaults", "/secrets/vaults"),
    ("Certificates", "/secrets/certificates"), ("Front doors", "/doors"),
    ("Controls", "/controls"),
    ("Enforcement", "/enforcement"),
    ("You: passkeys, codes, sign-ins", "/me"),
    ("Keys", "/keys"),
)  # fmt: skip


async def entries(visit: Visit) -> Response:
    """Everything the palette can go to: label, kind and address."""
    listed = [
        {"label": plain(label), "kind": kind, "href": href} for label, kind, href in _entries(visit)
    ]
    for approval in await visit.pending():
        label = f"{approval.resource} for {approval.agent}"
        listed.append(
            {"label": plain(label), "kind": "approval", "href": f"/approvals/{approval.id}"}
        )
    return JSONResponse(listed)


async def go(visit: Visit) -> Response:
    """Where a text leads: to the approval or event with this id, else to a search."""
    wanted = visit.asked("q")
    if wanted.startswith("apr_"):
        return RedirectResponse(f"/approvals/{quote(wanted, safe='')}", status_code=303)
    if wanted.startswith(("dec_", "evt_")):
        return RedirectResponse(f"/events/{quote(wanted, safe='')}", status_code=303)
    return RedirectResponse(address(wanted), status_code=303)


async def keys(visit: Visit) -> Response:
    return await visit.show("keys.html")


async def theme(visit: Visit) -> Response:
    """Keep the chosen theme in a cookie that only says which one."""
    wanted = visit.fields.get("theme", "")
    response = RedirectResponse(local_path(visit.fields.get("back", "/")), status_code=303)
    response.set_cookie(
        THEME_COOKIE, wanted if wanted in THEMES else "auto", max_age=YEAR, path="/",
        secure=visit.console.secure, httponly=True, samesite="lax",
    )  # fmt: skip
    return response


def _entries(visit: Visit) -> Iterator[tuple[str, str, str]]:
    for label, href in _PAGES:
        yield label, "page", href
    for key, (word, _) in KINDS.items():
        if key:
            yield f"Activity: {word.lower()}", "page", address(kind=key)
    for workflow in visit.sees.workflows():
        yield workflow.name, "workflow", f"/workflows/{workflow.name}"
        for agent in workflow.agents:
            yield f"What {agent} did", "activity", address(f"agent={agent}")
            yield f"Pause {agent}", "act", f"/controls?kind=agent&name={quote(agent, safe='')}"
        yield (
            f"Pause the workflow {workflow.name}", "act",
            f"/controls?kind=workflow&name={quote(workflow.name, safe='')}",
        )  # fmt: skip
