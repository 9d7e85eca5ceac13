"""`[secrets]` and `[[vault]]`: what is taken, and what is refused."""

import tomllib

import pytest

from clawband.model import vaults
from clawband.model.errors import InputError
from clawband.model.vaults import Master, SecretsSettings

BAO = """\
[[vault]]
name = "bao"
kind = "openbao"
environment = "production"
url = "https://bao.example:8200"
token_file = "bao.token"
"""


def read(text):
    given = tomllib.loads(text)
    found = vaults.read(given)
    assert not given, "nothing is left for others"
    return found


def test_without_a_word_a_file_wraps_the_own_vault():
    assert read("") == SecretsSettings(master=Master(source="file"), previous=None, vaults=())


def test_each_kind_is_taken():
    found = read(
        BAO
        + """
[[vault]]
name = "accounts"
kind = "openbao-database"
environment = "staging"
url = "http://127.0.0.1:8200"
role_id = "r"
secret_id_file = "s"
mount = "/db/shop/"
[[vault]]
name = "run"
kind = "files"
environment = "dev"
folder = "/run/secrets"
[[vault]]
name = "env"
kind = "environment"
environment = "dev"
prefix = "APP_"
"""
    ).vaults
    assert [(each.name, each.mount, each.writable) for each in found] == [
        ("bao", "secret", True), ("accounts", "db/shop", False), ("run", "", False),
        ("env", "", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "source", "place"),
    [
        ('"file:keys/m"', "file", ("/x/keys/m",)),
        ('"file"', "file", ()),
        ('"environment:CLAWBAND_KEY"', "environment", ("CLAWBAND_KEY",)),
        ('["/bin/keyctl", "pipe", "%u:k"]', "command", ("/bin/keyctl", "pipe", "%u:k")),
        ('"transit:bao/clawband"', "transit", ("bao", "clawband")),
        ('"transit:bao/kms/clawband"', "transit", ("bao", "kms/clawband")),
    ],
)  # fmt: skip
def test_each_source_of_a_master_key_is_taken(text, source, place):
    found = read(f"[secrets]\nmaster = {text}\n{BAO}").below(
        lambda path: f"/x/{path}" if path else ""
    )
    assert found.master == Master(source=source, place=place)
    assert found.vaults[0].token_file == "/x/bao.token"


@pytest.mark.parametrize(
    "text",
    [
        '"keyring"', '"environment"', '"environment:"', "7", "[]", '["keyctl"]', "[1]",
        '"transit:bao"', '"transit:other/key"', '"transit:bao/"', '"command:/bin/x"',
    ],
)  # fmt: skip
def test_what_is_no_master_key_is_refused(text):
    with pytest.raises(InputError):
        read(f"[secrets]\nmaster = {text}\n{BAO}")


@pytest.mark.parametrize(
    "text",
    [
        '[secrets]\nother = "x"',
        'secrets = "x"',
        '[secrets]\nmaster = "file:a"\nprevious = "file:a"',
        "vault = 1",
        'vault = "x"',
        "vault = [1]",
        BAO + BAO,
        BAO.replace('"bao"', '"own"'),
        BAO.replace('"bao"', '"b/o"'),
        BAO.replace('name = "bao"\n', ""),
        BAO.replace('"production"', '"prod"'),
        BAO.replace('environment = "production"\n', ""),
        BAO.replace('"openbao"', '"keepass"'),
        BAO.replace("https:", "http:"),
        BAO.replace("https://bao", "https://user:pw@bao"),
        BAO.replace("8200", "8200/v1"),
        BAO.replace("8200", "99999"),
        BAO.replace("https://bao.example:8200", "bao.example"),
        BAO.replace("token_file", "token"),
        BAO.replace('token_file = "bao.token"', ""),
        BAO + 'role_id = "r"\nsecret_id_file = "s"',
        BAO.replace("token_file", "role_id"),
        BAO + "seconds = 0",
        BAO + "seconds = true",
        BAO + "remember_seconds = 301",
        BAO + "remember_seconds = -1",
        BAO + 'folder = "/x"',
        '[[vault]]\nname = "f"\nkind = "files"\nenvironment = "dev"\nfolder = ""',
        '[[vault]]\nname = "e"\nkind = "environment"\nenvironment = "dev"',
    ],
)
def test_what_is_wrong_is_refused(text):
    with pytest.raises(InputError) as caught:
        read(text)
    assert caught.value.remedy
