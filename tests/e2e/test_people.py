"""People at the console in a real browser, with an authenticator of the browser's own making."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect, sync_playwright

from tests.e2e.test_console import CONTRAST, LOWEST_CONTRAST, THEMES, WIDTHS
from tests.edges.console.serving import Served, served
from tests.edges.console.shop import PASSWORD

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
"""A device that has its owner's finger on it all the time."""


@dataclass
class Seat:
    """Somebody at a browser with a device for passkeys, and what the browser complained of."""

    page: Page
    url: str
    device: CDPSession
    authenticator: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.url}{path}")
        return self.page

    def finger(self, *, on: bool) -> None:
        asked = {"authenticatorId": self.authenticator, "isUserVerified": on}
        self.device.send("WebAuthn.setUserVerified", asked)

    def passkeys(self) -> int:
        asked = {"authenticatorId": self.authenticator}
        return len(self.device.send("WebAuthn.getCredentials", asked)["credentials"])


@pytest.fixture(scope="module")
def browser(chromium) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("people"), story=False) as opened:
        yield opened


@contextmanager
def seat(browser: Browser, shop: Served, **options) -> Iterator[Seat]:
    context: BrowserContext = browser.new_context(
        viewport={"width": 1440, "height": 900}, **options
    )
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    made = device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    # Passkeys are bound to a name; an address is none.
    url = shop.url.replace("127.0.0.1", "localhost")
    taken = Seat(page, url, device, made["authenticatorId"])
    page.on("console", lambda said: taken.complaints.append(f"{said.type}: {said.text}"))
    page.on("pageerror", lambda error: taken.complaints.append(str(error)))
    yield taken
    context.close()


def invited(shop: Served, name: str, *roles: str) -> str:
    link = shop.run(shop.shop.service.people.invite_as(name, roles, (), "ana")).link
    return link[link.index("/welcome/") :]


def welcomed(at: Seat, shop: Served, name: str, *roles: str) -> Page:
    """Somebody new, who followed their link with a passkey."""
    page = at.open(invited(shop, name, *roles))
    page.get_by_role("button", name="Make a passkey").click()
    page.wait_for_url(f"{at.url}/me")
    return page


def by_password(at: Seat, name: str, code: str = "") -> Page:
    page = at.open("/login")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in").click()
    return page


def test_a_link_a_passkey_and_in_again_without_a_word(browser, shop):
    with seat(browser, shop) as at:
        page = welcomed(at, shop, "wren", "admin")
        assert at.passkeys() == 1
        expect(page.locator("h1")).to_have_text("You sign in with a passkey")
        expect(page.locator(".lead")).to_contain_text("admin")
        page.get_by_role("button", name="Make recovery codes").click()
        expect(page.locator(".codes li")).to_have_count(10)
        page.get_by_role("link", name="I have kept them").click()
        expect(page.locator("main")).to_contain_text("10 of 10 are left")
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("button", name="Use a passkey").focus()
        page.keyboard.press("Enter")
        page.wait_for_url(f"{at.url}/")
        expect(page.locator(".foot .who")).to_contain_text("wren")
        assert shop.shop.service.running.store.operator("wren")[0].roles == {"admin"}
        assert at.complaints == []


def test_a_passkey_that_is_not_used_is_said_and_tried_again(browser, shop):
    with seat(browser, shop) as at:
        page = welcomed(at, shop, "kit", "viewer")
        page.get_by_role("button", name="Sign out").click()
        at.finger(on=False)
        page.get_by_role("button", name="Use a passkey").click()
        expect(page.get_by_role("alert")).to_contain_text("The passkey was not used")
        expect(page.get_by_role("button", name="Use a passkey")).to_be_focused()
        at.finger(on=True)
        page.get_by_role("button", name="Use a passkey").click()
        page.wait_for_url(f"{at.url}/")


def test_one_device_has_one_passkey_of_a_person(browser, shop):
    with seat(browser, shop) as at:
        page = welcomed(at, shop, "lee", "viewer")
        page.get_by_label("What to call it").fill("a second one")
        page.get_by_role("button", name="Add a passkey").click()
        expect(page.get_by_role("alert")).to_contain_text("has a passkey for you already")
        assert at.passkeys() == 1


