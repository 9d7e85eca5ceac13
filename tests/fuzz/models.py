"""What must hold for any bytes that a gateway sends to a model, and that a provider answers."""

import json

import msgspec

from clawband.edges.models import prompt
from clawband.edges.models.answer import Heard, Restorer
from clawband.edges.models.events import Splitter, data_of
from clawband.labels.pseudonyms import Pseudonyms
from clawband.model.errors import InputError, UnavailableError

NAME = "mail.abcdefgh@pseudonym.invalid"
NAMES = Pseudonyms({NAME: 'ada"@corp.example'})


def question(data: bytes) -> None:
    """What is sent means what was read; every text can be another one."""
    try:
        asked = prompt.read(data)
    except InputError:
        return
    before = msgspec.json.decode(data)
    texts = asked.texts
    assert not asked.offered or isinstance(asked.body.get("tools") or asked.body["functions"], list)
    assert all(isinstance(text, str) for pair in asked.results for text in pair)
    asked.say(texts)
    after = msgspec.json.decode(asked.encoded())
    assert _plain(after) == _plain(before)
    asked.say(["x"] * len(texts))
    assert prompt.read(asked.encoded()).model == asked.model


def _plain(value: object) -> object:
    """Without how JSON inside a text is spelled."""
    if isinstance(value, dict):
        return {key: _spelled(each) if key == prompt.ARGUMENTS else _plain(each)
                for key, each in value.items()}  # fmt: skip
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _spelled(value: object) -> object:
    try:
        inside = msgspec.json.decode(value) if isinstance(value, str) else value
    except (msgspec.MsgspecError, UnicodeError):
        return value
    return _plain(inside) if isinstance(inside, dict | list) else value


def answer(data: bytes) -> None:
    """A stream gives the same events however it is cut, and is heard and restored without harm."""
    cut, stream = data[:1], data[1:]
    place = (cut[0] if cut else 0) * len(stream) // 255
    whole, parts = Splitter(), Splitter()
    try:
        events = [*whole.feed(stream), whole.end()]
        pieces = [*parts.feed(stream[:place]), *parts.feed(stream[place:]), parts.end()]
    except UnavailableError:
        return
    assert events == pieces and b"".join(events) == stream
    heard, restorer = Heard(), Restorer(NAMES)
    for event in events:
        try:
            chunk = json.loads(data_of(event))
        except (ValueError, RecursionError):
            continue
        if isinstance(chunk, dict):
            heard.hear(chunk)
            for each in restorer.chunks(chunk):
                json.dumps(each)
    for each in restorer.rest({}):
        json.dumps(each)
    assert min(heard.input, heard.output, heard.cached) >= 0


def words(data: bytes) -> None:
    """Words in any two pieces are restored like the whole."""
    text = data[1:].decode("utf-8", "replace").replace("#", NAME).replace("~", NAME[:9])
    place = (data[0] if data else 0) * len(text) // 255
    stream = NAMES.stream()
    assert stream.feed(text[:place]) + stream.feed(text[place:]) + stream.end() == (
        NAMES.restore(text)
    )
