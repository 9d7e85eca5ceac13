"""The page about enforcement, and its first line on every other page."""

from clawband.enforcement.canary import Judged, State
from tests.edges.console.browsing import Page, addresses

LOST = Judged(State.UNGOVERNED, "a call that must be refused went on, and we were not asked")
FOUND = Judged(State.GOVERNED, "all canaries came right")


def settle(own, judged, *agents):
    own.served.run(own.shop.service.enforcement.standings.settle(dict.fromkeys(agents, judged)))


def look(own, path, name="ana"):
    answer = own.as_(name).get(path)
    assert answer.status_code == 200, (path, answer.text)
    return Page(answer.text)


def test_every_page_says_who_is_ungoverned_and_only_then(own):
    for path in addresses(own.shop):
        assert "ungoverned:" not in look(own, path).text, path
    settle(own, LOST, "sample/support", "sample/lead")
    try:
        for path in addresses(own.shop):
            assert "2 agents are ungoverned: sample/lead, sample/support." in look(own, path).text
        assert "Enforcement is lost for 2 agents." in look(own, "/").text, (
            "known loss, then silence"
        )
        page = look(own, "/enforcement", "vi")
        assert "No: 2 of 2 agents are ungoverned." in page.text and LOST.why in page.text
        assert "is no longer governed" in page.text
    finally:
        settle(own, FOUND, "sample/support", "sample/lead")
    page = look(own, "/enforcement")
    assert "Yes: 2 agents are governed." in page.text
    assert "ungoverned:" not in look(own, "/").text


def test_many_are_counted(own):
    agents = [f"sample/agent-{number}" for number in range(7)]
    settle(own, LOST, *agents)
    try:
        text = look(own, "/").text
        assert "7 agents are ungoverned:" in text and "and 2 more." in text
    finally:
        settle(own, FOUND, *agents)


def test_only_who_may_stop_may_have_canaries_flown(own):
    for name, may in (("ana", True), ("dov", True), ("bo", False), ("vi", False)):
        actions = {
            each.attributes.get("action") for each in look(own, "/enforcement", name).all("form")
        }
        assert ("/enforcement/prove" in actions) is may, name
        answer = own.post(name, "/enforcement/prove")
        assert answer.status_code == (303 if may else 403), name
