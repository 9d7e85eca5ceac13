"""Each page answers its question, to whom it may, whatever the names in it are."""

import json

from clawband.audit.proof import verify_proof
from tests.edges.console.browsing import Page, addresses
from tests.edges.console.shop import HOSTILE, LONG, REVERSED
from tests.edges.console.week import lived


def look(house, path, name="ana"):
    answer = house.as_(name).get(path)
    assert answer.status_code == 200, (path, answer.text)
    return Page(answer.text)


def test_now_says_it_in_one_sentence(house):
    house.served.run(house.shop.beat())  # a slow machine took longer than three heartbeats
    page = look(house, "/", "bo")
    assert "1 gateway, enforcement alive (heartbeat" in page.text
    assert "4 approvals wait for you." in page.text
    assert "4 approvals wait for somebody else." in look(house, "/", "ana").text


def test_now_shows_what_is_not_in_order(house):
    page = look(house, "/")
    for said in (
        "2 numbered events never arrived",
        "The plugin blocked 1 request by itself",
        "The tool exec",
        "odd commands since noon",
        "Refused in the last 24 hours",
    ):
        assert said in page.text


def test_only_who_may_stop_sees_the_resume_button(house):
    for name, sees in (("ana", True), ("dov", True), ("bo", False), ("vi", False)):
        actions = {form.attributes.get("action") for form in look(house, "/", name).all("form")}
        assert ("/controls/resume" in actions) is sees, name


def test_an_empty_house_is_told_kindly(empty):
    said = {
        "/": "No gateway is under guard yet.",
        "/activity?q=zzz": "Nothing matches.",
        "/approvals": "Nothing waits for an approval",
        "/workflows": "No workflow is in force",
        "/policy": "No policy is in force, so everything is refused",
        "/controls": "Nothing is paused",
    }
    for path, words in said.items():
        assert words in look(empty, path).text, path


def test_no_hostile_name_gets_through(house):
    for path in addresses(house.shop):
        html = house.as_("ana").get(path).text
        assert HOSTILE not in html, path
        assert "alert(1)<" not in html.replace("alert(1)&lt;", ""), path
        assert "\u202e" not in html, path
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html_of(house, "/activity?show=refused")
    assert LONG in html_of(house, "/activity?show=refused")


def test_nor_one_that_people_wrote(own):
    listed = [path for path in addresses(own.shop) if path.startswith("/people")]
    for path in [*listed, *own.served.run(lived(own.shop))]:
        for name in ("ana", "bo"):
            assert HOSTILE not in html_of(own, path, name), path
    assert html_of(own, "/people/elevations").count("&lt;script&gt;") == 1
    assert "Nobody answers for 1 service account" in look(own, "/people/accounts").text


def html_of(house, path, name="ana"):
    return house.as_(name).get(path).text


