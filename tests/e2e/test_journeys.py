"""What people do with people, each in a browser: lend, agree, break glass, review, stand in."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from clawband.model.errors import AuthenticationError
from tests.e2e.seats import Seat, desk
from tests.edges.console.serving import Served, served


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("journeys")) as opened:
        yield opened


def said(page: Page, words: str) -> None:
    """What the last form did."""
    expect(page.locator(".notice")).to_contain_text(words)


def refused(at: Seat, path: str) -> None:
    """This page leads to the sign-in, as for anybody else."""
    at.open(path)
    expect(at.page.locator("h1")).to_have_text("Sign in")


def test_a_role_for_a_while(browser, shop, axe):
    with desk(browser, shop.url, "vi", axe) as vi, desk(browser, shop.url, "bo", axe) as bo:
        page = vi.open("/people/elevations")
        page.get_by_label("Role", exact=True).select_option("operator")
        page.get_by_label("For", exact=True).select_option("15 minutes")
        page.get_by_label("What for").fill("stop the mail agent")
        page.get_by_role("button", name="Ask", exact=True).press("Enter")
        said(page, "You asked for the role operator.")
        expect(page.get_by_role("button", name="Let them be")).to_have_count(0)

        page = bo.open("/people/elevations")
        expect(page.locator("#now")).to_contain_text("vi wants to be operator for 15 minutes")
        bo.looked("journey-elevation-asked")
        page.get_by_role("button", name="Let them be operator for 15 minutes").press("Enter")
        said(page, "vi has the role operator for 15 minutes.")
        expect(page.locator("h1")).to_have_text("1 person has a role for a while")

        page = vi.open("/controls?kind=tool&name=doc_read")
        page.get_by_label("Its name").press("Enter")
        expect(page.locator("main")).to_contain_text("doc_read")
        page = vi.open("/people/elevations")
        page.get_by_role("button", name="Give it back").press("Enter")
        said(page, "vi no longer has the role operator.")
        past = page.get_by_role("region", name="What happened")
        expect(past.locator("tbody tr").first).to_contain_text("no longer lends a role")
        expect(page.locator("h1")).to_have_text("Nobody has a role for a while")
        assert vi.complaints == bo.complaints == []


def test_two_people_for_one_change(browser, shop, axe):
    before = shop.shop.service.policies.active.digest
    note = "documents were read too widely"
    proposals = shop.shop.service.proposals
    made = shop.run(proposals.roll_back(note, shop.shop.as_("cleo")))
    with desk(browser, shop.url, "cleo") as cleo, desk(browser, shop.url, "bo", axe) as bo:
        page = cleo.open(f"/people/changes/{made.id}")
        expect(page.get_by_role("button", name="Withdraw")).to_be_visible()
        expect(page.get_by_role("button", name="Agree")).to_have_count(0)

        page = bo.open("/people")
        page.get_by_role("link", name="Changes that take two").click()
        page.wait_for_url("**/people/changes")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/people/changes/{made.id}")
        expect(page.locator("main")).to_contain_text("less")
        expect(page.locator("main")).to_contain_text(made.digest)
        bo.looked("journey-change-open")
        page.get_by_role("button", name="Agree: it happens now").press("Enter")
        said(page, "You agreed, and it was done.")
        expect(page.locator("main")).to_contain_text("done by bo")
        assert shop.shop.service.policies.active.digest == made.says["set"] != before
        bo.open("/policy")
        expect(page.locator("main")).to_contain_text(note)


def test_broken_glass_from_the_envelope_to_the_review(browser, shop, axe):
    one, two = shop.run(shop.shop.service.glass.seal(2, shop.shop.as_("ana")))
    with (
        desk(browser, shop.url, "vi", axe) as vi,
        desk(browser, shop.url, "dov") as dov,
        desk(browser, shop.url, "ana", axe) as ana,
    ):
        page = vi.open("/people/glass")
        page.get_by_label("What the emergency is").fill("the mail agent writes to customers")
        page.get_by_label("The code in your envelope").fill(one)
        page.get_by_role("button", name="Begin to break the glass").press("Enter")
        said(page, "Somebody else must come within a quarter of an hour")
        expect(page.locator("#broken")).to_contain_text("Somebody else opens another envelope.")

        page = dov.open("/people/glass")
        page.locator("#broken").get_by_label("The code in your envelope").fill(two)
        page.get_by_role("button", name="Make vi administrator for an hour").press("Enter")
        said(page, "The glass is broken: vi is administrator for an hour.")

        expect(ana.open("/approvals").locator("#alarms")).to_contain_text("The glass is broken")
        ana.looked("journey-glass-alarm")
        page = vi.open("/controls?kind=agent&name=sample/lead")
        page.get_by_label("Its name").press("Enter")
        page = vi.open("/people/glass")
        page.get_by_role("button", name="End it now").press("Enter")
        said(page, "vi is no longer administrator. A review is due.")

        page = ana.open("/")
        page.get_by_role("link", name="See what was done").click()
        page.get_by_role("link", name="vi was administrator").click()
        expect(page.locator("main")).to_contain_text("pauses agent:sample/lead")
        ana.open("/people/glass")
        page.get_by_label("Was it needed, and what follows").fill("needed; a filter follows")
        page.get_by_role("button", name="It is reviewed").press("Enter")
        said(page, "It is reviewed")
        expect(page.locator("#alarms")).to_be_empty()
        expect(page.locator("h1")).to_have_text("The glass is whole")


def test_a_key_is_shown_once_opens_the_api_and_ends(browser, shop, axe):
    accounts = shop.shop.service.accounts
    with desk(browser, shop.url, "ana", axe) as at:
        page = at.open("/people/accounts")
        page.get_by_label("Name").fill("ci-deploy")
        page.get_by_label("What it is for").fill("publishes policy from the main branch")
        page.get_by_role("button", name="Add it").press("Enter")
        said(page, "ci-deploy can do nothing until it has a key.")
        page.get_by_text("Change it").click()
        page.get_by_label("publish").check()
        page.get_by_role("button", name="Make the key").press("Enter")
        expect(page.locator("h1")).to_have_text("Keep this key now")
        key = page.locator(".command code").inner_text()
        at.looked("journey-key")
        assert accounts.who(key).scope == {"publish"}
        page.get_by_role("link", name="I have kept it").click()
        assert key not in page.content()
        page.get_by_role("button", name="Revoke").press("Enter")
        said(page, "The key opens nothing any more.")
        expect(page.locator("main")).to_contain_text("No key, so it can do nothing.")
        with pytest.raises(AuthenticationError):
            accounts.who(key)
        assert at.complaints == []


def test_somebody_stands_in_and_decides(browser, shop, axe):
    today = shop.shop.clock.now().date()
    waiting = f"/approvals/{shop.shop.ids['waiting']}"
    with desk(browser, shop.url, "bo", axe) as bo, desk(browser, shop.url, "dov") as dov:
        expect(dov.open(waiting).locator("#approve")).to_have_count(0)
        page = bo.open("/people/delegations")
        page.get_by_label("Who decides for you").select_option("dov")
        page.get_by_label("Last day").fill((today + timedelta(days=2)).isoformat())
        page.get_by_label("Why").fill("holiday")
        page.get_by_role("button", name="Let them decide").press("Enter")
        said(page, "dov decides approvals for you.")
        bo.looked("journey-delegation")

        page = dov.open(waiting)
        page.get_by_role("button", name="Allow account_close once").press("Enter")
        expect(page.locator("#state")).to_contain_text("dov for bo")
        page = bo.open("/people/delegations")
        page.get_by_role("button", name="End it").press("Enter")
        said(page, "Nobody decides for bo any more.")
        expect(dov.open(f"/approvals/{shop.shop.ids['parked']}").locator("#approve")).to_have_count(
            0
        )


def test_other_words_are_allowed_and_the_difference_is_seen(browser, shop, axe):
    with desk(browser, shop.url, "bo", axe) as at:
        page = at.open(f"/approvals/{shop.shop.ids['parked']}")
        page.get_by_text("Write what should happen instead").click()
        page.get_by_label("reason", exact=True).fill("broken on the way, says the carrier")
        page.get_by_label("amount", exact=True).fill("4100")
        at.looked("journey-edit")
        page.get_by_role("button", name="Allow what you wrote, once").press("Enter")
        said(page, "You changed refund and allowed that, once.")
        expect(page.locator("del", has_text="arrival")).to_be_visible()
        expect(page.locator("ins", has_text="carrier")).to_be_visible()
        expect(page.locator("#state")).to_contain_text("approved, not used yet")
        at.looked("journey-edited")
        assert at.complaints == []


def test_all_access_is_reviewed_and_what_is_revoked_is_gone_at_once(browser, shop, axe):
    with desk(browser, shop.url, "ana", axe) as ana, desk(browser, shop.url, "tess") as tess:
        page = ana.open("/people/reviews")
        page.get_by_role("button", name="Begin one now").press("Enter")
        expect(page.locator("h1")).to_contain_text("to decide")
        ana.looked("journey-review")
        item = page.locator("[data-id='person:tess']")
        item.get_by_label("Why").fill("left the company")
        item.get_by_role("button", name="Revoke").press("Enter")
        said(page, "The account of tess is gone, from now on.")
        refused(tess, "/approvals")
        while (keep := page.get_by_role("button", name="Keep")).count():
            name = keep.first.get_attribute("aria-label")
            one = page.get_by_role("button", name=name, exact=True)
            with page.expect_navigation():
                one.press("Enter")
            expect(one).to_have_count(0)
            said(page, "is kept.")
        expect(page.locator("main")).to_contain_text("Yours, so somebody else decides.")
        expect(page.locator("#decided + table")).to_contain_text("Left the company")
        assert ana.complaints == []
