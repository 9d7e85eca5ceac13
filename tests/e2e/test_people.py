"""People at the console in a real browser, with an authenticator of the browser's own making."""

from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.seats import Seat, seat
from tests.edges.console.serving import Served, served


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("people"), story=False) as opened:
        yield opened


def invited(shop: Served, name: str, *roles: str) -> str:
    link = shop.run(shop.shop.service.people.invite_as(name, roles, (), "ana")).link
    return link[link.index("/welcome/") :]


def welcomed(at: Seat, shop: Served, name: str, *roles: str) -> Page:
    """Somebody new, who followed their link with a passkey."""
    page = at.open(invited(shop, name, *roles))
    page.get_by_role("button", name="Make a passkey").click()
    page.wait_for_url(f"{at.url}/me")
    return page


def test_a_link_a_passkey_and_in_again_without_a_word(browser, shop):
    with seat(browser, shop.url) as at:
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
    with seat(browser, shop.url) as at:
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
    with seat(browser, shop.url) as at:
        page = welcomed(at, shop, "lee", "viewer")
        page.get_by_label("What to call it").fill("a second one")
        page.get_by_role("button", name="Add a passkey").click()
        expect(page.get_by_role("alert")).to_contain_text("has a passkey for you already")
        assert at.passkeys() == 1


def test_an_act_leads_to_the_passkey_and_back(browser, shop):
    with seat(browser, shop.url) as at:
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
    with seat(browser, shop.url) as at:
        at.page.goto(f"{shop.url}/login")
        at.page.get_by_role("button", name="Use a passkey").click()
        expect(at.page.get_by_role("alert")).to_contain_text("Passkeys work at localhost")


def test_password_and_code_without_script(browser, shop):
    with seat(browser, shop.url, java_script_enabled=False) as at:
        page = at.sign_in("cleo")
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
        at.sign_in("cleo")
        expect(page.get_by_role("alert")).to_contain_text("has a second factor")
        clock.skip(seconds=30)
        at.sign_in("cleo", pyotp.TOTP(secret).at(clock.now()))
        page.wait_for_url(f"{at.url}/")


def test_a_sign_in_elsewhere_is_told_and_ended(browser, shop):
    with seat(browser, shop.url) as here, seat(browser, shop.url) as there:
        here.sign_in("tess")
        there.sign_in("tess")
        page = here.open("/me")
        expect(page.get_by_role("status")).to_contain_text("A new device or place signed in as you")
        page.get_by_role("button", name="End all others").click()
        expect(page.get_by_role("status")).to_contain_text("All others are signed out")
        there.open("/me").wait_for_url("**/login?next=%2Fme")


def test_an_administrator_invites_a_colleague(browser, shop):
    with seat(browser, shop.url) as at, seat(browser, shop.url) as colleague:
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


def test_every_door_fits_is_legible_and_accessible(browser, shop, axe):
    with seat(browser, shop.url, axe) as at:
        doors = ["/login", invited(shop, "n" * 32, "admin", "builder", "viewer"), "/welcome/gone"]
        looked(at, doors)
        at.sign_in("vi")
        at.page.wait_for_url(f"{at.url}/")
        looked(at, ["/me", "/me/codes", "/prove?next=/me", "/people/operators"])
        assert not [each for each in at.complaints if "404" not in each]


def looked(at: Seat, paths: list[str]) -> None:
    for path in paths:
        at.open(path)
        at.looked(path.partition("?")[0].strip("/").replace("/", "-")[:40])
