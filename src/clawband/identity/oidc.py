"""A sign-in by OpenID Connect: what the browser takes along to the provider, what comes back.

Nothing is kept here while somebody is at the provider. The browser holds the cookie; state, nonce
and code verifier are derived from it and a key of this process, so that the state also proves
that nobody changed the cookie.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from clawband.identity.session import same
from clawband.model.errors import AuthenticationError
from clawband.model.openid import OpenId

LIFE = timedelta(minutes=10)
"""From the first half to the second."""
MAX_COOKIE = 3_000
BACK = "/login/openid/back"
AGAIN = "sign in again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """What the browser takes along."""

    secret: str
    """Hex of 32 random bytes."""
    started: int
    """Seconds since 1970."""
    wanted: str
    """The page to go to afterwards, a path of ours."""
    link: str = ""
    """Who is signed in and connects this provider to their account, or proves again that it is
    them: the stored secret of that sign-in."""
    again: bool = False
    """They prove it again, so that the provider must ask them now."""


@dataclass(frozen=True, slots=True)
class Derived:
    """What one sign-in shows: to the provider (`state`, `nonce`, `challenge`), and to its token
    endpoint only (`verifier`, RFC 7636 §4.1)."""

    state: str
    nonce: str
    verifier: str

    @property
    def challenge(self) -> str:
        """`S256` (RFC 7636 §4.2)."""
        return _plain(hashlib.sha256(self.verifier.encode()).digest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the provider sent the browser back with; empty where it said nothing."""

    state: str
    code: str = ""
    error: str = ""
    issuer: str = ""


def cookie(leaving: Leaving) -> str:
    fields = [leaving.secret, leaving.started, leaving.wanted, leaving.link, leaving.again]
    return _plain(json.dumps(fields).encode())


def of_cookie(text: str) -> Leaving | None:
    """None for what is no cookie of ours. Who made it is proved by the state (`returned`)."""
    try:
        padded = text + "=" * (-len(text) % 4)
        secret, started, wanted, link, again = json.loads(base64.urlsafe_b64decode(padded))
    except (ValueError, TypeError):
        return None
    texts = all(isinstance(each, str) for each in (secret, wanted, link))
    if len(text) > MAX_COOKIE or not texts or type(started) is not int or type(again) is not bool:
        return None
    return Leaving(secret=secret, started=started, wanted=wanted, link=link, again=again)


def derive(key: bytes, leaving: Leaving) -> Derived:
    def one(purpose: str) -> str:
        text = f"{purpose}\n{cookie(leaving)}"
        return _plain(hmac.digest(key, text.encode(), "sha256"))

    return Derived(one("state"), one("nonce"), one("verifier"))


def authorization(
    endpoint: str, openid: OpenId, back: str, derived: Derived, *, again: bool = False
) -> str:
    """Where the browser goes (OpenID Connect Core 1.0 §3.1.2.1). With `again` the provider asks
    also who is signed in there, and says in `auth_time` that it did."""
    asked = {
        "response_type": "code",
        "client_id": openid.client,
        "redirect_uri": back,
        "scope": " ".join(openid.scopes),
        "state": derived.state,
        "nonce": derived.nonce,
        "code_challenge": derived.challenge,
        "code_challenge_method": "S256",
        **({"prompt": "login", "max_age": "0"} if again else {}),
    }
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"


def returned(
    key: bytes, cookie_text: str, answer: Answer, *, issuer: str, says_issuer: bool, now: datetime
) -> tuple[Leaving, Derived]:
    """The sign-in that this answer ends. Raises `AuthenticationError`.

    `says_issuer`: the provider promises to name itself in every answer, so that an answer of
    another one is not taken for its own (RFC 9207 §2.4).
    """
    leaving = of_cookie(cookie_text)
    if leaving is None:
        raise AuthenticationError("this browser began no sign-in", remedy=AGAIN)
    derived = derive(key, leaving)
    if not same(answer.state, derived.state):
        raise AuthenticationError("this answer belongs to another sign-in", remedy=AGAIN)
    if not 0 <= now.timestamp() - leaving.started <= LIFE.total_seconds():
        raise AuthenticationError("this sign-in took too long", remedy=AGAIN)
    if (answer.issuer or says_issuer) and answer.issuer != issuer:
        raise AuthenticationError("another provider answered", remedy=AGAIN)
    if answer.error or not answer.code:
        raise AuthenticationError(
            f"the provider refused: `{answer.error[:60] or 'no code'}`",
            remedy="sign in again, or ask whoever runs the provider",
        )
    return leaving, derived


def answer_of(query: Mapping[str, str]) -> Answer:
    return Answer(
        state=query.get("state", "")[:200],
        code=query.get("code", "")[:2_000],
        error=query.get("error", "")[:60],
        issuer=query.get("iss", "")[:500],
    )


def _plain(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
