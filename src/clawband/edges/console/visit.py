"""One request of somebody who is signed in, and what makes every page safe and whole."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from clawband.edges.console import security
from clawband.enforcement.canary import Standing
from clawband.identity.session import same
from clawband.identity.throttle import TooManyError
from clawband.model import errors
from clawband.model.approval import Approval, ApprovalState
from clawband.model.person import SignedIn
from clawband.service.seen import Seen
from clawband.service.service import Service

log = logging.getLogger("clawband.console")
THEMES = ("auto", "light", "dark")
THEME_COOKIE = "clawband-theme"
MAX_FIELDS = 40
TOLD_ON = ("/", "/me")
"""Where its owner is told of a sign-in at a new device: where everybody comes in, and where it is
ended."""
NOTICES = 256
PENDING = 10_000
"""Approvals that wait and are counted, the newest."""
STATUS: Mapping[type[errors.Error], int] = {
    errors.InputError: 400,
    errors.AuthenticationError: 403,
    errors.NotFoundError: 404,
    errors.ConflictError: 409,
    errors.UnavailableError: 503,
    TooManyError: 429,
}
DEFECT = errors.InvariantError(
    "something went wrong here, and it is our mistake",
    remedy="try again; if it stays, report what you did and the time",
)


@dataclass(frozen=True, kw_only=True)
class Console:
    """What all pages share."""

    service: Service
    secure: bool
    pages: Environment
    notices: "OrderedDict[str, str]" = field(default_factory=OrderedDict)
    """What the last form did, by sign-in; shown once on the next page."""

    def render(
        self, request: Request, template: str, *, status: int = 200, **values: Any
    ) -> Response:
        theme = request.cookies.get(THEME_COOKIE, "auto")
        common = {
            "theme": theme if theme in THEMES else "auto",
            "path": request.url.path,
            "here": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
            "now": self.service.running.now(),
            "me": None,
            "notice": "",
            "ungoverned": (),
            "recovering": None,
            "alarms": (),
        }
        html = self.pages.get_template(template).render({**common, **values})
        return HTMLResponse(html, status_code=status)


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A request whose sender is known and, for a form, whose token was right."""

    console: Console
    request: Request
    me: SignedIn
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def service(self) -> Service:
        return self.console.service

    @property
    def now(self) -> datetime:
        return self.service.running.now()

    @cached_property
    def sees(self) -> Seen:
        """Every read of a page that not everybody may see."""
        return self.service.seen(self.me)

    def ungoverned(self) -> Sequence[tuple[str, Standing]]:
        """The agents whose guard is lost, by name."""
        lost = self.service.enforcement.standings.lost()
        return [(agent, each) for agent, each in lost if self.sees.of(agent)]

    def asked(self, name: str, most: int = 300) -> str:
        """A parameter of the address, cut to a sane length."""
        return self.request.query_params.get(name, "")[:most].strip()

    def part(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params[name])

    async def show(self, template: str, *, status: int = 200, **values: Any) -> Response:
        try:
            waiting = len(await self.pending())
        except errors.Error:  # then the page itself says so
            waiting = 0
        return self.console.render(
            self.request,
            template,
            status=status,
            me=self.me,
            csrf=self.me.csrf,
            waiting=waiting,
            strangers=self.strangers(),
            alarms=self.service.glass.alarms(),
            recovering=self.service.people.recovering(self.me),
            ungoverned=self.ungoverned(),
            notice=self._notice(),
            **values,
        )

    def _notice(self) -> str:
        """What the last form did, once: on a page that is opened, not on the one before, which asks
        anew in the background for what is live (Fetch Metadata, `Sec-Fetch-Dest`)."""
        if self.request.headers.get("sec-fetch-dest", "document") != "document":
            return ""
        return self.console.notices.pop(self.me.session, "")

    def strangers(self) -> int:
        """How many other sign-ins of this person began at a device or address that was new."""
        if self.request.url.path not in TOLD_ON:
            return 0  # reading a thousand sign-ins takes 30 ms
        own = self.service.people.sessions(self.me)
        return sum(bool(each.sign_in.odd) for each in own if not each.current)

    async def pending(self) -> Sequence[Approval]:
        """What waits for a person, newest first."""
        found = self.sees.approvals(frozenset({ApprovalState.PENDING}), PENDING)
        now = self.now
        return [approval for approval in found if now < approval.expires]

    def done(self, path: str, notice: str) -> Response:
        """After a form: go to a page (never show one here), which says what was done."""
        self.console.notices[self.me.session] = notice
        if len(self.console.notices) > NOTICES:
            self.console.notices.popitem(last=False)
        return RedirectResponse(path, status_code=303)


