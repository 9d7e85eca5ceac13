"""/people: who can do anything critical first, the pictures, and may X do Y?"""

from urllib.parse import urlencode

from tests.edges.console.browsing import Page
from tests.edges.console.test_me import code, with_app


def look(house, path="/people", name="vi", **asked):
    answer = house.as_(name).get(f"{path}?{urlencode(asked)}" if asked else path)
    assert answer.status_code == 200, answer.text
    return Page(answer.text)


def test_the_sentence_comes_first_and_then_the_gravest(house):
    text = look(house).text
    assert "5 people, 4 agents and 1 gateway can do something critical" in text
    assert "ana may do every act in Clawband." in text
    places = [
        text.index(said)
        for said in (
            "add people, keys and gateways",
            "change what agents may do",
            "pause and resume",
        )
    ]
    assert places == sorted(places)
    assert "sample/support with refundonly with an approval by approver" in text


def test_one_power_alone(house):
    text = look(house, can="publish").text
    assert "cleo" in text and "add people, keys and gateways" not in text
    assert "Nobody can do that." in look(house, can="fly").text


def test_the_last_use_is_told(house):
    text = look(house, can="publish").text
    assert "cleoonly with the second factor; last" in text
    assert "anaevery act; only with the second factor; never done" in text


def test_the_picture_of_roles_says_in_words_what_it_draws(house):
    page = look(house)
    marks = [
        each for each in page.all("span") if "mark" in each.attributes.get("class", "").split()
    ]
    assert {each.attributes["title"] for each in marks if "title" in each.attributes} >= {
        "may", "may not", "never", "pay with refund, only with an approval by approver",
    }  # fmt: skip


def test_may_answers_with_the_policy_and_what_is_missing(house):
    text = look(house, who="sample/support", action="call", resource="refund").text
    assert "yes, but only with an approval by somebody with role approver" in text
    assert "support/" in text and "policies may refuse it all the same" in text
    assert "clawband may sample/support call refund" in text
    text = look(house, who="vi", action="publish").text
    assert "it needs one of the roles admin, builder" in text
    text = look(house, who="cleo", action="publish").text
    assert "yes, but only with the second factor" in text and "console/builder" in text


def test_a_question_that_makes_no_sense_is_told_on_the_page(house):
    page = look(house, who="<b>nobody", action="look")
    assert "Nobody here is called <b>nobody." in page.text
    assert not page.all("b")
    assert "Expected one of look" in look(house, who="vi", action="fly").text


def test_what_is_wider_than_needed(house):
    text = look(house, "/people/findings").text
    assert "1 thing is wider than needed" in text, text
    assert "Unused is said only where the record is long enough" in text


def test_policy_does_not_change_until_the_second_factor_is_shown_again(own):
    policies = own.shop.service.policies
    person, secret = with_app(own, "cleo")
    own.shop.clock.skip(minutes=6)
    was = policies.active.digest
    asked = person.post("/policy/roll-back", active=was)
    assert (asked.status_code, asked.headers["location"]) == (303, "/prove?next=%2F")
    assert policies.active.digest == was
    person.post("/prove", code=code(own, secret), next="/policy")
    assert person.post("/policy/roll-back", active=was).headers["location"] == "/policy"
    assert policies.active.digest != was
