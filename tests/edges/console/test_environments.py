"""The console for who has a role in one environment: it shows that one, and nothing of another."""

import pytest

from clawband.model.person import Role
from tests.edges.console.browsing import Page, addresses
from tests.edges.console.shop import PASSWORD


def hired(house, name, *roles):
    """Somebody with these roles, signed in."""
    service = house.shop.service
    house.served.run(service.operators.add_as(name, roles, [], PASSWORD, "set-up"))
    house.shop.secrets[name] = house.served.run(service.people.sign_in(name, PASSWORD))
    return name


def test_no_page_names_what_belongs_to_another_environment(own):
    """The shop is in `dev`. All roles of all others see nothing of it."""
    away = hired(
        own, "stella", *(f"{role}@{at}" for role in Role for at in ("staging", "production"))
    )
    here = hired(own, "dora", *(f"{role}@dev" for role in Role))
    ids = set(own.shop.ids.values())
    seen = {away: 0, here: 0}
    found = [path for path in addresses(own.shop) if "sample" not in path]
    for path in (*found, "/palette"):
        for who in (away, here):
            answer = own.as_(who).get(path)
            assert answer.status_code in (200, 303, 403, 404), (path, who, answer.text)
            # What was asked for stands in the answer.
            text = answer.text.replace(path.rpartition("/")[2], "")
            told = [word for word in ("sample", *ids) if word in text]
            assert who == here or not told, (path, told)
            seen[who] += bool(told)
    assert seen[here] > 10 and seen[away] == 0


def test_the_first_page_is_about_ones_own_environment(own):
    stella = hired(own, "stella", "viewer@staging")
    own.served.run(own.shop.service.gateways.enroll("mars", "staging", "set-up"))
    text = Page(own.as_(stella).get("/").text).text
    assert "mars" in Page(own.as_(stella).get("/controls").text).text
    assert own.as_(stella).get("/people").headers["location"] == "/people/elevations"
    assert own.as_(stella).get("/people/elevations").status_code == 200
    assert "Nothing waits for you." in text and "exec" in text, "a tool is paused everywhere"


@pytest.mark.parametrize(("role", "status"), [
    ("approver@dev", 303), ("approver@staging", 403), ("admin@staging", 403),
])  # fmt: skip
def test_the_card_is_decided_where_the_role_is_held(own, role, status):
    who, waiting = hired(own, "nia", role), own.shop.ids["waiting"]
    assert own.post(who, f"/approvals/{waiting}/grant").status_code == status
    page = own.as_(who).get(f"/approvals/{waiting}")
    assert page.status_code == (200 if status == 303 else 403)


def test_a_role_a_loan_and_a_key_can_be_for_one_environment(own):
    place = "/people/operators"
    made = own.post("ana", f"{place}/invite", **{
        "name": "wren", "role-approver": "1", "role-viewer": "1", "environment": "staging",
    })  # fmt: skip
    assert made.status_code == 200
    told = Page(own.as_("ana").get(place).text).text
    assert "wrenapprover@staging, viewer@staging" in told
    wrong = own.post("ana", f"{place}/invite", **{
        "name": "zoe", "role-viewer": "1", "environment": "mars",
    })  # fmt: skip
    assert wrong.status_code == 400

    place = "/people/elevations"
    asked = {"role": "operator", "environment": "staging", "purpose": "p", "minutes": "60"}
    assert own.post("vi", f"{place}/ask", **asked).status_code == 303
    assert "wants to be operator@staging" in Page(own.as_("ana").get(place).text).text

    place = "/people/accounts"
    own.post("ana", f"{place}/add", name="ci", owner="ana", purpose="stops")
    key = {"may-stop": "1", "days": "7", "environment": "dev"}
    assert own.post("ana", f"{place}/ci/keys", **key).status_code == 200
    assert "stop in dev" in Page(own.as_("ana").get(place).text).text
