"""The page of front doors: who is through one, and who was turned away."""

import base64
import hashlib

from clawband.service.doors import Browser
from tests.edges.console.browsing import Page


def test_who_is_through_and_who_is_not(own):
    look = own.as_("vi").get
    text = Page(look("/doors").text).text
    assert "Nobody is through a front door" in text
    assert "Open at https://shop.example, TLS 1.3 or newer with the certificate shop" in text
    assert "Operator may operator.read" in text
    assert "/doors" in look("/controls").text
    doors = own.shop.service.doors

    verifier = "v" * 43
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")

    async def come():
        _, code = await doors.invite("shop", challenge, own.shop.as_("dov"))
        await doors.enter("shop", code, verifier, Browser(address="192.0.2.9"))
        await doors.refused("shop", "vi", "192.0.2.7", "role", "no <role> is mapped")

    own.served.run(come())
    html = own.as_("vi").get("/doors").text
    text = Page(html).text
    assert "1 person is through a front door" in text and "192.0.2.9" in text
    assert "Turned away lately" in html and "<role>" not in html
