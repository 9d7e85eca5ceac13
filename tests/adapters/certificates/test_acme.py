"""ACME against a real authority (OpenBao's), which really looks at port 80 of the name."""

import os
import socket
import ssl
from datetime import UTC, datetime

import httpx
import pytest
from joserfc.jwk import ECKey

from clawband.adapters.certificates import pem
from clawband.adapters.certificates.acme import ACCOUNT, AcmeAuthority, _Account
from clawband.adapters.vaults.master import LocalMaster
from clawband.adapters.vaults.own import OwnVault
from clawband.model.errors import UnavailableError
from clawband.model.tls import AcmeSettings
from tests.simulators.shaking import client, server, shake
from tests.simulators.small import story

HOST = "127.0.0.9"
PORT = 80
ROOT = "root/generate/internal"
NAMES = [HOST]
IDENTIFIER = {"type": "ip", "value": HOST}


@pytest.fixture(scope="module")
def port_80():
    try:
        socket.create_server((HOST, PORT)).close()
    except OSError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"an ACME authority looks at port 80, and that cannot be had: {error.strerror}")


@pytest.fixture(scope="module")
def authority(openbao):
    """The address of an ACME directory, and the root behind it."""
    mount = openbao.mount("pki")
    told = ["Last-Modified", "Location", "Replay-Nonce", "Link"]
    openbao.call("POST", f"sys/mounts/{mount}/tune", {"allowed_response_headers": told})
    openbao.call("POST", f"{mount}/config/cluster", {"path": f"{openbao.url}/v1/{mount}"})
    made = openbao.call("POST", mount + "/" + ROOT, {"common_name": "Test root"})
    openbao.call("POST", f"{mount}/config/acme", {"enabled": True})
    return f"{openbao.url}/v1/{mount}/acme/directory", made["data"]["certificate"]


@pytest.fixture
def vault(tmp_path):
    return OwnVault(tmp_path / "vault", LocalMaster(b"m" * 32))


@pytest.fixture
def acme(authority, openbao, vault):
    settings = AcmeSettings(
        directory=authority[0], listen=f"{HOST}:{PORT}", contact="mailto:ops@example.com"
    )
    return AcmeAuthority(settings, vault, str(openbao.authority))


@story
async def test_a_certificate_is_signed_when_the_answer_is_found(port_80, acme, authority, tmp_path):
    shown = await acme.server(NAMES)
    facts = pem.PemPapers().facts(shown, datetime.now(UTC))
    assert facts.names == (HOST,)
    shake(server(shown, tmp_path), client(authority[1], tmp_path), HOST)
    again = await acme.server(NAMES)
    assert again.key != shown.key
    with pytest.raises(OSError):
        socket.create_connection((HOST, PORT), 1)


@story
async def test_the_account_is_the_same_one_each_time(port_80, acme, vault):
    await acme.server(NAMES)
    key = vault.read(ACCOUNT, 0)
    await acme.server(NAMES)
    assert vault.newest(ACCOUNT) == 1 and key.startswith(b"-----BEGIN PRIVATE KEY")


@story
async def test_what_the_authority_refuses_is_told_in_its_words(authority, openbao, vault):
    mount = authority[0].split("/")[4]
    openbao.call("POST", f"{mount}/roles/few", {"allowed_domains": ["a.example"], "ttl": "1h"})
    few = authority[0].replace("/acme/", "/roles/few/acme/")
    settings = AcmeSettings(directory=few, listen=f"{HOST}:{PORT}")
    with pytest.raises(UnavailableError, match="signed nothing: .*rejectedIdentifier"):
        await AcmeAuthority(settings, vault, str(openbao.authority)).server(["b.example"])


@story
async def test_a_nonce_that_was_spent_is_replaced(authority, openbao):
    trust = ssl.create_default_context(cafile=str(openbao.authority))
    async with httpx.AsyncClient(verify=trust, trust_env=False) as http:
        account = _Account(http, ECKey.generate_key("P-256"))
        await account.sign_in(AcmeSettings(directory=authority[0], listen="x"))
        account._nonce = "spent"
        order, _ = await account.post(account.at["newOrder"], {"identifiers": [IDENTIFIER]})
        assert order["status"] == "pending"


@story
async def test_an_authority_that_is_away_or_not_trusted_signs_nothing(authority, openbao, vault):
    for directory, authorities in (
        ("https://127.0.0.1:9/directory", str(openbao.authority)),
        (authority[0], ""),
        (authority[0] + "/none", str(openbao.authority)),
    ):
        settings = AcmeSettings(directory=directory, listen=f"{HOST}:{PORT}")
        with pytest.raises(UnavailableError, match="signed nothing"):
            await AcmeAuthority(settings, vault, authorities).server(NAMES)


@story
async def test_a_place_that_is_taken_is_told(authority, openbao, vault):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        settings = AcmeSettings(directory=authority[0], listen=listen)
        with pytest.raises(UnavailableError, match="cannot be told at 127.0.0.1"):
            await AcmeAuthority(settings, vault, str(openbao.authority)).server(NAMES)
