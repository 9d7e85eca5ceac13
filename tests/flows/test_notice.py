"""What the texts of a request hold."""

from dataclasses import replace

from clawband.flows.notice import MOST_LINKS, kept, noticed
from clawband.labels.known import Known
from clawband.model.access import Action, Facts
from clawband.model.provenance import Argument, Meaning
from clawband.ports.store import PermittedCall
from tests.flows.deciding import message, request

CARD = "card 4111 1111 1111 1111"


def values(wanted):
    return [(each.meaning, each.value) for each in wanted.facts.arguments]


def test_a_reply_is_looked_through_for_links_and_classes():
    reply = message(f"see https://a.example/x and {CARD}", action=Action.SEND_REPLY)
    seen = noticed(reply, None)
    assert values(seen) == [(Meaning.LINK, "https://a.example/x")]
    assert seen.facts.tags == {"personal"}


def test_a_picture_is_fetched_without_a_click():
    seen = noticed(message("![x](https://a.example/p.png)", action=Action.SEND_REPLY), None)
    assert values(seen) == [(Meaning.EMBED, "https://a.example/p.png")]


def test_what_a_reply_carries_beside_its_text_is_fetched_too():
    reply = message("look", action=Action.SEND_REPLY)
    buttons = [[{"text": "ok", "url": "https://c.example/?d=1"}]]
    sent = {"media": ["https://a.example/p.png", "out/chart.png"], "more": {"buttons": buttons}}
    seen = noticed(replace(reply, arguments=dict(reply.arguments) | sent), None)
    assert sorted(values(seen)) == [
        (Meaning.EMBED, "https://a.example/p.png"),
        (Meaning.LINK, "https://c.example/?d=1"),
    ]


def test_the_texts_of_a_call_too_beside_its_own_values():
    own = Argument(Meaning.RECIPIENT, "to", "bob")
    facts = Facts(arguments=(own,), contents=("look: https://a.example",))
    seen = noticed(request(action=Action.SEND, facts=facts), None)
    assert seen.facts.arguments[0] == own
    assert values(seen)[1:] == [(Meaning.LINK, "https://a.example")]


def test_more_links_than_can_be_traced_are_unreadable():
    text = " ".join(f"https://{number}.example" for number in range(MOST_LINKS + 5))
    seen = noticed(message(text, action=Action.SEND_REPLY), None)
    assert len(values(seen)) == MOST_LINKS + 1
    assert values(seen)[-1] == (Meaning.LINK, "?")


def test_a_result_was_read_from_what_its_call_named():
    called = PermittedCall("dec_1", "web_fetch", frozenset({"a.example"}), referred=True)
    seen = noticed(request(action=Action.RESULT, arguments={"text": CARD}), called)
    assert seen.facts.named == {"a.example"}
    assert seen.facts.referred
    assert seen.facts.tags == {"personal"}
    assert values(seen) == []


def test_a_message_that_comes_in_is_only_read():
    assert noticed(message(f"https://a.example {CARD}"), None).facts.arguments == ()


def test_what_a_reading_tool_is_asked_is_looked_through_for_links_once():
    url = Argument(Meaning.URL, "url", "https://a.example")
    asked = {"url": "https://a.example", "q": ["see https://b.example/?d=1"]}
    wanted = request(action=Action.READ, arguments=asked, facts=Facts(arguments=(url,)))
    assert values(noticed(wanted, None)) == [
        (Meaning.URL, "https://a.example"),
        (Meaning.LINK, "https://b.example/?d=1"),
    ]


def test_a_kept_value_counts_wherever_it_would_leave():
    known = Known([("crm/key", b"4Jq8Zt2WmXv7Lr3NcHd6")])
    sent = request("look", arguments={"url": "https://a.example/?q=4Jq8Zt2WmXv7Lr3NcHd6"})
    assert noticed(sent, None, None, known).facts.tags == {"secret"}
    assert kept(sent, known) == {"crm/key"}
    came = replace(sent, action=Action.RESULT)
    assert noticed(came, None, None, known).facts.tags == frozenset()
    assert noticed(replace(sent, arguments={"url": "x"}), None, None, known).facts.tags == set()
