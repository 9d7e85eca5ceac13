"""`clawband secret` before a running server."""

import json
import subprocess
import sys

import pytest

from tests.edges.cli.terminal import ROOT

PROGRAM = ROOT / "src" / "clawband" / "provider" / "run.py"
NEW = ("--environment", "dev", "--kind", "api key", "--purpose", "orders")


def test_from_a_name_to_a_value_and_to_nothing(terminal):
    added = terminal("secret", "add", "crm/key", *NEW, "--gateway", "sample")
    assert added.out == "added crm/key\n"
    assert terminal("secret", "list").out.count("crm/key") == 1
    assert "has no value" in terminal("secret", "show", "crm/key").out
    first = terminal("secret", "set", "crm/key", given="hunter2-hunter2\n")
    assert first.out == "crm/key has version 1\n"
    assert terminal("secret", "set", "crm/key", given="hunter2-hunter2").out == first.out
    exact = terminal("secret", "set", "crm/key", "--exact", "--json", given="hunter2-hunter2\n")
    assert [each["state"] for each in exact.json["secret"]["versions"]] == ["previous", "current"]
    shown = terminal("secret", "show", "crm/key")
    assert "previous" in shown.out and "hunter2" not in shown.out + exact.out
    listed = terminal("secret", "list", "--environment", "dev", "--json").json
    assert [each["gateways"] for each in listed] == [["sample"]]
    assert terminal("secret", "list", "--environment", "production", "--json").json == []
    assert terminal("secret", "remove", "crm/key").out == "removed crm/key\n"
    assert terminal("secret", "show", "crm/key").code == 3


def test_gateways_and_targets_are_added_and_taken_away(terminal):
    terminal("secret", "add", "b/key", *NEW, "--gateway", "one")
    changed = terminal(
        "secret", "change", "b/key", "--gateway", "two", "--without-gateway", "one",
        "--target", "a.example", "--target", "b.example", "--form", "Bearer {}", "--json",
    )  # fmt: skip
    told = changed.json["secret"]
    assert told["gateways"] == ["two"] and told["purpose"] == "orders"
    assert told["targets"][0]["hosts"] == ["a.example", "b.example"]
    told = terminal("secret", "change", "b/key", "--without-target", "a.example", "--json").json
    assert told["secret"]["targets"][0]["hosts"] == ["b.example"]
    shown = terminal("secret", "show", "b/key").out
    assert "b.example, any method, any path: authorization: Bearer {}" in shown
    planned = terminal(
        "secret", "change", "b/key", "--driver", "http", "--every", "90", "--option", "url=u=v",
    )  # fmt: skip
    assert planned.code == 0
    assert "http, every 90 days" in terminal("secret", "show", "b/key").out
    assert terminal("secret", "change", "b/key", "--driver", "x", "--option", "u").code == 2
    told = terminal("secret", "change", "b/key", "--without-plan", "--json").json["secret"]
    assert told["plan"] is None and told["gateways"] == ["two"]


MANY = """
[[secret]]
name = "many/one"
environment = "dev"
kind = "api key"
purpose = "orders"
value_file = "one.value"

[[secret]]
name = "many/two"
environment = "dev"
kind = "api key"
purpose = "{purpose}"
targets = [{{ hosts = ["api.example.com"] }}]
"""


def test_many_from_a_file_as_often_as_one_likes(terminal, tmp_path):
    file = tmp_path / "secrets.toml"
    file.write_text(MANY.format(purpose="stock"))
    (tmp_path / "one.value").write_bytes(b"hunter2\xff\n")
    told = terminal("secret", "add", "--from", str(file))
    assert told.out == "added many/one\nmany/one has version 1\nadded many/two\n"
    file.write_text(MANY.format(purpose="prices"))
    told = terminal("secret", "add", "--from", str(file))
    assert told.out == "changed many/one\nmany/one has version 1\nchanged many/two\n"
    assert terminal("secret", "show", "many/two", "--json").json["purpose"] == "prices"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[secret]]\nname = "a"\nvalue = "hunter2"\n', "unknown key `value`"),
        ('[[secret]]\nname = "a"\n[[secret]]\nname = "a"\n', "names a secret twice"),
        ("[[secret]]\n", "has no name"),
        ("[secret\n", "is not TOML"),
        ("other = 1\n", "something other than secrets"),
        ('[[secret]]\nname = "a"\nvalue_file = "none"\n', "cannot be read"),
    ],
)
def test_a_wrong_file_changes_nothing(terminal, tmp_path, text, says):
    file = tmp_path / "secrets.toml"
    file.write_text(text)
    before = terminal("secret", "list").out
    told = terminal("secret", "add", "--from", str(file))
    assert told.code == 2 and says in told.err and "hunter2" not in told.err
    assert terminal("secret", "list").out == before


def test_a_value_from_a_file_and_what_is_refused(terminal, tmp_path):
    value = tmp_path / "value"
    value.write_bytes(b"hunter2\r\n")
    added = terminal("secret", "add", "c/key", *NEW, "--from-file", str(value))
    assert added.out == "added c/key\nc/key has version 1\n"
    assert terminal("secret", "set", "c/key", given="hunter2").out == "c/key has version 1\n"
    value.write_bytes(b"x" * 70_000)
    for arguments in (
        ("set", "c/key", "--from-file", str(value)), ("set", "c/key", "--from-file", "none"),
        ("add", "c/other"), ("add", "C", *NEW),
    ):  # fmt: skip
        assert terminal("secret", *arguments).code == 2
    assert terminal("secret", "set", "c/key").code == 2, "an empty value"
    assert terminal("secret", "add", "c/key", *NEW).code == 4


def provided(terminal, *ids, socket="s/gateway.sock", credential="credential"):
    """What OpenClaw gets from our exec provider."""
    asked = json.dumps({"protocolVersion": 1, "provider": "clawband", "ids": ids})
    places = [str(terminal.folder / each) for each in (socket, credential)]
    command = [sys.executable, "-IS", str(PROGRAM), *places]
    return subprocess.run(command, input=asked, capture_output=True, text=True, env={}, timeout=20)


def test_the_provider_tells_what_its_gateway_may_have(terminal):
    terminal("secret", "add", "p/key", *NEW, "--gateway", "sample")
    terminal("secret", "set", "p/key", "--exact", given="a\x00 \u00e9\n" * 8_000)
    told = provided(terminal, "p/key", "p/none")
    assert (told.returncode, told.stderr) == (0, "")
    assert json.loads(told.stdout) == {
        "protocolVersion": 1,
        "values": {"p/key": "a\x00 \u00e9\n" * 8_000},
        "errors": {"p/none": {"code": "NOT_FOUND"}},
    }


@pytest.mark.parametrize(
    "wrong", [{"socket": "none"}, {"credential": "clawband.toml"}, {"credential": "none"}]
)
def test_the_provider_has_nothing_that_stands_in(terminal, wrong):
    told = provided(terminal, "p/key", **wrong)
    assert (told.returncode, told.stdout) == (1, "") and "no secret" in told.stderr
