"""What the buttons do, and what they refuse."""

import pytest

from clawband.identity.roles import Act
from clawband.policy.console import roles_for
from tests.edges.console.browsing import Page
from tests.edges.console.shop import PEOPLE

NEEDS = {
    "/approvals/{waiting}/grant": Act.DECIDE_APPROVAL,
    "/approvals/{waiting}/refuse": Act.DECIDE_APPROVAL,
    "/approvals/{waiting}/edit": Act.DECIDE_APPROVAL,
    "/approvals/{mail}/vouch": Act.ENDORSE,
    "/groups/grp_none/grant": Act.ENDORSE,
    "/endorsements/{endorsement}/revoke": Act.REVOKE,
    "/controls/pause": Act.STOP,
    "/controls/resume": Act.STOP,
    "/controls/gateways/sample/remove": Act.ADMINISTER,
    "/policy/roll-back": Act.PUBLISH,
}


@pytest.mark.parametrize("path", sorted(NEEDS))
def test_who_lacks_the_role_is_refused(own, path):
    for name, roles in PEOPLE.items():
        if set(roles) & set(roles_for(NEEDS[path])):
            continue
        active = own.shop.service.policies.active.digest
        target = path.format(**own.shop.ids)
        answer = own.post(name, target, kind="tool", name="exec", active=active)
        assert answer.status_code == 403, (name, path)
        assert "Nothing was changed." in Page(answer.text).text


def test_the_asker_never_approves(own):
    path = f"/approvals/{own.shop.ids['parked']}"
    answer = own.post("tess", f"{path}/grant")
    assert answer.status_code == 403
    assert "can never approve it" in Page(answer.text).text


def test_allowing_works_once_and_is_shown(own):
    path = f"/approvals/{own.shop.ids['parked']}"
    answer = own.post("bo", f"{path}/grant")
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    text = Page(own.client.get(path).text).text
    assert "You allowed refund once. It runs when the agent asks again." in text
    assert "approved, not used yet" in text
    assert "You allowed" not in Page(own.client.get(path).text).text, "said once"
    again = own.post("bo", f"{path}/grant")
    assert again.status_code == 409
    assert "Somebody was first" in again.text


def test_a_gateway_goes_out_of_guard_with_a_reason(own):
    name = own.shop.gateway.name
    form = f"/controls/gateways/{name}/remove"
    assert form in own.as_("ana").get("/controls").text
    assert form not in own.as_("dov").get("/controls").text, "who keeps agents running"
    assert own.post("ana", form, reason=" ").status_code == 400
    answer = own.post("ana", form, reason="it <b>moves</b>")
    assert answer.headers["location"] == "/controls"
    text = Page(own.as_("ana").get("/controls").text).text
    assert f"The gateway {name} is out of guard" in text and "No gateway is under guard" in text
    told = Page(own.client.get("/activity").text).text
    assert "takes out of guard the gateway" in told


def test_refusing_tells_the_reason(own):
    path = f"/approvals/{own.shop.ids['waiting']}"
    too_long = own.post("bo", f"{path}/refuse", note="x" * 2_001)
    assert too_long.status_code == 400
    answer = own.post("bo", f"{path}/refuse", note="not <b>this</b> one")
    assert answer.status_code == 303
    html = own.client.get(path).text
    assert "not &lt;b&gt;this&lt;/b&gt; one" in html
    assert own.shop.service.running.store.approval(own.shop.ids["waiting"]).state == "refused"


def test_pause_and_resume(own):
    assert own.post("dov", "/controls/pause", kind="agent", name="sample/lead", reason="odd")
    page = Page(own.client.get("/controls").text)
    assert "The agent sample/lead is paused from the next call on." in page.text
    assert any(each.id == "agent:sample/lead" for each in own.shop.service.stops.controls())
    answer = own.post("dov", "/controls/resume", kind="agent", name="sample/lead", back="/")
    assert answer.headers["location"] == "/"
    assert "The agent sample/lead runs again." in Page(own.client.get("/").text).text
    assert own.post("dov", "/controls/resume", kind="agent", name="none").status_code == 404
    assert own.post("dov", "/controls/pause", kind="planet", name="x").status_code == 400


def test_rolling_back_goes_to_the_set_before_unless_somebody_was_first(own):
    policies = own.shop.service.policies
    was = policies.active.digest
    stale = own.post("cleo", "/policy/roll-back", active="sha256:00")
    assert stale.status_code == 409
    assert policies.active.digest == was
    answer = own.post("cleo", "/policy/roll-back", active=was)
    assert answer.status_code == 303
    assert policies.active.digest != was
    assert "is in force again" in Page(own.client.get("/policy").text).text


def test_a_notice_is_for_who_acted(own):
    own.post("dov", "/controls/pause", kind="tool", name="crm_read")
    assert "is paused from the next call on" not in own.as_("ana").get("/controls").text
    assert "is paused from the next call on" in own.as_("dov").get("/controls").text


def test_what_a_form_did_is_told_on_the_next_page_and_not_in_the_background(own):
    assert own.post("ana", "/controls/pause", kind="tool", name="exec").status_code == 303
    live = own.as_("ana").get("/controls", headers={"sec-fetch-dest": "empty"})
    assert 'class="notice"' not in live.text
    assert 'class="notice"' in own.as_("ana").get("/controls").text
