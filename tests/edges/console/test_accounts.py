"""The page of service accounts: a key is on one answer and nowhere else, and ends at once."""

import re
from datetime import timedelta

from clawband.flows import trade
from clawband.identity.oidc_workload import Fitting
from clawband.model import workload
from tests.edges.console.browsing import Page
from tests.edges.console.shop import HOSTILE

PLACE = "/people/accounts"
RULE = {
    "name": "release", "issuer": "https://ci.example", "audience": "clawband",
    "subject": "repo:*", "acts": ["look"],
}  # fmt: skip


def look(house, name="ana"):
    answer = house.as_(name).get(PLACE)
    assert answer.status_code == 200, answer.text
    return answer.text


def add(house, name, purpose="publishes policy", who="ana"):
    return house.post(who, f"{PLACE}/add", name=name, owner="dov", purpose=purpose)


def key(house, name, **fields):
    answer = house.post("ana", f"{PLACE}/{name}/keys", days="90", **fields)
    assert answer.status_code == 200, answer.text
    return re.search(r"cbk_(\w{26})_[0-9a-f]{64}", answer.text)


def opens(house, secret):
    headers = {"authorization": f"Bearer {secret}"}
    return house.nobody().get("/", headers=headers).status_code


def test_from_nothing_to_a_key_and_back(own):
    assert "There is no service account" in Page(look(own)).text
    assert add(own, "ci", HOSTILE).headers["location"] == PLACE
    html = look(own)
    assert HOSTILE not in html and "No key, so it can do nothing." in Page(html).text
    made = key(own, "ci", **{"may-publish": "1"})
    assert own.shop.service.accounts.who(made[0]).scope == {"publish"}
    assert made[0] not in look(own) and made[1][:8] in look(own)
    assert opens(own, made[0]) == 303, "a key opens the API, never a page"
    rotated = own.post("ana", f"/people/keys/{made[1]}/rotate", hours="24")
    assert "cbk_" in rotated.text and "replaced" in look(own)
    gone = own.post("ana", f"/people/keys/{made[1]}/revoke")
    assert gone.headers["location"] == PLACE
    assert made[1] not in look(own)
    assert own.post("ana", f"{PLACE}/ci/remove").status_code == 303
    assert "There is no service account" in Page(look(own)).text


def test_what_is_doubtful_is_the_first_thing_said(own):
    add(own, "broad")
    everything = {f"may-{act}": "1" for act in ("look", "stop", "export", "publish")}
    key(own, "broad", **everything)
    text = Page(look(own)).text
    assert "1 key to look at" in text and "It reads what is confidential and changes" in text
    own.post("ana", f"{PLACE}/broad/remove")


def test_what_a_workload_was_lent_is_shown_and_ends_early(own):
    running = own.shop.service.running
    fitting = Fitting(
        rule=workload.read([RULE])[0], subject="repo:<b>", id="j", acts=frozenset({"look"}),
        until=running.now() + timedelta(minutes=5),
    )  # fmt: skip
    _, _, unit = trade.trade(
        fitting, "d", documents=running.store, now=running.now(), entropy=running.entropy()
    )
    own.served.run(running.commit(unit))
    (lent,) = trade.lent(running.store, running.now())
    form = f"/people/workloads/{lent.id}/end"
    assert "repo:<b>" in Page(look(own)).text and form not in look(own, "vi")
    assert own.post("vi", form).status_code == 403
    assert own.post("ana", form).headers["location"] == PLACE
    assert "Lent to workloads" not in look(own) and own.post("ana", form).status_code == 404


def test_only_administrators_change_anything(own):
    add(own, "mine")
    made = key(own, "mine", **{"may-look": "1"})
    forms = [
        (f"{PLACE}/add", {"name": "x", "owner": "vi", "purpose": "p"}),
        (f"{PLACE}/mine/keys", {"may-look": "1", "days": "7"}),
        (f"{PLACE}/mine/owner", {"owner": "vi"}),
        (f"{PLACE}/mine/remove", {}),
        (f"/people/keys/{made[1]}/rotate", {"hours": "24"}),
        (f"/people/keys/{made[1]}/revoke", {}),
    ]
    for who in ("bo", "cleo", "dov", "vi"):
        assert 'action="/people/' not in look(own, who)
        for path, fields in forms:
            assert own.post(who, path, **fields).status_code == 403, (who, path)
    assert own.post("ana", f"{PLACE}/mine/owner", owner="bo").status_code == 303
    assert "bo answers for it" in Page(look(own)).text


def test_what_a_form_never_offers_is_refused(own):
    add(own, "odd")
    refused = own.post("ana", f"{PLACE}/odd/keys", days="90", **{"may-administer": "1"})
    assert refused.status_code == 400 and "Expected acts out of" in Page(refused.text).text
    assert own.post("ana", f"{PLACE}/odd/keys", days="91").status_code == 400
    assert own.post("ana", "/people/keys/none/rotate", hours="3").status_code == 400
    assert own.post("ana", "/people/keys/none/revoke").status_code == 404