def test_a_search_is_escaped_everywhere(house):
    html = html_of(house, "/activity?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in html


def test_the_activity_pages_back_and_forth(house):
    first = look(house, "/activity")
    older = next(a for a in first.all("a") if a.attributes.get("rel") == "next")
    second = look(house, older.attributes["href"])
    ids = [
        [row.attributes["data-id"] for row in page.all("tr") if "data-id" in row.attributes]
        for page in (first, second)
    ]
    assert len(ids[0]) == 50
    assert not set(ids[0]) & set(ids[1])
    assert "data-live" not in str([m.attributes for m in second.all("main")])


def test_filters_are_words_in_the_box(house):
    page = look(house, "/activity?q=agent%3Dsample/lead+billing_read")
    rows = [row for row in page.all("tr") if "data-row" in row.attributes]
    assert len(rows) == 1
    assert "refused" in page.text
    assert look(house, "/activity?before=abc&show=nonsense").text


def test_a_refusal_says_which_policy_why_and_what_would_help(house):
    page = look(house, f"/events/{house.shop.ids['deny']}")
    for said in ("lead-capture/systems", "What would change the answer:", "telegram:703 wrote a",
                 "anybody could have written", "sealed", "clawband audit prove dec_"):  # fmt: skip
        assert said in page.text, said


def test_the_walk_goes_from_the_message_to_the_reply(house):
    text = look(house, f"/events/{house.shop.ids['permit']}").text
    steps = ("wrote a message", "receives a message on", "reads with", "writes with",
             "replies on", "sent its reply")  # fmt: skip
    walk = text[text.index("From the message to the reply") :]
    places = [walk.index(step) for step in steps]
    assert places == sorted(places)


def test_the_proof_is_a_file_that_verifies(house):
    answer = house.as_("vi").get(f"/events/{house.shop.ids['deny']}/proof")
    assert "attachment" in answer.headers["content-disposition"]
    assert verify_proof(answer.content, key=house.shop.service.log.key).ok


def test_arguments_are_exact_and_for_who_may_read_them(house):
    for path in (f"/events/{house.shop.ids['hold']}", f"/approvals/{house.shop.ids['waiting']}"):
        html = html_of(house, path)
        assert "8812" in html and "U+202E" in html and "3 × blank" in html
        assert REVERSED not in html
        assert "8812" not in html_of(house, path, "vi")
        assert "not the words" in html_of(house, path, "vi")


def test_an_approval_says_who_may_and_why_not_you(house):
    parked = f"/approvals/{house.shop.ids['parked']}"
    asked = look(house, parked, "tess")
    assert "you asked for it" in asked.text
    assert not [form for form in asked.all("form") if "/grant" in form.attributes.get("action", "")]
    for name in ("ana", "vi", "dov"):
        assert "it needs somebody with role approver" in look(house, parked, name).text
    may = look(house, parked, "bo")
    assert "Allow refund once" in may.text
    assert "parked" in may.text and "runs when the agent asks again" in may.text
    assert "Money moves" in may.text and "acts on billing" in may.text


def test_decided_approvals_say_what_became_of_them(house):
    assert "too much for one order" in look(house, f"/approvals/{house.shop.ids['refused']}").text
    assert "approved and used" in look(house, f"/approvals/{house.shop.ids['used']}").text


def test_a_workflow_answers_five_questions(house):
    page = look(house, "/workflows/support")
    for said in (
        "What does it read?", "What does it write?", "Which external systems?",
        "What needs approval, and by whom?", "What if it is unsure?",
        "Only help.example.com, status.example.com", "refund: somebody with role approver",
        "A colleague will answer you", "The compiled policy", "permit (",
    ):  # fmt: skip
        assert said in page.text, said
    stages = ["input", "validation", "labels", "policy", "approval", "action", "audit"]
    drawn = [page.text.index(f" {stage} ") for stage in stages]
    assert drawn == sorted(drawn)


def test_policy_says_what_is_in_force_and_what_changed(house):
    page = look(house, "/policy", "cleo")
    assert "in force, put there by cleo" in page.text
    for said in (
        "may pay with refund with an approval by an approver", "Within these bounds",
        "permit more", "one more agent may write with doc_label: sample/document",
    ):  # fmt: skip
        assert said.lower() in page.text.lower(), said
    assert "Go back to the set" in page.text
    assert "Go back to the set" not in look(house, "/policy", "bo").text


def test_anywhere_is_listed_for_the_palette(house):
    listed = json.loads(house.as_("ana").get("/palette").content)
    assert {"Now", "support", "Pause sample/lead", "refund for sample/support"} <= {
        each["label"] for each in listed
    }
    for place in listed:
        assert house.client.get(place["href"]).status_code == 200, place


def test_an_id_leads_to_its_page(house):
    for id_, path in (("apr_1", "/approvals/apr_1"), ("dec_1", "/events/dec_1"),
                      ("evt_1/../x", "/events/evt_1%2F..%2Fx"),
                      ("refund", "/activity?q=refund")):  # fmt: skip
        answer = house.as_("ana").get("/go", params={"q": id_})
        assert (answer.status_code, answer.headers["location"]) == (303, path)


def test_what_is_not_there_is_said_calmly(house):
    for path in ("/nowhere", "/events/evt_none", "/approvals/apr_none", "/workflows/none"):
        answer = house.as_("ana").get(path)
        assert answer.status_code == 404
        assert "There is nothing here" in answer.text
        assert "What to do" in answer.text


def test_what_is_unusual_is_said_before_the_buttons(house):
    odd = look(house, f"/approvals/{house.shop.ids['waiting']}", "bo").text
    assert "Look twice. The arguments hold characters that cannot be seen" in odd
    assert odd.index("Look twice") < odd.index("Allow account_close once")
    assert "Look twice" not in look(house, f"/approvals/{house.shop.ids['parked']}", "bo").text
