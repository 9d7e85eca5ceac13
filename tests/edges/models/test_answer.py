"""What a model answers: heard, and with the real values wherever the stream was cut."""

import json
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from clawband.edges.models.answer import Heard, Restorer
from clawband.labels.pseudonyms import Pseudonyms

NAME = "mail-abcdefgh@pseudonym.invalid"
NAMES = Pseudonyms({NAME: 'ada "a" <ada@corp.example>'})


def chunk(delta, finish=None, index=0):
    return {"id": "x", "choices": [{"index": index, "delta": delta, "finish_reason": finish}]}


def arguments(text, place=0, **more):
    call = {"index": place, "function": {"arguments": text, **more.pop("function", {})}, **more}
    return {"tool_calls": [call]}


def joined(chunks):
    """Content and arguments as a client puts them together."""
    content, calls = "", {}
    for each in chunks:
        for choice in each["choices"]:
            content += choice["delta"].get("content") or ""
            for call in choice["delta"].get("tool_calls", []):
                part = call["function"].get("arguments") or ""
                calls[call["index"]] = calls.get(call["index"], "") + part
    return content, calls


def restored(chunks):
    restorer = Restorer(NAMES)
    out = [made for each in chunks for made in restorer.chunks(each)]
    return [*out, *restorer.rest({})]


@given(st.lists(st.integers(0, 80), max_size=10))
def test_words_and_arguments_are_restored_in_any_pieces(cuts):
    words, spelled = f"I wrote to {NAME}, mail-a", json.dumps({"to": [NAME], "n": "mail-"})
    ends = [0, *sorted(min(cut, len(spelled)) for cut in cuts), len(spelled)]
    chunks = []
    for a, b in pairwise(ends):
        chunks += [chunk({"content": words[a:b]}), chunk(arguments(spelled[a:b], 1))]
    chunks += [chunk({"content": words[len(spelled) :]}), chunk({}, "tool_calls")]
    content, calls = joined(restored(chunks))
    assert content == NAMES.restore(words)
    assert json.loads(calls[1]) == {"to": ['ada "a" <ada@corp.example>'], "n": "mail-"}


def test_what_was_kept_back_comes_before_the_end():
    out = restored([chunk({"content": "to mail-"}), chunk({}, "stop")])
    assert [each["choices"][0]["finish_reason"] for each in out] == [None, None, "stop"]
    assert joined(out)[0] == "to mail-"


def test_choices_are_apart():
    out = restored([chunk({"content": NAME[:9]}, index=0), chunk({"content": NAME[9:]}, index=1)])
    assert joined(out)[0] == NAME[9:] + NAME[:9]


def test_a_whole_answer_is_restored():
    function = {"name": "m", "arguments": f'["{NAME}"]'}
    calls = [{"id": NAME, "function": function}]
    message = {"content": f"to {NAME}", "role": "assistant", "tool_calls": calls}
    answer = Restorer(NAMES).whole({"choices": [{"message": message, "finish_reason": "stop"}]})
    said = answer["choices"][0]["message"]
    assert said["content"] == 'to ada "a" <ada@corp.example>'
    assert json.loads(said["tool_calls"][0]["function"]["arguments"]) == list(NAMES.real.values())
    assert said["tool_calls"][0]["id"] == NAME


def test_calls_usage_and_the_end_are_heard():
    heard = Heard()
    begin = {"id": "call_1", "function": {"name": "mail"}}
    for each in (
        chunk(arguments('{"a"', **begin)), chunk(arguments(":1}")), chunk({}, "tool_calls"),
        {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 2,
                                  "prompt_tokens_details": {"cached_tokens": 3}}},
    ):  # fmt: skip
        heard.hear(each)
    (call,) = heard.calls.values()
    assert (call.id, call.tool, call.arguments) == ("call_1", "mail", '{"a":1}')
    assert (heard.input, heard.output, heard.cached, heard.finish) == (7, 2, 3, "tool_calls")


def test_odd_answers_are_heard_without_harm():
    heard = Heard()
    for odd in (
        {}, {"choices": 5}, {"choices": [5]}, {"choices": [{"delta": 5, "index": "x"}]},
        {"choices": [{"delta": {"tool_calls": [5, {"index": "x", "function": 5}]}}]},
        {"usage": {"prompt_tokens": -5, "completion_tokens": "x"}},
    ):  # fmt: skip
        heard.hear(odd)
        list(Restorer(NAMES).chunks(odd))
    assert heard.input == heard.output == 0
