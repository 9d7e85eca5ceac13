"""What attach changes in an openclaw.json, and that detach undoes exactly that."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.model.errors import InputError
from clawband.openclaw import config as openclaw
from clawband.openclaw.config import Plugin, Undo
from clawband.openclaw.patches import merge_patch

PLUGIN = Plugin(
    folder="/state/plugin/1", socket="/state/s", credential_file="/state/shop.credential"
)
names = st.text("abcdefgh", min_size=1, max_size=3)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)
plugins = st.fixed_dictionaries(
    {},
    optional={
        "allow": st.lists(names, max_size=3, unique=True),
        "load": st.fixed_dictionaries({}, optional={"paths": st.lists(names, max_size=3)}),
        "entries": st.dictionaries(names, st.dictionaries(names, values, max_size=2), max_size=3),
        "slots": values,
    },
)
configs = st.builds(
    lambda rest, inside: {**rest, **inside},
    st.dictionaries(names, values, max_size=3),
    st.fixed_dictionaries({}, optional={"plugins": plugins}),
)


def merged(target: Any, patch: Any) -> Any:
    """RFC 7396 §2, as OpenClaw applies it."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def without_nulls(value: Any) -> Any:
    """A merge patch cannot write null: OpenClaw's configuration has none."""
    if isinstance(value, dict):
        return {key: without_nulls(each) for key, each in value.items() if each is not None}
    return [without_nulls(each) for each in value] if isinstance(value, list) else value


def test_an_empty_configuration_gets_exactly_the_fragment() -> None:
    after, undo = openclaw.attach({}, PLUGIN)
    assert after == PLUGIN.fragment
    assert undo.created == ("plugins", "plugins.load", "plugins.load.paths", "plugins.entries")


def test_the_entry_fails_closed_by_time_and_carries_no_policy() -> None:
    entry = PLUGIN.entry
    assert set(entry["config"]) == {"socket", "credentialFile", "deadlineMs"}
    assert entry["hooks"]["allowConversationAccess"] is True
    assert set(entry["hooks"]["timeouts"].values()) == {600_000}


def test_an_allow_list_gets_the_plugin_and_an_absent_one_stays_absent() -> None:
    after, _ = openclaw.attach({"plugins": {"allow": ["telegram"]}}, PLUGIN)
    assert after["plugins"]["allow"] == ["telegram", "clawband"]
    after, _ = openclaw.attach({"plugins": {}}, PLUGIN)
    assert "allow" not in after["plugins"]


@given(configs)
def test_detach_undoes_attach(config: dict[str, Any]) -> None:
    after, undo = openclaw.attach(config, PLUGIN)
    assert openclaw.is_attached(after, PLUGIN)
    assert openclaw.detach(after, Undo.of(json.loads(json.dumps(undo.as_json())))) == config
    assert {k: v for k, v in after.items() if k != "plugins"} == {
        k: v for k, v in config.items() if k != "plugins"
    }


@given(configs)
def test_attaching_twice_changes_nothing_more(config: dict[str, Any]) -> None:
    once, _ = openclaw.attach(config, PLUGIN)
    twice, _ = openclaw.attach(once, PLUGIN)
    assert twice == once


@given(configs)
def test_the_merge_patch_leads_there_and_back(config: dict[str, Any]) -> None:
    config = without_nulls(config)
    after, _ = openclaw.attach(config, PLUGIN)
    there, _ = merge_patch(config, after)
    assert merged(config, there) == after
    back, _ = merge_patch(after, config)
    assert merged(after, back) == config


def test_edits_made_meanwhile_stay() -> None:
    after, undo = openclaw.attach({"agents": {}}, PLUGIN)
    after["agents"]["new"] = True
    after["plugins"]["load"]["paths"].append("/other")
    after["plugins"]["entries"]["other"] = {"enabled": True}
    assert openclaw.detach(after, undo) == {
        "agents": {"new": True},
        "plugins": {"load": {"paths": ["/other"]}, "entries": {"other": {"enabled": True}}},
    }


def test_an_entry_that_was_there_comes_back() -> None:
    before = {"plugins": {"entries": {"clawband": {"enabled": False}}}}
    after, undo = openclaw.attach(before, PLUGIN)
    assert after["plugins"]["entries"]["clawband"] == PLUGIN.entry
    assert openclaw.detach(after, undo) == before


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"plugins": []}, "expected `plugins` to be an object"),
        ({"plugins": {"$include": "./plugins.json"}}, "include"),
        ({"plugins": {"load": {"paths": "x"}}}, "`plugins.load.paths` to be a list"),
        ({"plugins": {"entries": None}}, "`plugins.entries`"),
        ({"plugins": {"allow": {}}}, "`plugins.allow` to be a list"),
        ({"plugins": {"enabled": False}}, "does not load our plugin"),
        ({"plugins": {"deny": ["clawband"]}}, "does not load our plugin"),
    ],
)
def test_where_it_could_not_run_it_is_refused(config: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        openclaw.attach(config, PLUGIN)
    assert not openclaw.is_attached(config, PLUGIN)


@pytest.mark.parametrize(
    "text",
    [
        "{ // a comment\n}",
        "{a: 1}",
        '{"a": 1,}',
        "",
        "[]",
        '{"a": 1, "a": 2}',
        "[" * 100_000,
        "{'a': 1}",
    ],
    ids=["comment", "bare key", "comma", "empty", "list", "twice", "deep", "quotes"],
)
def test_what_writing_would_lose_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        openclaw.parse(text)


@pytest.mark.parametrize("indent", [2, 4, "\t"])
@pytest.mark.parametrize("end", ["", "\n"])
def test_the_manner_of_the_file_is_kept(indent: int | str, end: str) -> None:
    config = {"gateway": {"port": 1, "name": "Käse"}, "agents": []}
    text = json.dumps(config, indent=indent, ensure_ascii=False) + end
    assert openclaw.render(openclaw.parse(text), text) == text


def test_the_difference_shows_only_what_changes() -> None:
    before = json.dumps({"agents": {"a": 1}, "plugins": {"allow": ["x"]}}, indent=2)
    after, _ = openclaw.attach(json.loads(before), PLUGIN)
    lines = openclaw.difference(before, openclaw.render(after, before), "openclaw.json")
    assert lines[:2] == ["--- openclaw.json", "+++ openclaw.json (attached)"]
    assert '+      "clawband": {' in lines
    assert not [line for line in lines if "agents" in line and line[0] in "+-"]


def test_a_note_of_another_making_is_refused() -> None:
    for value in (
        {},
        {"folder": "x"},
        {"folder": "x", "path_added": 1, "allow_added": 1, "previous": 3},
    ):
        with pytest.raises(InputError, match="cannot be read"):
            Undo.of(value)
