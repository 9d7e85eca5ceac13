"""The page of the flow: what agents can get at beside what they cannot, and never a value."""

import pytest

from clawband.edges.console.secret_flow import sentence
from clawband.flows.secret_flow import Course, Reach
from tests.edges.console.browsing import Page
from tests.edges.console.kept_files import VALUE
from tests.edges.console.shop import HOSTILE
from tests.edges.console.test_bands import strand

PLACE = "/secrets/flow"


def test_both_sides_and_what_mends(house):
    html = house.as_("vi").get(PLACE).text
    text = Page(html).text
    assert "6 keys lie where agents can read them" in text
    assert "clawband secret import --gateway sample" in text
    assert "guard not proved" in text and "openclaw.json.bak" in text
    assert "there is no such secret" in text.lower()
    assert "model provider stub" in text and "Never leaves Clawband" in text
    assert VALUE not in html and HOSTILE not in html


def test_the_table_says_all_that_is_drawn(house):
    page = Page(house.as_("vi").get(PLACE).text)
    pictures = [each for each in page.all("svg") if "flows" in each.attributes["class"]]
    assert len(pictures) == 6, "each side once lying and once standing"
    for each in pictures:
        assert each.attributes["role"] == "img"
        assert "the table below says the same" in each.attributes["aria-label"]
    for key in ("gateway.auth.token", "channels.telegram.botToken", "SEARCH_API_KEY"):
        assert key in page.text


def test_nothing_is_there_yet(empty):
    assert "nothing to draw" in Page(empty.as_("vi").get(PLACE).text).text


@pytest.mark.parametrize(
    ("reaches", "said"),
    [
        ([Reach.OPEN], "1 key lies where agents can read it."),
        ([Reach.OPEN, Reach.LENT, Reach.NEAR], "1 key lies where agents can read it; "
         "1 never reaches one."),
        ([Reach.GUARDED, Reach.NEAR], "2 keys lie in clear, kept from agents by their guard only."),
        ([Reach.GIVEN, Reach.LENT, Reach.LENT], "No key lies where an agent could get at it; "
         "2 never reach one."),
        ([], "No key lies where an agent could get at it."),
    ],
)  # fmt: skip
def test_in_one_breath(house, reaches, said):
    strands = tuple(strand(each, f"k{number}") for number, each in enumerate(reaches))
    course = Course(gateway=house.shop.gateway, governed=True, strands=strands)
    assert sentence([course]) == said
