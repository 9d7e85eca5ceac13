"""Attach by the file: what it shows, refuses and keeps. The real gateway is in tests/e2e."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from clawband.edges.cli.attachment import FileTarget, Record, provided, staged
from clawband.model.errors import ConflictError, InputError, NotFoundError
from tests.edges.cli.terminal import Terminal

CONFIG = '{\n    "gateway": {\n        "port": 9\n    },\n    "meta": {"touched": "é"}\n}\n'


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "openclaw.json"
    path.write_text(CONFIG)
    path.chmod(0o640)
    return path


def test_there_and_back(terminal: Terminal, config: Path) -> None:
    tried = terminal("attach", "--name", "shop", "--config", str(config), "--dry-run")
    assert (tried.code, config.read_text()) == (0, CONFIG)
    assert '+            "clawband": {' in tried.out
    assert "nothing was changed" in tried.err

    done = terminal("attach", "--name", "shop", "--config", str(config), "--yes")
    assert done.code == 0, done
    assert "start the gateway" in done.out
    written = json.loads(config.read_text())
    entry = written["plugins"]["entries"]["clawband"]
    assert Path(entry["config"]["credentialFile"]).read_text().startswith("cbg_")
    assert stat.S_IMODE(Path(entry["config"]["credentialFile"]).stat().st_mode) == 0o600
    assert Path(written["plugins"]["load"]["paths"][0], "openclaw.plugin.json").is_file()
    assert stat.S_IMODE(config.stat().st_mode) == 0o640
    backup = config.with_name("openclaw.json.before-clawband")
    assert (backup.read_text(), stat.S_IMODE(backup.stat().st_mode)) == (CONFIG, 0o600)

    again = terminal("attach", "--name", "shop", "--config", str(config), "--yes")
    assert "attached already" in again.out

    written["agents"] = {"new": True}
    config.write_text(json.dumps(written))
    gone = terminal("detach", "--name", "shop", "--config", str(config), "--yes")
    assert "not under guard any more" in gone.out
    assert json.loads(config.read_text()) == {**json.loads(CONFIG), "agents": {"new": True}}
    twice = terminal("detach", "--name", "shop", "--config", str(config), "--yes")
    assert twice.code == 4


def test_the_proxy_goes_in_and_out_with_it_and_its_password_is_not_shown(
    terminal: Terminal, config: Path
) -> None:
    arguments = ("--name", "mill", "--config", str(config))
    tried = terminal("attach", *arguments, "--egress", "--dry-run")
    assert '"proxyUrl": "http://gateway.mill:…@127.0.0.1:' in tried.out
    assert config.read_text() == CONFIG
    assert "mill" not in terminal("gateway", "list").out
    assert terminal("attach", *arguments, "--egress", "--yes").code == 0
    assert "attached already" in terminal("attach", *arguments, "--yes").out
    written = json.loads(config.read_text())
    told = terminal("egress", "address", "mill", "--json").json
    assert written["proxy"] == {"proxyUrl": told["proxy"], "loopbackMode": "gateway-only"}
    assert written["tools"]["web"]["fetch"] == {"useTrustedEnvProxy": True}
    assert told["proxy"].rpartition("@")[0] not in tried.out
    draft = terminal("egress", "draft", "mill", "--config", str(config)).out
    assert 'gateway = "mill"' in draft
    assert terminal("detach", *arguments, "--yes").code == 0
    assert json.loads(config.read_text()) == json.loads(CONFIG)


def test_the_addresses_are_for_administrators_and_known_gateways(terminal: Terminal) -> None:
    assert terminal("egress", "address", "nowhere").code == 3
    assert terminal("--as", "olga", "egress", "address", "mill").code in (4, 5)


def test_a_no_changes_nothing(terminal: Terminal, config: Path) -> None:
    refused = terminal("attach", "--name", "nope", "--config", str(config), given="n\n")
    assert "nothing was changed" in refused.err
    assert config.read_text() == CONFIG
    assert "nope" not in terminal("gateway", "list").out


def test_comments_are_not_lost(terminal: Terminal, config: Path) -> None:
    config.write_text('{ // mine\n  "gateway": {}\n}\n')
    refused = terminal("attach", "--name", "shop2", "--config", str(config), "--yes")
    assert refused.code == 2
    assert "comments would be lost" in refused.err
    fragment = json.loads(refused.out)
    assert fragment["plugins"]["entries"]["clawband"]["enabled"] is True
    assert "// mine" in config.read_text()


@pytest.mark.parametrize("name", ["../x", "A", "a" * 40])
def test_a_name_that_would_be_a_path_is_refused(
    terminal: Terminal, config: Path, name: str
) -> None:
    refused = terminal("attach", "--name", name, "--config", str(config), "--yes")
    assert refused.code == 2
    assert config.read_text() == CONFIG


def test_there_is_no_such_file(terminal: Terminal, tmp_path: Path) -> None:
    absent = str(tmp_path / "absent.json")
    assert terminal("attach", "--name", "shop3", "--config", absent, "--yes").code == 3


def test_who_was_faster_wins(config: Path) -> None:
    target = FileTarget(config)
    config.write_text('{"other": 1}')
    with pytest.raises(ConflictError):
        target.write({})
    assert config.read_text() == '{"other": 1}'


def test_a_link_stays_a_link(config: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.json"
    link.symlink_to(config)
    FileTarget(link).write({"a": 1})
    assert link.is_symlink()
    assert json.loads(config.read_text()) == {"a": 1}


def test_a_plugin_is_staged_once_and_whole(tmp_path: Path) -> None:
    folder = staged(tmp_path)
    assert staged(tmp_path) == folder
    assert {"index.js", "openclaw.plugin.json"} <= {path.name for path in folder.iterdir()}


def test_a_broken_note_is_said(tmp_path: Path) -> None:
    record = Record(tmp_path / "shop.json")
    assert record.load() is None
    for text in ("{", "[]", "{}"):
        record.path.write_text(text)
        with pytest.raises((InputError, NotFoundError)):
            record.load()


def test_the_install_policy_names_files_that_are_there(terminal: Terminal) -> None:
    told = terminal("gateway", "installs", "sample", "--node", sys.executable).json
    policy = told["security"]["installPolicy"]
    assert policy["enabled"] is True
    command, (script,) = policy["exec"]["command"], policy["exec"]["args"]
    assert not Path(command).is_symlink() and "gave no answer" in Path(script).read_text()
    assert policy["exec"]["env"]["CLAWBAND_CREDENTIAL_FILE"].endswith("/sample.credential")
    assert terminal("gateway", "installs", "sample", "--node", "/nowhere").code == 2


def test_the_secret_provider_goes_in_and_out_with_it(terminal: Terminal, config: Path) -> None:
    arguments = ("--name", "loom", "--config", str(config))
    assert terminal("attach", *arguments, "--secrets", "--yes").code == 0
    assert "attached already" in terminal("attach", *arguments, "--yes").out
    written = json.loads(config.read_text())
    provider = written["secrets"]["providers"]["clawband"]
    program = Path(provider["command"])
    assert provider["source"] == "exec" and len(provider["args"]) == 2
    assert program.is_absolute() and program == program.resolve()
    assert stat.S_IMODE(program.stat().st_mode) == 0o700
    asked = '{"protocolVersion": 1, "provider": "clawband", "ids": ["none"]}'
    command = [str(program), *provider["args"]]
    told = subprocess.run(command, input=asked, capture_output=True, text=True, env={}, timeout=20)
    assert json.loads(told.stdout)["errors"] == {"none": {"code": "NOT_FOUND"}}

    reference = {"source": "exec", "provider": "clawband", "id": "crm/key"}
    config.write_text(json.dumps(written | {"gateway": {"auth": {"token": reference}}}))
    kept = terminal("detach", *arguments, "--yes")
    assert kept.code == 4 and "`gateway.auth.token`" in kept.err
    config.write_text(json.dumps(written))
    assert terminal("detach", *arguments, "--yes").code == 0
    assert json.loads(config.read_text()) == json.loads(CONFIG)


def test_a_python_that_no_first_line_can_name_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot stand in the first line"):
        provided(tmp_path, str(tmp_path / "with space" / "python"))
