"""What a token that the provider signed must say. The signature was checked before.

Every check is on the exact type: a claim of another type is refused, not read kindly.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from clawband.identity.session import same
from clawband.model.errors import AuthenticationError
from clawband.model.openid import OpenId

LEEWAY = timedelta(seconds=60)
"""Clocks differ by less."""
LONGEST = timedelta(hours=24)
"""A token that lives longer is a key, and nobody may trade it."""
MAX_TEXT = 255
"""A subject is at most this long (OpenID Connect Core 1.0 §2)."""
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
Claims = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A person as the provider vouches for them."""

    issuer: str
    subject: str
    groups: frozenset[str]
    name: str = ""
    """What they call themselves there: a suggestion, never an identity."""
    mail: str = ""
    """Only if the provider verified it."""
    two_factors: bool = False
    at: datetime | None = None
    """When they showed that there, if it says so (`auth_time`)."""
    session: str = ""
    """Of the provider (`sid`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A session that is over at the provider."""

    issuer: str
    subject: str
    session: str
    id: str
    until: datetime


def id_token(claims: Claims, openid: OpenId, nonce: str, *, now: datetime) -> Known:
    """OpenID Connect Core 1.0 §3.1.3.7. Raises `AuthenticationError`.

    The audience must be Clawband alone: a token that others hold too could come from them.
    """
    _for_us(claims, openid.issuer, openid.client)
    timely(claims, now=now)
    if "azp" in claims and claims["azp"] != openid.client:
        raise _refused("azp", "its authorised party is another client")
    if not same(text(claims, "nonce"), nonce):
        raise _refused("nonce", "its nonce is of another sign-in")
    mail = text(claims, "email") if claims.get("email_verified") is True else ""
    if openid.mail_domains and _domain(mail) not in map(str.lower, openid.mail_domains):
        raise _refused("email", "it has no verified mail address of a known domain")
    said = {text(claims, "acr"), *_texts(claims.get("amr"))} - {""}
    return Known(
        issuer=openid.issuer,
        subject=text(claims, "sub", needed=True),
        groups=frozenset(_texts(claims.get(openid.groups))),
        name=text(claims, "preferred_username"),
        mail=mail,
        two_factors=openid.always_two_factors or not said.isdisjoint(openid.two_factors),
        at=_shown(claims, now),
        session=text(claims, "sid"),
    )


def logout_token(claims: Claims, openid: OpenId, *, now: datetime) -> Ended:
    """OpenID Connect Back-Channel Logout 1.0 §2.6. Raises `AuthenticationError`."""
    _for_us(claims, openid.issuer, openid.client)
    until = timely(claims, now=now)
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
        raise _refused("events", "it is no logout token")
    if "nonce" in claims:
        raise _refused("nonce", "it is an ID token")
    subject, session = text(claims, "sub"), text(claims, "sid")
    if not subject and not session:
        raise _refused("sub", "it names nobody")
    return Ended(
        issuer=openid.issuer,
        subject=subject,
        session=session,
        id=text(claims, "jti", needed=True),
        until=until,
    )


def timely(claims: Claims, *, now: datetime) -> datetime:
    """Until when it is good (`exp`, `iat`, `nbf`; RFC 7519 §4.1). Raises `AuthenticationError`."""
    at, leeway = now.timestamp(), LEEWAY.total_seconds()
    ends, made = _instant(claims, "exp"), _instant(claims, "iat")
    if at >= ends + leeway:
        raise _refused("exp", "it has expired")
    begins = _instant(claims, "nbf") if "nbf" in claims else made
    if made > at + leeway or begins > at + leeway:
        raise _refused("iat", "it is of the future")
    if ends - made > LONGEST.total_seconds():
        raise _refused("exp", "it lives longer than a day")
    return now + timedelta(seconds=ends + leeway - at)


def text(claims: Claims, name: str, *, needed: bool = False) -> str:
    """A claim that is a text; empty when it is absent. Raises `AuthenticationError`."""
    value = claims.get(name, "")
    if not isinstance(value, str) or len(value) > MAX_TEXT or (needed and not value):
        raise _refused(name, "it is no text of a sane length")
    if not value.isprintable():
        raise _refused(name, "it has invisible characters")
    return value


def audience(claims: Claims) -> list[str]:
    """`aud` as a list (RFC 7519 §4.1.3)."""
    given = claims.get("aud")
    return [given] if isinstance(given, str) else _texts(given)


def _for_us(claims: Claims, issuer: str, client: str) -> None:
    if claims.get("iss") != issuer:
        raise _refused("iss", "another issuer made it")
    if audience(claims) != [client]:
        raise _refused("aud", "it is not for Clawband alone")


def _shown(claims: Claims, now: datetime) -> datetime | None:
    if "auth_time" not in claims:
        return None
    age = now.timestamp() - _instant(claims, "auth_time")
    if age < -LEEWAY.total_seconds():
        raise _refused("auth_time", "it is of the future")
    return now - timedelta(seconds=max(age, 0.0))


def _instant(claims: Claims, name: str) -> float:
    value: Any = claims.get(name)
    # NaN and infinity are in no range.
    if type(value) not in (int, float) or not 0 <= value < 1 << 40:
        raise _refused(name, "it is no time")
    return float(value)


def _texts(value: object) -> list[str]:
    """A list of texts; nothing when anything in it is none."""
    given = value if isinstance(value, list) else []
    return given if all(isinstance(each, str) for each in given) else []


def _domain(mail: str) -> str:
    return mail.rpartition("@")[2].lower()


def _refused(claim: str, why: str) -> AuthenticationError:
    return AuthenticationError(
        f"the token is refused for `{claim}`: {why}",
        remedy="sign in again; if it stays, compare the provider's settings with `clawband.toml`",
    )
