"""Into a door and out of it: the paths that are the door's own.

A browser that nobody knows keeps a secret and takes its digest to the console; there its person
signs in and is sent back with a code, which is worth something only beside the secret (the shape
of RFC 6749 §4.1 with RFC 7636, S256).
"""

import base64
import binascii
import secrets
from hashlib import sha256
from urllib.parse import parse_qs, quote

from clawband.edges.ingress import pages
from clawband.edges.ingress.house import Door, House
from clawband.edges.ingress.pages import Turned
from clawband.model.doors import ENTER
from clawband.network import inward
from clawband.network.head import Request

OWN = "/.clawband/"
LEAVE = f"{OWN}leave"
BEGUN = 600
"""Seconds to sign in."""
LIFE = 12 * 3_600
MAX_WANTED = 1_000


def begin(door: Door, message: Request) -> bytes:
    """Off to the console, and back to what was asked for."""
    verifier = secrets.token_urlsafe(32)
    digest = base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    wanted = message.target if len(message.target) <= MAX_WANTED else "/"
    kept = f"{verifier}.{base64.urlsafe_b64encode(wanted.encode()).decode()}"
    cookie = pages.baked(door.begun, kept, BEGUN, secure=door.front.secure)
    return pages.onward(f"{door.console}/doors/{quote(door.name)}/enter?challenge={digest}", cookie)


async def answer(house: House, door: Door, message: Request, address: str) -> bytes:
    """A whole response. Raises `Turned`."""
    path, _, query = message.target.partition("?")
    secret = inward.cookie(message, door.cookie)
    gone = pages.baked(door.cookie, "", 0, secure=door.front.secure)
    if path == ENTER and message.method == "GET":
        return await _enter(house, door, message, query, address)
    if path == LEAVE and message.method == "POST":
        house.channel.tell("leave", {"door": door.name, "secret": secret})
        return pages.outside(gone)
    if path == OWN and message.method == "GET":
        guest = await house.guest(door, secret)
        return pages.inside(guest.person, door.name, LEAVE) if guest else pages.outside()
    raise Turned(404, "path", "there is no such page", f"ask for {OWN}")


async def _enter(house: House, door: Door, message: Request, query: str, address: str) -> bytes:
    verifier, _, wanted = inward.cookie(message, door.begun).partition(".")
    code = parse_qs(query).get("code", [""])[0]
    agent = message.get(b"user-agent").decode("latin-1")
    words = {"code": code, "verifier": verifier, "address": address, "agent": agent}
    secret = await house.enter(door, words)
    return pages.onward(
        _path(wanted),
        pages.baked(door.begun, "", 0, secure=door.front.secure),
        pages.baked(door.cookie, secret, LIFE, secure=door.front.secure),
    )


def _path(kept: str) -> str:
    """Where they wanted to go: a path of this door, or its first page."""
    try:
        wanted = base64.urlsafe_b64decode(kept).decode("ascii")
    except (binascii.Error, ValueError):
        return "/"
    plain = wanted.isprintable() and " " not in wanted and "\\" not in wanted
    good = plain and wanted.startswith("/") and not wanted.startswith(("//", OWN))
    return wanted if good else "/"
