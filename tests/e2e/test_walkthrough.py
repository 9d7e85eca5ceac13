"""A new user's first hour with people, as docs/walkthrough.md tells it: `clawband up`, then on.

The gateway is a real one. Three people sit at browsers, each with a device for passkeys.
"""

import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.commands import Up, clawband, configured, heard, say
from tests.e2e.seats import Seat, seat

WORKFLOWS = Path(__file__).resolve().parents[2] / "examples" / "workflows"
FIRST_TURN = 240_000
"""Milliseconds. On a busy machine a gateway takes its time for the first one."""
ONE = '[[approvals]]\ntool = "account_close"\nrole = "approver"\n'


@dataclass
class Company:
    """Clawband in a folder, with a gateway and a chat."""

    folder: Path
    url: str
    link: str
    chat: str

    def command(self, *arguments: str) -> str:
        """One that `ada` gives, whom the first start signed in at the terminal."""
        done = clawband(self.folder, *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def company(tmp_path: Path, modules: Path) -> Iterator[Company]:
    configured(tmp_path)
    up = Up(tmp_path)
    try:
        up.until(r"ready in \d+ s")
        url, link = up.until(r"(http://localhost:\d+)(/welcome/\S+)").groups()
        yield Company(tmp_path, url, link, up.until(r"chat +(http://\S+)/")[1])
        assert up.stop() == 0
    finally:
        up.stop(signal.SIGKILL)


def said(page: Page, words: str) -> None:
    expect(page.locator(".notice")).to_contain_text(words)


@pytest.mark.timeout(1_200)
def test_from_the_first_link_to_broken_glass(company: Company, browser: Browser) -> None:
    with (
        seat(browser, company.url) as owner,
        seat(browser, company.url) as noor,
        seat(browser, company.url) as remy,
    ):
        welcomed(owner, company.link)
        invited(owner, noor, "noor", "approver")
        invited(owner, remy, "remy", "auditor")
        two_people_change_the_rule(company, owner)
        a_role_for_a_while(owner, noor)
        two_people_let_one_call_happen(company, owner, noor)
        everybody_is_reviewed(company, owner, remy)
        the_glass_is_broken(company, owner, noor, remy)
        for each in (owner, noor, remy):
            assert each.complaints == []
    assert "noor" in company.command("who-can", "--critical")
    company.command("audit", "verify", "--store")


def welcomed(at: Seat, link: str) -> None:
    page = at.open(link)
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.locator("h1")).to_have_text("You sign in with a passkey")


def invited(owner: Seat, at: Seat, name: str, role: str) -> None:
    page = owner.open("/people/operators")
    page.get_by_label("Name").fill(name)
    page.get_by_label(role).check()
    page.get_by_role("button", name="Make the link").press("Enter")
    expect(page.locator("h1")).to_have_text(f"A link for {name}")
    welcomed(at, page.locator("main code").inner_text().removeprefix(at.url))


def two_people_change_the_rule(company: Company, owner: Seat) -> None:
    """Closing an account takes two from now on: ada proposes it, the owner agrees."""
    policies = company.folder / "next"
    shutil.copytree(WORKFLOWS, policies)
    manifest = policies / "support.toml"
    before = manifest.read_text()
    assert ONE in before
    manifest.write_text(before.replace(ONE, ONE + "people = 2\n"))
    company.command("propose", "publish", str(policies), "--note", "closing an account takes two")
    page = owner.open("/people/changes")
    page.get_by_role("link", name="ada wants to put the policy set").click()
    expect(page.locator("main")).to_contain_text("2 people with the role approver")
    page.get_by_role("button", name="Agree: it happens now").press("Enter")
    said(page, "You agreed, and it was done.")


def a_role_for_a_while(owner: Seat, noor: Seat) -> None:
    page = owner.open("/people/elevations")
    page.get_by_label("Role", exact=True).select_option("approver")
    page.get_by_label("For", exact=True).select_option("15 minutes")
    page.get_by_label("What for").fill("the second approver is ill")
    page.get_by_role("button", name="Ask", exact=True).press("Enter")
    said(page, "You asked for the role approver.")
    page = noor.open("/people/elevations")
    page.get_by_role("button", name="Let them be approver").press("Enter")
    said(page, "owner has the role approver for 15 minutes.")


