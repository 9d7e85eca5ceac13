"""Settings: what is unknown, of the wrong kind or unsafe is refused with what to do."""

from dataclasses import fields
from pathlib import Path

import pytest

from clawband.model.errors import InputError
from clawband.settings import FILE, Settings, load, parse

GATEWAY = '[[gateway]]\nname = "shop"\n'


def test_without_a_file_there_are_defaults_in_the_folder(tmp_path):
    settings = load(tmp_path)
    assert settings.state == tmp_path / "var" and settings.host == "127.0.0.1"
    assert settings.store.parent == settings.socket.parent == settings.state


def test_paths_are_relative_to_the_file(tmp_path):
    text = 'state = "s"\npolicies = "/abs"\n' + GATEWAY + 'url = "ws://x"\ntoken_file = "t"\n'
    settings = parse(text, tmp_path)
    assert (settings.state, settings.policies) == (tmp_path / "s", Path("/abs"))
    assert settings.gateways[0].token_file == str(tmp_path / "t")


def test_every_value_can_be_set(tmp_path):
    text = 'host = "::1"\nport = 9000\norigin = "a.example/log"\nhold_seconds = 60\n'
    settings = parse(text + "approval_seconds = 120\n" + GATEWAY, tmp_path)
    assert (settings.port, settings.hold.seconds, settings.approval.seconds) == (9000, 60, 120)
    assert settings.url.endswith(":9000") and settings.gateways[0].environment == "dev"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("state = ", "is not TOML"),
        ("stat = 1", "unknown key `stat`"),
        ("gateways = 1", "unknown key `gateways`"),
        ("store = 'x'", "unknown key `store`"),
        ("port = '1'", "expected `port`"),
        ("port = true", "expected `port`"),
        ("port = 1.5", "expected `port`"),
        ("port = 0", "expected 1 to 65535"),
        ("port = 65536", "expected 1 to 65535"),
        ("state = 1", "expected `state`"),
        ("host = '0.0.0.0'", "expected a loopback address"),
        ("host = '192.168.1.5'", "expected a loopback address"),
        ("host = 'example.com'", "expected a loopback address"),
        ("host = ''", "expected a loopback address"),
        ("hold_seconds = 0", "`hold_seconds` is 0"),
        ("hold_seconds = 3601", "`hold_seconds` is 3601"),
        ("approval_seconds = -1", "`approval_seconds` is -1"),
        ("approval_seconds = 999999999", "expected 1 to"),
        ("origin = ''", "`origin` is"),
        ("origin = 'a b'", "`origin` is"),
        ("origin = 'a+b'", "`origin` is"),
        ('origin = "a\\nb"', "`origin` is"),
        ("gateway = 1", "expected `gateway` to be tables"),
        ("model = 1", "expected `model` to be tables"),
        ('[[model]]\nname = "a"', "needs a plain `name` and a `url`"),
        ("gateway = [1]", "expected `gateway` to be tables"),
        ("[[gateway]]", "gateway 1 of `clawband.toml` has no name"),
        ("[[gateway]]\nname = 1", "expected `name`"),
        (GATEWAY + "token = 'x'", "unknown key `token`"),
        (GATEWAY + "url = 'ws://x'", "expected both or none"),
        (GATEWAY + "token_file = 'x'", "expected both or none"),
        (GATEWAY + GATEWAY, "two gateways have the same name"),
    ],
)
def test_what_is_wrong_is_refused(tmp_path, text, said):
    with pytest.raises(InputError) as refused:
        parse(text, tmp_path)
    assert said in refused.value.message


@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_a_file_that_cannot_be_read_says_so(tmp_path, content):
    path = tmp_path / FILE
    path.write_bytes(content) if content else path.mkdir()
    with pytest.raises(InputError, match="cannot be read"):
        load(tmp_path)


def test_settings_do_not_change(tmp_path):
    with pytest.raises(AttributeError):
        Settings().port = 1


def test_a_models_key_is_looked_for_below_the_folder(tmp_path):
    text = '[[model]]\nname = "lab"\nurl = "https://api.example/v1"\nkey_file = "keys/lab"\n'
    (lab,) = parse(text, tmp_path).providers
    assert lab.key_file == str(tmp_path / "keys" / "lab")


def test_the_mail_servers_password_is_looked_for_below_the_folder(tmp_path):
    text = '[mail]\nhost = "mail.example"\nfrom = "a@b.example"\nuser = "a"\npassword_file = "pw"\n'
    sent = parse(text, tmp_path).mail
    assert sent and sent.password_file == str(tmp_path / "pw")
    assert parse("", tmp_path).mail is None


def test_every_setting_is_in_the_documents():
    text = (Path(__file__).parents[1] / "docs" / "settings.md").read_text()
    tables = {
        "tls": "certificate", "doors": "door", "gateways": "gateway", "providers": "model",
        "workloads": "workload",
    }  # fmt: skip
    for each in fields(Settings):
        name = tables.get(each.name, each.name)
        assert f"`{name}`" in text or f"[{name}]" in text, each.name
