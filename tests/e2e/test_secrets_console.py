"""Somebody keeps a secret on the console, and follows a leak while its clock is running."""

import pytest

from tests.e2e.seats import desk
from tests.edges.console.serving import served
from tests.edges.console.week import lived

VALUE = "-----BEGIN KEY-----\nnobody-sees-this-4711\n-----END KEY-----"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with served(tmp_path_factory.mktemp("secrets")) as opened:
        opened.run(lived(opened.shop))
        yield opened


def test_a_value_is_typed_unseen_and_gone_afterwards(browser, shop):
    with desk(browser, shop.url, "cleo") as cleo:
        page = cleo.open("/secrets")
        page.get_by_label("Name, such as").fill("new/key")
        page.get_by_label("What it is, such as").fill("signing key")
        page.get_by_label("What it is for").fill("invoices")
        page.get_by_role("button", name="Keep it").click()
        page.wait_for_url("**/secrets/of/new/key")
        field = page.get_by_label("The value")
        field.fill(VALUE)
        drawn = field.evaluate("each => getComputedStyle(each).webkitTextSecurity")
        assert drawn == "disc"
        page.get_by_role("button", name="Make it the current one").click()
        page.get_by_text("Version 1 of new/key is the current one.").wait_for()
        assert page.get_by_label("The value").input_value() == ""
        page.go_back()
        assert VALUE not in page.content()
        assert "nobody-sees-this" not in page.get_by_label("The value").input_value()
        page.reload()
        assert page.get_by_label("The value").input_value() == ""
        secret = shop.shop.service.secrets.get("new/key", shop.shop.as_("cleo"))
        assert shop.run(shop.shop.service.secrets.value(secret)) == VALUE.encode()
        assert cleo.complaints == []


def test_the_clock_of_a_leak_runs(browser, shop):
    with desk(browser, shop.url, "dov") as dov:
        page = dov.open("/secrets/leaks")
        page.get_by_role("link", name="telegram/bot").click()
        clock = page.locator("time[data-clock]")
        before = clock.inner_text()
        page.wait_for_function(
            "was => document.querySelector('time[data-clock]').textContent !== was", arg=before
        )
        minutes, seconds = map(int, clock.inner_text().split(":"))
        assert minutes < 60 and 0 <= seconds < 60
        page.get_by_role("button", name="Take it now").first.click()
        page.get_by_role("button", name="Take it again").first.wait_for()
        assert dov.complaints == []


def test_the_flow_is_whole_on_paper(browser, shop):
    with desk(browser, shop.url, "vi") as vi:
        page = vi.open("/secrets/flow")
        page.emulate_media(media="print")
        assert page.locator("svg.flows.lying").first.is_visible()
        assert page.locator("header.side").is_hidden()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
