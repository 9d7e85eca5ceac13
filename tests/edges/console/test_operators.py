"""Who operates Clawband, as a page: what it says of them, inviting, withdrawing, removing."""

import re

from tests.edges.console.browsing import Page
from tests.edges.console.test_me import with_app

PLACE = "/people/operators"


def text(house, name="ana"):
    return Page(house.as_(name).get(PLACE).text).text


def test_it_says_whom_a_password_alone_lets_in(own):
    before = text(own)
    assert "A password alone opens 5 accounts that can change something" in before
    with_app(own, "tess")
    after = text(own)
    assert "A password alone opens 4 accounts" in after
    assert "tess telegram:4242approvercodes" in after


def test_only_an_administrator_is_offered_the_buttons(own):
    for name in ("bo", "cleo", "dov", "vi"):
        page = own.as_(name).get(PLACE)
        assert page.status_code == 200
        assert 'action="/people/operators/' not in page.text, name
    for path in ("invite", "vi/remove", "wren/withdraw"):
        assert own.post("dov", f"{PLACE}/{path}", name="x").status_code == 403


def test_a_link_is_shown_once_and_opens(own):
    made = own.post("ana", f"{PLACE}/invite", **{
        "name": "wren", "role-approver": "1", "role-viewer": "1", "aliases": "telegram:77 slack:u1",
    })  # fmt: skip
    assert made.status_code == 200
    link, *_ = re.findall(r"http://localhost:\d+(/welcome/[0-9a-f]{64})", made.text)
    assert "whoever opens it first has the account" in Page(made.text).text
    assert "wrenapprover, viewerana" in text(own)
    assert link not in own.as_("ana").get(PLACE).text
    welcome = own.nobody().get(link)
    assert "an account as approver, viewer" in Page(welcome.text).text
    gone = own.post("ana", f"{PLACE}/wren/withdraw")
    assert gone.headers["location"] == PLACE
    assert own.nobody().get(link).status_code == 404


def test_what_cannot_be_is_said(own):
    nameless = own.post("ana", f"{PLACE}/invite", **{"name": "A B", "role-viewer": "1"})
    assert nameless.status_code == 400
    assert own.post("ana", f"{PLACE}/invite", name="zoe").status_code == 400, "no role"
    assert own.post("ana", f"{PLACE}/ana/remove").status_code == 409, "the last administrator"
    assert own.post("ana", f"{PLACE}/nobody/remove").status_code == 404


def test_who_is_removed_is_out(own):
    assert own.post("ana", f"{PLACE}/cleo/remove").headers["location"] == PLACE
    assert own.as_("cleo").get("/").status_code == 303
    assert "cleo is removed and signed out everywhere." in text(own)
    assert "cleo" not in text(own), "said once"


def test_somebody_is_told_of_a_new_way_into_their_account_and_ends_it(own):
    assert own.post("dov", f"{PLACE}/bo/recover").status_code == 403
    made = own.post("ana", f"{PLACE}/bo/recover")
    link, *_ = re.findall(r"http://localhost:\d+(/welcome/[0-9a-f]{64})", made.text)
    for page in ("/", "/approvals", "/me"):
        told = Page(own.as_("bo").get(page).text).text
        assert "ana made a new way into your account." in told, page
    assert "a new way into your account" not in Page(own.as_("vi").get("/").text).text
    assert own.post("vi", f"{PLACE}/bo/withdraw").status_code == 403
    assert own.post("bo", f"{PLACE}/bo/withdraw").headers["location"] == "/me"
    assert own.nobody().get(link).status_code == 404
    own.served.run(
        own.shop.service.operators.add_as("zed", ["admin"], (), "correct horse battery", "ana")
    )
    refused = own.post("ana", f"{PLACE}/bo/recover")
    assert refused.status_code == 409
    assert "clawband propose recover bo" in Page(refused.text).text