def test_an_act_leads_to_the_passkey_and_back(browser, shop):
    with seat(browser, shop) as at:
        page = welcomed(at, shop, "max", "admin")
        shop.shop.clock.skip(minutes=6)
        at.open("/me")
        page.get_by_role("button", name="Make recovery codes").click()
        page.wait_for_url("**/prove?next=%2Fme")
        expect(page.locator("main")).to_contain_text("Nothing was changed yet.")
        page.get_by_role("button", name="Use a passkey").click()
        page.wait_for_url(f"{at.url}/me")
        page.get_by_role("button", name="Make recovery codes").click()
        expect(page.locator(".codes li")).to_have_count(10)
        assert at.complaints == []


def test_at_an_address_it_says_where_passkeys_work(browser, shop):
    with seat(browser, shop) as at:
        at.page.goto(f"{shop.url}/login")
        at.page.get_by_role("button", name="Use a passkey").click()
        expect(at.page.get_by_role("alert")).to_contain_text("Passkeys work at localhost")


def test_password_and_code_without_script(browser, shop):
    with seat(browser, shop, java_script_enabled=False) as at:
        page = by_password(at, "cleo")
        expect(page.get_by_role("button", name="Use a passkey")).to_have_count(0)
        page = at.open("/me")
        expect(page.get_by_role("button", name="Add a passkey")).to_be_hidden()
        page.get_by_role("link", name="Set up an authenticator app").click()
        secret = page.locator("main code").inner_text()
        clock = shop.shop.clock
        page.get_by_label("The code it shows").fill(pyotp.TOTP(secret).at(clock.now()))
        page.get_by_role("button", name="Set up").click()
        expect(page.locator("h1")).to_have_text("You sign in with a password and a code")
        page.get_by_role("button", name="Sign out").click()
        by_password(at, "cleo")
        expect(page.get_by_role("alert")).to_contain_text("has a second factor")
        clock.skip(seconds=30)
        by_password(at, "cleo", pyotp.TOTP(secret).at(clock.now()))
        page.wait_for_url(f"{at.url}/")


def test_a_sign_in_elsewhere_is_told_and_ended(browser, shop):
    with seat(browser, shop) as here, seat(browser, shop) as there:
        by_password(here, "tess")
        by_password(there, "tess")
        page = here.open("/me")
        expect(page.get_by_role("status")).to_contain_text("A new device or place signed in as you")
        page.get_by_role("button", name="End all others").click()
        expect(page.get_by_role("status")).to_contain_text("All others are signed out")
        there.open("/me").wait_for_url("**/login?next=%2Fme")


def test_an_administrator_invites_a_colleague(browser, shop):
    with seat(browser, shop) as at, seat(browser, shop) as colleague:
        page = welcomed(at, shop, "ada", "admin")
        page.goto(f"{at.url}/people/operators")
        page.get_by_label("Name").fill("olga")
        page.get_by_label("approver").check()
        page.get_by_role("button", name="Make the link").press("Enter")
        expect(page.locator("h1")).to_have_text("A link for olga")
        link = page.locator("main code").inner_text()
        came = colleague.page
        came.goto(link)
        expect(came.locator("h1")).to_have_text("Welcome, olga")
        came.get_by_role("button", name="Make a passkey").click()
        came.wait_for_url(f"{at.url}/me")
        expect(came.locator(".lead")).to_contain_text("You are olga, approver.")
        came.goto(link)
        expect(came.locator("h1")).to_have_text("This link is not good, or no longer")


def test_every_door_fits_and_is_legible(browser, shop):
    with seat(browser, shop) as at:
        doors = ["/login", invited(shop, "n" * 32, "admin", "builder", "viewer"), "/welcome/gone"]
        looked(at, doors)
        by_password(at, "vi")
        at.page.wait_for_url(f"{at.url}/")
        looked(at, ["/me", "/me/codes", "/prove?next=/me", "/people/operators"])
        assert not [each for each in at.complaints if "404" not in each]


def looked(at: Seat, paths: list[str]) -> None:
    for theme in THEMES:
        at.page.emulate_media(color_scheme=theme)
        for width in WIDTHS:
            at.page.set_viewport_size({"width": width, "height": 900})
            for path in paths:
                page = at.open(path)
                wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert wide <= 0, (path, width)
                ratio, words = page.evaluate(CONTRAST)
                assert ratio >= LOWEST_CONTRAST, (path, theme, ratio, words)
