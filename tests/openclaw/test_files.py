"""Which files a question names, as they are written."""

import pytest

from clawband.openclaw import hooks, tools
from clawband.openclaw.files import MOST, Reference, home_of, references

PATCH = """*** Begin Patch
*** Update File: a.md
*** Move to: ../b.md
*** Delete File: /etc/c
*** End Patch"""


def named(tool, params, hook="tool", event=None):
    event = event or {"toolName": tool, "params": params, "toolCallId": "c1"}
    return references(hooks.asked(hook, event, {"agentId": "a"}), None, tools.catalogue())


def texts(tool, params):
    return [each.text for each in named(tool, params)]


@pytest.mark.parametrize(
    ("tool", "params", "expected"),
    [
        ("read", {"path": "../x"}, ["../x"]),
        ("read", {"file_path": "x"}, ["x"]),
        ("edit", {"path": "x", "edits": [{"newText": "/etc/passwd"}]}, ["x"]),
        ("apply_patch", {"input": PATCH}, ["../b.md", "/etc/c", "a.md"]),
        ("apply_patch", {"input": "*** Add Folder: x"}, ["?"]),
        ("apply_patch", {"input": 7}, ["?"]),
        ("read", {"path": ["x", {"y": 1}]}, ["x", "?"]),
        ("read", {"path": "x" * 2000}, ["?"]),
        ("image", {"image": "https://a.example/x.png"}, []),
        ("image", {"image": "//etc/passwd"}, ["//etc/passwd"]),
        ("image", {"image": "file:///x"}, ["file:///x", "file:///x"]),
        ("web_fetch", {"url": "view-source:FILE:///x"}, ["FILE:///x"]),
        ("web_fetch", {"url": "https://a.example/x"}, []),
        ("message", {"attachments": [{"filePath": "x"}]}, ["x"]),
        ("message", {"message": "see /etc/passwd", "upload": "/etc/passwd"}, ["/etc/passwd"]),
        ("message", {"path": "", "upload": "words"}, []),
        ("exec", {"command": "cat /etc/passwd", "cwd": "/etc"}, ["/etc"]),
        ("canvas", {"jsonlPath": "../x", "text": "see /etc"}, ["../x"]),
        ("canvas", {"jsonlPath": "@/etc/x", "more": "file:///x"}, ["@/etc/x", "file:///x"]),
        ("nobody_knows", {"path": "x"}, []),
        ("tool_call", {"id": "x:y:read", "args": {"path": "x"}}, ["x"]),
    ],
)
def test_what_a_call_names(tool, params, expected):
    assert texts(tool, params) == expected


def test_what_is_done_with_it_is_known():
    assert named("read", {"path": "x"}) == (Reference(text="x"),)
    assert named("write", {"path": "x", "content": ""}) == (Reference(text="x", reads=False),)
    assert named("dir_fetch", {"path": "x"}) == (Reference(text="x", whole=True),)
    assert named("message", {"upload": "/x"}) == (Reference(text="/x", sure=False),)


def test_what_a_reply_carries_is_named():
    payload = {
        "text": "/etc/passwd",
        "mediaUrl": "a.png",
        "mediaUrls": ["https://a.example/b.png", "c.png", 7],
        "attachments": [{"path": "d.png", "title": "e"}, "f.png"],
    }
    found = named("", {}, "reply", {"payload": payload})
    assert [each.text for each in found] == ["?", "a.png", "c.png", "d.png", "f.png"]
    found = named("", {}, "message", {"content": "x", "metadata": {"mediaUrl": "g.png"}})
    assert [each.text for each in found] == ["g.png"]
    assert named("", {}, "run", {"prompt": "read /etc/passwd"}) == ()


def test_too_many_are_unreadable():
    found = named("read", {"path": [f"f{number}" for number in range(1000)]})
    assert len(found) == MOST + 1
    assert found[-1].text == "?"


def test_only_an_absolute_home_is_believed():
    def home(told):
        return home_of(hooks.asked("run", {"home": told}, {"agentId": "a"}))

    assert home("/home/ana") == "/home/ana"
    assert [home(told) for told in ("", "ana", "~", "/home/\n", None)] == [""] * 5
