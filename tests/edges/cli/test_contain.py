"""`clawband contain` where nothing needs to run: what it writes, and what it refuses."""

import json
import os

import pytest

USERS = ("--user", "64120", "--command-user", "64121")
CONFIG = {
    "proxy": {"proxyUrl": "http://gateway:x@127.0.0.1:8621"},
    "gateway": {"port": 18789},
    "agents": {"defaults": {}},
}


@pytest.fixture
def shop(alone, tmp_path):
    """A terminal beside a gateway's configuration."""
    state = tmp_path / "openclaw"
    workspace = state / "workspace"
    workspace.mkdir(parents=True)
    config = {**CONFIG, "agents": {"defaults": {"workspace": str(workspace)}}}
    (state / "openclaw.json").write_text(json.dumps(config))

    def contain(*words):
        where = ("--config", str(state / "openclaw.json"))
        return alone("contain", words[0], *where, *USERS, *words[1:])

    return contain


@pytest.mark.parametrize(
    ("form", "wanted"),
    [
        ("systemd", "system/openclaw-gateway.service"),
        ("container", "compose.yaml"),
        ("netns", "ruleset.nft"),
    ],
)
def test_generate_writes_what_it_prints(shop, tmp_path, form, wanted):
    out = tmp_path / "out"
    shown = shop("generate", "--as", form, "--output", str(out))
    assert (shown.code, shown.err) == (0, "")
    files = json.loads(shop("generate", "--as", form, "--json").out)
    assert wanted in files
    assert sorted(shown.out.split()) == sorted(str(out / name) for name in files)
    assert all((out / name).read_text() == text for name, text in files.items())
    assert all(f"# --- {name}\n{text}" in shop("generate", "--as", form).out
               for name, text in list(files.items())[:2])  # fmt: skip


def test_the_definition_is_what_the_configuration_names(shop, tmp_path):
    files = json.loads(shop("generate", "--as", "netns", "--json", "--port", "11434").out)
    definition = json.loads(files["definition.json"])
    assert definition["ports"] == [8621, 11434]
    assert definition["shared"] == [str(tmp_path / "openclaw" / "workspace")]
    assert definition["write"] == [str(tmp_path / "openclaw")]
    assert (definition["gateway"]["uid"], definition["commands"]["uid"]) == (64120, 64121)


def test_a_gateway_without_the_proxy_is_refused(shop, tmp_path):
    (tmp_path / "openclaw" / "openclaw.json").write_text("{}")
    refused = shop("generate", "--as", "netns")
    assert refused.code == 2 and "names no proxy on this machine" in refused.err
    assert "clawband egress address" in refused.err


def test_users_that_are_missing_or_wrong_are_refused(shop):
    assert shop("generate", "--as", "netns", "--user", "nosuchuser").code == 3
    same = shop("generate", "--as", "netns", "--command-user", "64120")
    assert same.code == 2 and "both" in same.err
    root = shop("generate", "--as", "netns", "--user", "0")
    assert root.code == 2 and "is root" in root.err


def test_only_a_namespace_is_run_from_here(shop):
    refused = shop("run", "--as", "systemd", "--", "/bin/true")
    assert refused.code == 2 and "contain generate --as systemd" in refused.err


def test_a_program_that_would_not_be_there_is_refused(shop, tmp_path):
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    refused = shop("run", "--", str(program))
    assert refused.code == 2 and "--read" in refused.err
    assert shop("run", "--", "no-such-program-anywhere").code == 3


def test_check_needs_something_that_runs(shop):
    refused = shop("check")
    assert refused.code == 3 and "--pid" in refused.err
    assert shop("check", "--pid", "4194304").code == 3


def test_check_says_what_does_not_hold(shop):
    found = shop("check", "--json", "--pid", str(os.getpid()))
    told = {each["id"]: each for each in json.loads(found.out)["checks"]}
    assert found.code == 1
    assert told["no-new-privileges"]["outcome"] == "fail"
    assert told["network"]["found"].endswith("is in the machine's own")
    assert told["firewall"]["outcome"] == "skip"
    table = shop("check", "--pid", str(os.getpid()))
    assert table.code == 1 and "root: nothing can be planted" in table.err
