"""The console in a real browser: how it looks, what it blocks, how it is used without a mouse."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.seats import desk
from tests.edges.console.serving import Served, served
from tests.edges.console.shop import LONG, PASSWORD
from tests.simulators.post import BOB, EVE


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("shop")) as opened:
        yield opened


def test_the_browser_blocks_what_is_not_ours(browser, shop):
    with desk(browser, shop.url, "bo") as at:
        at.page.evaluate("""() => {
            const script = document.createElement("script");
            try { script.textContent = "window.mine = 1"; } catch { window.refused = true; }
            const style = document.createElement("style");
            style.textContent = "body { display: none }";
            document.head.append(style);
            try { document.body.innerHTML = "<b>gone</b>"; } catch { window.kept = true; }
        }""")
        assert at.page.evaluate("[window.mine, window.refused, window.kept]") == [None, True, True]
        expect(at.page.locator("h1")).to_be_visible()
        assert any("style-src" in each for each in at.complaints)


def test_an_approval_by_keyboard_alone(browser, shop):
    with desk(browser, shop.url, "bo") as at:
        page = at.page
        page.keyboard.press("Control+k")
        page.keyboard.type("appr")
        expect(page.locator("#palette-list")).to_contain_text("Approvals")
        page.keyboard.press("Enter")
        page.wait_for_url("**/approvals")
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("k")
        page.keyboard.press("j")
        expect(page.locator("a.open:focus")).to_contain_text("refund")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/approvals/{shop.shop.ids['parked']}")
        page.keyboard.press("a")
        expect(page.locator("#approve")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("You allowed refund once")
        expect(page.locator("#state")).to_contain_text("approved, not used yet")
        expect(page.locator("#approve")).to_have_count(0)


def test_one_key_never_approves(browser, shop):
    with desk(browser, shop.url, "bo") as at:
        at.open(f"/approvals/{shop.shop.ids['waiting']}")
        for key in ("a", "j", "y", "p", "a"):
            at.page.keyboard.press(key)
        expect(at.page.locator("#approve")).to_be_focused()
        assert shop.shop.service.running.store.approval(shop.shop.ids["waiting"]).state == "pending"


def test_alike_cards_are_decided_at_once_by_keyboard(browser, shop):
    with desk(browser, shop.url, "bo") as at:
        page = at.open("/approvals")
        offer = page.locator("#offers")
        expect(offer.locator("mark")).to_have_text([EVE, BOB])
        offer.get_by_label("What for").focus()
        page.keyboard.type("the press li")
        where = {"messageProvider": "telegram", "senderId": "8", "runId": "run-offer"}
        context = {"agentId": "support", "sessionKey": "agent:support:telegram:direct:8", **where}
        shop.run(shop.shop.call("refund", {"order": "B-8", "amount": 5}, context))
        expect(page.locator("#waiting")).to_contain_text("telegram:8")
        expect(offer.get_by_label("What for")).to_be_focused()
        page.keyboard.type("st")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("2 calls go on, and later ones")
        expect(page.locator("#offers mark")).to_have_count(0)
        page.get_by_role("link", name="What people vouch for").click()
        expect(page.locator("h1")).to_have_text("People vouch for 3 values")
        expect(page.locator("#standing")).to_contain_text("The press list.")
        page.get_by_role("button", name="Revoke").first.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("Nobody vouches for")
        expect(page.locator("h1")).to_have_text("People vouch for 2 values")
        assert at.complaints == []


def test_new_rows_arrive_and_never_steal_the_focus(browser, shop):
    with desk(browser, shop.url, "vi") as at:
        page = at.open("/activity")
        expect(page.locator("#hold-word")).to_have_text("Live")
        page.keyboard.press("/")
        page.keyboard.type("half a wo")
        shop.run(shop.shop.service.stops.pause("tool", "write", shop.shop.as_("dov"), "first"))
        expect(page.locator("#rows tr[data-row]").first).to_contain_text("tool:write")
        expect(page.locator("#announce")).to_contain_text("tool:write")
        expect(page.locator("#q")).to_be_focused()
        expect(page.locator("#q")).to_have_value("half a wo")
        page.locator("#hold").click()
        shop.run(shop.shop.service.stops.resume("tool", "write", shop.shop.as_("dov")))
        expect(page.locator("#fresh")).to_have_text("Show 1 new")
        expect(page.locator("#rows tr[data-row]").first).not_to_contain_text("resumes")
        page.locator("#fresh").click()
        expect(page.locator("#rows tr[data-row]").first).to_contain_text("resumes")
        assert at.complaints == []


def test_somebody_in_the_list_keeps_their_place(browser, shop):
    with desk(browser, shop.url, "vi") as at:
        page = at.open("/activity")
        page.keyboard.press("j")
        page.keyboard.press("j")
        place = page.locator("a.open:focus").get_attribute("href")
        shop.run(shop.shop.service.stops.pause("tool", "write", shop.shop.as_("dov"), LONG))
        expect(page.locator("#fresh")).to_have_text("Show 1 new")
        assert page.locator("a.open:focus").get_attribute("href") == place
        shop.run(shop.shop.service.stops.resume("tool", "write", shop.shop.as_("dov")))


def test_the_number_that_waits_is_kept_fresh(browser, shop):
    with desk(browser, shop.url, "bo") as at:
        before = at.page.locator("#nav .count").inner_text()
        context = {"agentId": "support", "sessionKey": "agent:support:telegram:direct:9",
                   "runId": "run-live", "messageProvider": "telegram", "senderId": "9"}  # fmt: skip
        shop.run(shop.shop.call("refund", {"order": "B-1", "amount": 5}, context))
        expect(at.page.locator("#nav .count")).not_to_have_text(before)
        expect(at.page.locator("#now")).to_contain_text("telegram:9")


def test_help_and_palette_open_and_close(browser, shop):
    with desk(browser, shop.url, "vi") as at:
        page = at.open("/policy")
        page.keyboard.press("?")
        expect(page.locator("#keys")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#keys")).to_be_hidden()
        page.keyboard.press("Meta+k")
        page.keyboard.type("lead")
        expect(page.locator("#palette-list li").first).to_contain_text("lead-capture")
        page.keyboard.press("ArrowDown")
        expect(page.locator("#palette-list li").nth(1)).to_have_attribute("aria-selected", "true")
        page.keyboard.press("Escape")
        page.keyboard.press("Control+k")
        page.keyboard.type(shop.shop.ids["deny"])
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/events/{shop.shop.ids['deny']}")


def test_the_theme_can_be_chosen_and_stays(browser, shop):
    with desk(browser, shop.url, "vi", color_scheme="light") as at:
        for chosen in ("light", "dark"):
            at.page.get_by_role("button", name="Theme").click()
            expect(at.page.locator("html")).to_have_attribute("data-theme", chosen)
        background = "getComputedStyle(document.documentElement).backgroundColor"
        assert at.open("/policy").evaluate(background) == "rgb(20, 21, 23)"


def test_everything_works_without_script(browser, shop):
    with desk(browser, shop.url, "bo", java_script_enabled=False) as at:
        page = at.open("/activity")
        page.locator("#q").fill("billing_read")
        page.keyboard.press("Enter")
        page.locator("a.open").first.click()
        expect(page.locator("h1")).to_contain_text("billing_read")
        page.go_back()
        expect(page.locator("#q")).to_have_value("billing_read")
        at.open(f"/approvals/{shop.shop.ids['waiting']}")
        page.get_by_label("Reason").fill("not today")
        page.get_by_role("button", name="Refuse").click()
        expect(page.get_by_role("status")).to_contain_text("You refused account_close")
        page.get_by_role("button", name="Sign out").click()
        expect(page.locator("h1")).to_have_text("Sign in")


def test_a_deep_link_survives_the_sign_in(browser, shop):
    page = browser.new_page()
    page.goto(f"{shop.url}/activity?q=refund&show=held")
    page.get_by_label("Name").fill("vi")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{shop.url}/activity?q=refund&show=held")
    page.close()


def test_a_page_without_connection_says_so(browser, shop):
    with desk(browser, shop.url, "vi") as at:
        expect(at.page.locator("#lost")).to_be_hidden()
        at.page.context.set_offline(True)
        expect(at.page.locator("#lost")).to_be_visible(timeout=15_000)
        at.page.context.set_offline(False)
        expect(at.page.locator("#lost")).to_be_hidden(timeout=15_000)