def two_people_let_one_call_happen(company: Company, owner: Seat, noor: Seat) -> None:
    say(company.chat, "support", "close account 5")
    page = noor.open("/")
    card = page.get_by_role("link", name="sample/support wants to delete with account_close")
    expect(card).to_be_visible(timeout=FIRST_TURN)
    card.click()
    expect(page.locator(".arguments")).to_contain_text("5")
    page.get_by_role("button", name="Allow account_close once").press("Enter")
    expect(page.locator("#state")).to_contain_text("Agreed: noor")
    expect(page.locator("#approve")).to_have_count(0)
    assert not heard(company.chat, '"closed"', 1), "one is not enough"
    owner.page.goto(page.url)
    owner.page.get_by_role("button", name="Allow account_close once").press("Enter")
    expect(owner.page.locator("#state")).to_contain_text("owner")
    assert heard(company.chat, '"closed"')


def everybody_is_reviewed(company: Company, owner: Seat, remy: Seat) -> None:
    page = owner.open("/people/reviews")
    page.get_by_role("button", name="Begin one now").press("Enter")
    expect(page.locator("h1")).to_contain_text("to decide")
    item = page.locator("[data-id='person:olga']")
    item.get_by_label("Why").fill("made for the sample")
    item.get_by_role("button", name="Revoke").press("Enter")
    said(page, "The account of olga is gone, from now on.")
    all_kept(page)
    expect(page.locator("main")).to_contain_text("Yours, so somebody else decides.")
    remy.page.goto(page.url)
    all_kept(remy.page)
    remy.page.get_by_role("button", name="Close the review").press("Enter")
    said(remy.page, "The review is closed.")
    review = page.url.rpartition("/")[2]
    evidence = str(company.folder / "review.json")
    company.command("review", "evidence", review, "-o", evidence)
    key = company.command("audit", "key").strip()
    assert "decisions proved" in company.command("review", "verify", evidence, "--key", key)


def all_kept(page: Page) -> None:
    while (keep := page.get_by_role("button", name="Keep")).count():
        one = page.get_by_role("button", name=keep.first.get_attribute("aria-label"), exact=True)
        with page.expect_navigation():
            one.press("Enter")
        expect(one).to_have_count(0)
        said(page, "is kept.")


def the_glass_is_broken(company: Company, owner: Seat, noor: Seat, remy: Seat) -> None:
    one, two, _ = company.command("break-glass", "seal", "--codes", "3").split()
    page = noor.open("/people/glass")
    page.get_by_label("What the emergency is").fill("support writes to customers by itself")
    page.get_by_label("The code in your envelope").fill(one)
    page.get_by_role("button", name="Begin to break the glass").press("Enter")
    said(page, "Somebody else must come within a quarter of an hour")
    page = remy.open("/people/glass")
    page.locator("#broken").get_by_label("The code in your envelope").fill(two)
    page.get_by_role("button", name="Make noor administrator for an hour").press("Enter")
    said(page, "The glass is broken: noor is administrator for an hour.")
    expect(owner.open("/").locator("#alarms")).to_contain_text("The glass is broken: noor")
    noor.open("/controls?kind=agent&name=sample/support")
    noor.page.get_by_label("Its name").press("Enter")
    say(company.chat, "support", "summarise ticket 3")
    assert heard(company.chat, "paused")
    noor.open("/people/glass")
    noor.page.get_by_role("button", name="End it now").press("Enter")
    said(noor.page, "noor is no longer administrator. A review is due.")
    page = owner.open("/people/glass")
    page.get_by_label("Was it needed, and what follows").fill("needed; support stays paused")
    page.get_by_role("button", name="It is reviewed").press("Enter")
    said(page, "It is reviewed")
    expect(page.locator("#alarms")).to_be_empty()
