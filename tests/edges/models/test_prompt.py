"""What a model is asked: which texts are words, and the same body written anew."""

import json
from typing import Any

import pytest

from clawband.edges.models.prompt import read
from clawband.model.errors import InputError

BODY: dict[str, Any] = {
    "model": "rules",
    "user": "ana",
    "messages": [
        {"role": "system", "content": "be kind"},
        {"role": "user", "content": [{"type": "text", "text": "hello"},
                                     {"type": "image_url", "image_url": {"url": "data:x"}}]},
        {"role": "assistant", "content": None, "tool_calls": [
            {"id": "call1", "type": "function",
             "function": {"name": "mail", "arguments": '{"to": "ada@corp.example"}'}}]},
        {"role": "tool", "tool_call_id": "call1", "content": "sent"},
    ],
    "tools": [{"type": "function", "function": {
        "name": "mail", "description": "sends mail",
        "parameters": {"type": "object", "required": ["to"],
                       "properties": {"to": {"type": "string", "enum": ["x"]}}}}}],
}  # fmt: skip


def prompt(body=BODY):
    return read(json.dumps(body).encode())


def test_words_are_found_and_names_and_bytes_are_not():
    asked = prompt()
    assert set(asked.texts) == {"ana", "be kind", "hello", "ada@corp.example", "sent", "sends mail"}
    assert asked.offered["mail"]["required"] == ["to"]
    assert asked.results == [("call1", "sent")]
    assert (asked.model, asked.streams) == ("rules", False)


def test_other_words_stand_where_the_words_stood():
    asked = prompt()
    asked.say([f"<{text}>" for text in asked.texts])
    said = json.loads(asked.encoded())
    assert said["messages"][0]["content"] == "<be kind>"
    call = said["messages"][2]["tool_calls"][0]["function"]
    assert json.loads(call["arguments"]) == {"to": "<ada@corp.example>"}
    assert call["name"] == "mail"
    assert said["messages"][1]["content"][1] == BODY["messages"][1]["content"][1]
    assert (
        said["tools"][0]["function"]["parameters"] == (BODY["tools"][0]["function"]["parameters"])
    )


def test_what_was_not_changed_means_the_same():
    asked = prompt()
    asked.say(asked.texts)
    said = json.loads(asked.encoded())
    call = said["messages"][2]["tool_calls"][0]["function"]
    call["arguments"] = '{"to": "ada@corp.example"}'
    assert said == BODY


def test_of_a_repeated_key_only_what_was_read_is_sent():
    asked = read(b'{"model": "a", "model": "b", "messages": []}')
    assert json.loads(asked.encoded()) == {"model": asked.model, "messages": []}


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{}", b'{"model": 5}', b'{"model": ""}', b'{"model": "a", "messages": 5}',
        b'{"model": "a", "tools": {"x": 1}}', b'{"model": "a", "n": NaN}', b'{"model": "\\ud83d"}',
        b'{"model": "a", "x": ' + b"[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_question_is_refused(body):
    with pytest.raises(InputError):
        read(body)


def test_odd_shapes_are_read_without_harm():
    odd = {"model": "a", "messages": [5, None, {"role": "tool"}], "tools": [5, {"function": 5}]}
    asked = prompt(odd)
    assert asked.results == [("", "")]
    assert asked.offered == {}
    embedding = prompt({"model": "a", "input": ["one", "two"]})
    assert embedding.texts == ("one", "two")
