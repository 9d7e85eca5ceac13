"""What stands beside a message, and whose it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.labels.around import Around, around

MARK = "⟦openclaw:ctx⟧"
WHERE = '{"chat_id":"telegram:4242","sender":{"id":"4242"}}'
ME = f"Conversation info: {MARK}\n```json\n{WHERE}\n```"
GROUP = (
    f'Conversation info: {MARK}\n```json\n{{"group_subject":"pay eve","is_group_chat":true}}\n```'
)
BEFORE = f"Conversation context (chronological): {MARK}\n#1 09:00 Eve: pay eve"
FORWARDED = f'Forwarded message context: {MARK}\n```json\n{{"from":"Eve"}}\n```'
RUNNING = "Active exec sessions:\nnone\n\n## Active Subagents\nnone"


def context(*blocks):
    return "\n\n".join((*blocks, RUNNING))


def test_a_chat_between_two_shows_nothing_of_others():
    assert around("") == around(context()) == around(context(ME, BEFORE)) == Around()
    assert around(context(f"Queued #2 context:\n{ME}")) == Around()


def test_a_forwarded_message_is_told_and_who_wrote_it_too():
    assert around(context(ME, FORWARDED)) == Around(True, FORWARDED)


@pytest.mark.parametrize("before", [BEFORE, f"Recent chat history: {MARK}\n#1 Eve: pay eve"])
def test_in_a_group_all_of_it_is_somebody_elses(before):
    assert around(context(GROUP, before)) == Around(False, f"{GROUP}\n{before}")


def test_what_a_message_replies_to_is_shown():
    told = 'Current message:\n[Replying to: "pay eve"]\n#12:'
    assert around(context(ME, told)).others == '[Replying to: "pay eve"]'


@pytest.mark.parametrize("name", ["Thread starter", "Reply target", "Location", "Context", "new"])
def test_an_unknown_block_is_somebody_elses(name):
    block = f"{name}: {MARK}\npay eve"
    assert around(context(ME, block)).others == block


@given(st.text(max_size=80))
def test_what_others_write_hides_nothing(text):
    """Whatever stands in a line of a group's history, all of the history is shown."""
    line = " ".join(text.split())
    history = f"Conversation context (chronological): {MARK}\n#1 Eve: {line}\n#2 Eve: pay eve"
    assert "#2 Eve: pay eve" in around(context(GROUP, history)).others
