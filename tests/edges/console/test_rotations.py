"""The pages of rotations: begun, followed to the proof, gone back from."""

import re

import pytest

from clawband.model.secret import Plan, Secret
from tests.edges.console.browsing import Page

PLACE = "/secrets/rotations"
NAME = "crm/api-key"
OPEN = re.compile(rf"{PLACE}/rot_\w+")


@pytest.fixture(scope="module", autouse=True)
def planned(own):
    service, cleo = own.shop.service, own.shop.as_("cleo")
    for name, plan in ((NAME, Plan(driver="memory", overlap_minutes=60)), ("plain/key", None)):
        asked = Secret(name=name, environment="dev", kind="k", owner="cleo", purpose="p",
                       plan=plan, added=own.shop.clock.now())  # fmt: skip
        own.served.run(service.secrets.add(asked, cleo))
        own.served.run(service.secrets.put(name, b"the second one", cleo))


def look(house, path, name="ana"):
    answer = house.as_(name).get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def begun(own, how, who="dov"):
    answer = own.post(who, f"/secrets/rotate/{NAME}", how=how)
    assert answer.status_code == 303, answer.text
    path = answer.headers["location"]
    assert OPEN.fullmatch(path)
    own.served.run(own.shop.service.rotations.settled(path.rpartition("/")[2]))
    return path


def test_a_rehearsal_ends_with_the_proof(own):
    assert "Nothing is being rotated" in Page(look(own, PLACE)).text
    assert "Rehearse it" in look(own, f"/secrets/of/{NAME}", "dov")
    text = Page(look(own, begun(own, "rehearse"))).text
    assert "The rehearsal of crm/api-key is over" in text and "rehearsed" in text
    assert "401 Unauthorized" in text and "The proof that a value is dead" in text
    assert "rehearsed" in Page(look(own, PLACE)).text
    assert "Rehearsal" in Page(look(own, f"/secrets/of/{NAME}")).text


def test_a_rotation_waits_and_goes_back(own):
    path = begun(own, "rotate")
    text = Page(look(own, path)).text
    assert "is under way, step 6 of 8" in text and "It goes on in" in text
    assert "under way" in Page(look(own, "/secrets")).text
    assert "It is being rotated now" in look(own, f"/secrets/of/{NAME}")
    assert "1 rotation under way" in Page(look(own, PLACE)).text
    assert "Keep the old value" not in look(own, path, "vi")
    for who in ("bo", "vi"):
        assert own.post(who, f"{path}/roll-back").status_code == 403
        assert own.post(who, f"/secrets/rotate/{NAME}").status_code == 403
    assert own.post("dov", f"{path}/resume").status_code == 303
    back = own.post("dov", f"{path}/roll-back", because="the <b>shop</b> does not work")
    assert back.status_code == 303
    own.served.run(own.shop.service.rotations.settled(path.rpartition("/")[2]))
    text = Page(look(own, path, "dov")).text
    assert "the old value stays" in text and "rolled back" in text


def test_what_cannot_be_rotated_says_why(own):
    refused = own.post("dov", "/secrets/rotate/plain/key")
    assert refused.status_code == 400 and "no plan" in refused.text
    assert own.post("dov", "/secrets/rotate/none").status_code == 404
    assert own.as_("ana").get(f"{PLACE}/rot_none").status_code == 404


def test_a_plan_is_made_on_the_page(own):
    def plan(**fields):
        return own.post("cleo", "/secrets/change/plain/key", what="plan", **fields)

    assert plan(driver="memory", days="30", overlap="5").status_code == 303
    secret = own.shop.service.secrets.get("plain/key", own.shop.as_("cleo"))
    assert secret.plan == Plan(driver="memory", every_days=30, overlap_minutes=5)
    text = Page(look(own, "/secrets")).text
    assert "When which is rotated" in text and "due in 29 d" in text
    for days in ("x", "-1", "1" * 9):
        assert plan(driver="memory", days=days).status_code == 400
    assert plan(driver="").status_code == 303
    assert own.shop.service.secrets.get("plain/key", own.shop.as_("cleo")).plan is None
