"""Somebody at a browser, with a device for passkeys, and how every page looks to them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, CDPSession, Page

from tests.edges.console.shop import PASSWORD

Theme = Literal["light", "dark"]
WIDTHS = (390, 768, 1440)
THEMES: tuple[Theme, ...] = ("light", "dark")
LOWEST_CONTRAST = 4.5
# The least contrast of visible text, as the browser paints it (WCAG 2.2 §1.4.3). Axe leaves out
# what is drawn, and what it is not sure of.
CONTRAST = """
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => {
    const linear = (c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    const [x, y, z] = [r, g, b].map((c) => linear(c / 255));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const color = rgba(getComputedStyle(each).backgroundColor);
      if (color[3] === 255) return color;
    }
    return rgba(getComputedStyle(document.documentElement).backgroundColor);
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const paint = element.closest("svg") ? style.fill : style.color;
    const [a, b] = [light(rgba(paint)), light(behind(element))].sort((x, y) => y - x);
    found.push([(a + 0.05) / (b + 0.05), walker.currentNode.data.trim().slice(0, 40)]);
  }
  return found.sort((x, y) => x[0] - y[0])[0];
}
"""
AXE = """
() => axe.run(document, { resultTypes: ["violations"] }).then((found) =>
  found.violations.map((each) => [each.impact, each.id,
    ...each.nodes.slice(0, 3).map((node) => node.html.slice(0, 160))]))
"""
TOLERATED = (None, "minor")
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
"""A device that has its owner's finger on it all the time."""
PICTURES = os.environ.get("CLAWBAND_PICTURES", "")
"""A folder for pictures of what is looked at, for people to look at too."""


@dataclass
class Seat:
    """Somebody at a browser with a device for passkeys, and what the browser complained of."""

    page: Page
    url: str
    device: CDPSession
    authenticator: str
    axe: str = ""
    """The program of axe-core; without it `looked` judges width and contrast only."""
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.url}{path}")
        return self.page

    def sign_in(self, name: str, code: str = "") -> Page:
        """With the password that everybody in the shop has."""
        page = self.open("/login")
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_label("Code").fill(code)
        page.get_by_role("button", name="Sign in").click()
        return page

    def finger(self, *, on: bool) -> None:
        asked = {"authenticatorId": self.authenticator, "isUserVerified": on}
        self.device.send("WebAuthn.setUserVerified", asked)

    def passkeys(self) -> int:
        asked = {"authenticatorId": self.authenticator}
        return len(self.device.send("WebAuthn.getCredentials", asked)["credentials"])

    def looked(self, name: str) -> None:
        """The page as it is now fits, is legible and is accessible, in every theme and width."""
        assert self.flaws(name) == []

    def flaws(self, name: str) -> list[Any]:
        """What is wrong with how it looks; `name` is that of its pictures."""
        found: list[Any] = []
        for theme in THEMES:
            self.page.emulate_media(color_scheme=theme)
            for width in WIDTHS:
                self.page.set_viewport_size({"width": width, "height": 900})
                found += [[name, theme, width, *each] for each in self._judged()]
                if width != WIDTHS[1]:
                    found += [[name, theme, width, *each] for each in self._audited()]
                    self._pictured(f"{name}-{theme}-{width}.png")
        self.page.emulate_media(color_scheme="light")
        return found

    def _judged(self) -> list[Any]:
        page, found = self.page, []
        if wide := page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)"):
            found.append(["too wide", wide])
        ratio, words = page.evaluate(CONTRAST)
        if ratio < LOWEST_CONTRAST:
            found.append(["contrast", ratio, words])
        return found

    def _audited(self) -> list[Any]:
        if not self.axe:
            return []
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(self.axe)
        return [each for each in self.page.evaluate(AXE) if each[0] not in TOLERATED]

    def _pictured(self, name: str) -> None:
        if PICTURES:
            self.page.screenshot(path=Path(PICTURES) / name, full_page=True)


@contextmanager
def seat(browser: Browser, url: str, axe: str = "", **options: Any) -> Iterator[Seat]:
    """A browser of its own at `url`, by the name that passkeys are bound to."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, **options)
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    made = device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    here = url.replace("127.0.0.1", "localhost")
    taken = Seat(page, here, device, made["authenticatorId"], axe)
    page.on("console", lambda said: taken.complaints.append(f"{said.type}: {said.text}"))
    page.on("pageerror", lambda error: taken.complaints.append(str(error)))
    yield taken
    context.close()


@contextmanager
def desk(browser: Browser, url: str, name: str, axe: str = "", **options: Any) -> Iterator[Seat]:
    """The same, with somebody of the shop signed in by password."""
    with seat(browser, url, axe, **options) as at:
        at.sign_in(name).wait_for_url(f"{at.url}/")
        yield at