Page = Callable[[Visit], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


def page(console: Console, make: Page) -> Endpoint:
    """An endpoint that shows something to somebody who is signed in."""

    async def answer(request: Request) -> Response:
        try:
            me = await signed_in(console, request)
        except errors.Error as error:
            return security.protect(_failed(console, request, error))
        if me is None:
            return security.protect(_sign_in_first(console, request))
        visit = Visit(console=console, request=request, me=me)
        return security.protect(await _answered(visit, make))

    return answer


def form(console: Console, act: Page) -> Endpoint:
    """An endpoint that does something: the sign-in, the origin and the token must all be right."""

    async def checked(visit: Visit) -> Response:
        security.same_origin(visit.request, secure=console.secure)
        fields = await fields_of(visit.request)
        if not visit.me.csrf or not same(fields.get("csrf", ""), visit.me.csrf):
            raise errors.AuthenticationError(
                "this form is not of this sign-in", remedy="reload the page and try again"
            )
        return await act(replace(visit, fields=fields))

    return page(console, checked)


async def signed_in(console: Console, request: Request) -> SignedIn | None:
    secret = security.secret_of(request, secure=console.secure)
    if not secret:
        return None
    try:
        return await asyncio.to_thread(console.service.operators.who, secret)
    except errors.AuthenticationError:
        return None


async def fields_of(request: Request) -> Mapping[str, str]:
    """The fields of a form. Raises `InputError`."""
    try:
        text = (await security.body_of(request)).decode()
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS))
    except ValueError as error:
        raise errors.InputError(
            "the form cannot be read", remedy="reload the page and try again"
        ) from error


async def _answered(visit: Visit, make: Page) -> Response:
    try:
        return await make(visit)
    except errors.StepUpNeededError:
        return RedirectResponse(f"/prove?next={quote(_page_of(visit.request), safe='')}", 303)
    except errors.Error as error:
        status = STATUS.get(type(error), 500)
        return await visit.show("error.html", status=status, error=error, code=status)
    except Exception:  # a page must not end in a bare 500; the log has the trace
        log.exception("the page %s failed", visit.request.scope.get("path", ""))
        return await visit.show("error.html", status=500, error=DEFECT, code=500)


def _page_of(request: Request) -> str:
    """The page somebody is on: for a form the one that it stands on, or the first page."""
    if request.method == "GET":
        return request.url.path + (f"?{request.url.query}" if request.url.query else "")
    try:
        came = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return "/"
    return security.local_path(came.path + (f"?{came.query}" if came.query else ""))


def _failed(console: Console, request: Request, error: errors.Error) -> Response:
    status = STATUS.get(type(error), 500)
    return console.render(request, "error.html", status=status, error=error, code=status)


def _sign_in_first(console: Console, request: Request) -> Response:
    if request.method == "POST":
        # What was to be done is not repeated after the sign-in.
        return RedirectResponse("/login", status_code=303)
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    headers = request.headers
    arrived = headers.get("sec-fetch-site") == "cross-site"
    if arrived and headers.get("sec-fetch-mode") == "navigate":
        # A link from elsewhere: the strict cookie stays behind once, and comes with our own step.
        return console.render(request, "arrive.html", wanted=security.local_path(wanted))
    return RedirectResponse(f"/login?next={quote(wanted, safe='')}", status_code=303)
