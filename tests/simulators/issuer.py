"""An issuer of tokens in this process: real keys, real HTTP shapes, and it says what a test wants.

`Internet` is a transport on which several of them are reached by their names.
"""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx
from joserfc import jws
from joserfc.jwk import ECKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from clawband.adapters.openid.fetch import Fetch
from clawband.adapters.openid.issuers import HttpIssuers
from clawband.ports.own import Own
from tests.simulators.clocks import FixedClock

CLIENT, SECRET = "clawband", "a secret of the client"


def sign(key: Any, claims: dict[str, Any], **header: Any) -> str:
    """A token. `header` wins over the usual one; a member that is None is left out."""

    head = {"alg": "ES256", "kid": key.kid, "typ": "JWT", **header}
    head = {name: value for name, value in head.items() if value is not None}
    registry = jws.JWSRegistry(algorithms=[*jws.JWSRegistry.algorithms], strict_check_header=False)
    return jws.serialize_compact(head, json.dumps(claims).encode(), key, registry=registry)


def fresh_key() -> ECKey:
    return ECKey.generate_key("P-256", parameters={"kid": secrets.token_hex(4)})


@dataclass
class Granted:
    claims: dict[str, Any]
    challenge: str
    back: str


@dataclass
class Issuer:
    """`discovery` and `keys` may be changed; `asked` counts the requests by path."""

    clock: FixedClock
    url: str = "https://login.example"
    keys: list[Any] = field(default_factory=lambda: [fresh_key()])
    discovery: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    codes: dict[str, Granted] = field(default_factory=dict)
    down: bool = False
    forged: str = ""
    """What somebody on the token endpoint answers in its place."""

    @property
    def key(self) -> Any:
        return self.keys[-1]

    def rotate(self) -> None:
        """Other keys from now on; the old ones are withdrawn."""
        self.keys = [fresh_key()]

    def now(self) -> int:
        return int(self.clock.now().timestamp())

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Of an ID token; a claim that is None is left out."""
        usual = {
            "iss": self.url, "sub": "u-1", "aud": CLIENT, "iat": self.now(),
            "exp": self.now() + 300, "groups": ["admins"], "preferred_username": "ana",
            "sid": "s-1", "amr": ["pwd", "mfa"],
        }  # fmt: skip
        return {name: value for name, value in {**usual, **changes}.items() if value is not None}

    def token(self, **changes: Any) -> str:
        return sign(self.key, self.claims(**changes))

    def authorize(self, url: str, **changes: Any) -> dict[str, str]:
        """A person signs in where they were sent: what their browser comes back with."""
        asked = dict(parse_qsl(urlsplit(url).query))
        assert asked["response_type"] == "code" and asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        claims = self.claims(**{"nonce": asked["nonce"], **changes})
        code = secrets.token_hex(8)
        self.codes[code] = Granted(claims, asked["code_challenge"], asked["redirect_uri"])
        return {"code": code, "state": asked["state"], "iss": self.url}

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._describe),
                Route("/keys", self._keys),
                Route("/token", self._redeem, methods=["POST"]),
            ]
        )

    async def _describe(self, request: Request) -> JSONResponse:
        told = {
            "issuer": self.url, "authorization_endpoint": f"{self.url}/auth",
            "token_endpoint": f"{self.url}/token", "jwks_uri": f"{self.url}/keys",
            "authorization_response_iss_parameter_supported": True,
        }  # fmt: skip
        return self._answer(request, {**told, **self.discovery})

    async def _keys(self, request: Request) -> JSONResponse:
        listed = [key if isinstance(key, dict) else key.as_dict(private=False) for key in self.keys]
        return self._answer(request, {"keys": listed})

    async def _redeem(self, request: Request) -> JSONResponse:
        """RFC 6749 §4.1.3 with RFC 7636 §4.6, and a code is good once."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        granted = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        right = granted and challenge == granted.challenge and form["redirect_uri"] == granted.back
        if not right or not _authenticated(request, form):
            return self._answer(request, {"error": "invalid_grant"}, 400)
        token = self.forged or sign(self.key, granted.claims)
        return self._answer(request, {"id_token": token, "access_token": "x"})

    def _answer(self, request: Request, told: Any, status: int = 200) -> JSONResponse:
        path = request.url.path
        self.asked[path] = self.asked.get(path, 0) + 1
        return JSONResponse({} if self.down else told, 503 if self.down else status)


def _authenticated(request: Request, form: dict[str, str]) -> bool:
    scheme, _, sent = request.headers.get("authorization", "").partition(" ")
    if scheme == "Basic":
        name, _, secret = base64.b64decode(sent).decode().partition(":")
        return (unquote(name), unquote(secret)) == (CLIENT, SECRET)
    return form.get("client_id") == CLIENT and form.get("client_secret", SECRET) == SECRET


class Internet(httpx.AsyncBaseTransport):
    """Each issuer at its own name; everywhere else nobody answers."""

    def __init__(self, *issuers: Issuer) -> None:
        self._there = {
            urlsplit(each.url).hostname: httpx.ASGITransport(each.app) for each in issuers
        }

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        found = self._there.get(request.url.host)
        if found is None:
            raise httpx.ConnectError("nobody is there", request=request)
        return await found.handle_async_request(request)


def asked_over(clock: FixedClock, *issuers: Issuer, secret: Own | None = None) -> HttpIssuers:
    """The adapter, with the test's clock to count seconds."""
    fetch = Fetch(transport=Internet(*issuers))
    return HttpIssuers(fetch, lambda: clock.now().timestamp(), secret)
