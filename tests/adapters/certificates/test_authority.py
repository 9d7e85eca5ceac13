"""Our own authority: what it signs is taken by TLS for exactly what it is, and for nothing else."""

import ssl
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from clawband.adapters.certificates import pem
from clawband.adapters.certificates.authority import PLACE, ROOT, VaultAuthority, identity
from clawband.adapters.vaults.master import LocalMaster
from clawband.adapters.vaults.own import OwnVault
from clawband.model.errors import InputError, InvariantError, UnavailableError
from clawband.ports.doors import Shown
from tests.simulators.shaking import client, server, shake

NAMES = ["shop.example.com", "127.0.0.1"]
ROOT_FOLDER = sha256(f"{PLACE}{ROOT}".encode()).hexdigest()
NOW = datetime.now(UTC)
MONTH = NOW + timedelta(days=30)


@pytest.fixture
def vault(tmp_path):
    return OwnVault(tmp_path / "vault", LocalMaster(b"m" * 32))


@pytest.fixture
def authority(vault):
    return VaultAuthority(vault, NAMES)


def asked(key=None, names=("x",)):
    return pem.request(key or pem.fresh(), list(names)).public_bytes(Encoding.PEM).decode()


def given(authority, gateway="shop", until=MONTH):
    key = pem.fresh()
    chain = authority.gateway(gateway, asked(key), until, NOW)
    return Shown(chain.encode(), pem.private(key))


def mutual(authority, tmp_path):
    """A server that asks for certificates."""
    context = server(authority.server(NAMES, MONTH, NOW), tmp_path)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=authority.root(NOW))
    return context


@pytest.mark.parametrize("name", NAMES)
def test_clients_that_trust_the_root_take_what_a_door_shows(authority, tmp_path, name):
    host = server(authority.server(NAMES, MONTH, NOW), tmp_path)
    seen = shake(host, client(authority.root(NOW), tmp_path), name)
    assert seen.version() == "TLSv1.3"
    with pytest.raises(ssl.SSLCertVerificationError):
        shake(host, ssl.create_default_context(), name)
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        shake(host, client(authority.root(NOW), tmp_path), "other.example.com")


def test_it_cannot_sign_for_names_that_the_settings_do_not_have(authority, tmp_path):
    host = server(authority.server(["evil.example"], MONTH, NOW), tmp_path)
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
        shake(host, client(authority.root(NOW), tmp_path), "evil.example")


def test_an_address_alone_is_enough(vault, tmp_path):
    authority = VaultAuthority(vault, ["127.0.0.1"])
    host = server(authority.server(["127.0.0.1"], MONTH, NOW), tmp_path)
    shake(host, client(authority.root(NOW), tmp_path), "127.0.0.1")


def test_without_an_address_in_the_settings_it_signs_for_none(vault, tmp_path):
    authority = VaultAuthority(vault, ["shop.example.com"])
    host = server(authority.server(["127.0.0.1"], MONTH, NOW), tmp_path)
    with pytest.raises(ssl.SSLCertVerificationError, match="subtree"):
        shake(host, client(authority.root(NOW), tmp_path), "127.0.0.1")


def test_other_names_in_the_settings_make_another_issuer_under_the_same_root(vault, tmp_path):
    first = VaultAuthority(vault, NAMES)
    root, was = first.root(NOW), first.issuers()["servers"]
    again = VaultAuthority(vault, NAMES)
    assert again.root(NOW) == root and again.issuers()["servers"] == was
    more = VaultAuthority(vault, [*NAMES, "new.example.com"])
    host = server(more.server(["new.example.com"], MONTH, NOW), tmp_path)
    shake(host, client(root, tmp_path), "new.example.com")
    assert more.issuers()["servers"] != was and more.root(NOW) == root


@pytest.mark.parametrize(
    ("name", "told"),
    [("shop", "clawband://gateway/shop"), ("my shop/1", "clawband://gateway/my%20shop%2F1")],
)
def test_a_gateway_shows_who_it_is(authority, tmp_path, name, told):
    host = mutual(authority, tmp_path)
    shown = given(authority, name)
    shake(host, client(authority.root(NOW), tmp_path, shown), NAMES[0])
    assert pem.facts(pem.first(shown.chain)).names == (told,) == (identity(name),)


def test_neither_kind_stands_in_for_the_other(authority, tmp_path):
    """What a door shows opens no door, and what a gateway shows is no server."""
    host = mutual(authority, tmp_path)
    door = authority.server(NAMES, MONTH, NOW)
    with pytest.raises(ssl.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        shake(host, client(authority.root(NOW), tmp_path, door), NAMES[0])
    false = server(given(authority), tmp_path)
    with pytest.raises(ssl.SSLCertVerificationError, match="purpose"):
        shake(false, client(authority.root(NOW), tmp_path), NAMES[0])


def test_a_client_without_one_or_with_one_of_somebody_else_is_refused(
    authority, tmp_path, tmp_path_factory
):
    host, root = mutual(authority, tmp_path), authority.root(NOW)
    with pytest.raises(ssl.SSLError, match="PEER_DID_NOT_RETURN_A_CERTIFICATE"):
        shake(host, client(root, tmp_path), NAMES[0])
    elsewhere = OwnVault(tmp_path_factory.mktemp("b") / "v", LocalMaster(b"n" * 32))
    other = given(VaultAuthority(elsewhere, NAMES))
    with pytest.raises(ssl.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        shake(host, client(root, tmp_path, other), NAMES[0])
    over = given(authority, until=NOW - timedelta(seconds=1))
    with pytest.raises(ssl.SSLError, match="certificate has expired"):
        shake(host, client(root, tmp_path, over), NAMES[0])


def test_the_name_in_a_request_counts_for_nothing(authority):
    chain = authority.gateway("shop", asked(names=["shop.example.com"]), MONTH, NOW)
    assert pem.PemPapers().certified(chain).names == ("clawband://gateway/shop",)


@pytest.mark.parametrize(
    "request_",
    [
        "",
        "no request",
        "ünicode",
        asked(rsa.generate_private_key(65537, 2048)),
        asked(ec.generate_private_key(ec.SECP384R1())),
    ],
)
def test_what_is_no_request_is_refused(authority, request_):
    with pytest.raises(InputError, match="expected a certificate request"):
        authority.gateway("shop", request_, MONTH, NOW)


def test_a_request_that_another_key_signed_is_refused(authority):
    text = asked()
    lines = text.splitlines()
    spoiled = lines[-2]
    lines[-2] = ("A" if spoiled[0] != "A" else "B") + spoiled[1:]
    with pytest.raises(InputError):
        authority.gateway("shop", "\n".join(lines), MONTH, NOW)


def test_the_root_can_be_taken_away_until_it_is_needed(vault, tmp_path):
    """As docs/tls.md has it: its folder of the vault, moved and put back."""
    root = VaultAuthority(vault, NAMES).root(NOW)
    folder = tmp_path / "vault" / ROOT_FOLDER
    folder.rename(tmp_path / "safe")
    alone = VaultAuthority(vault, NAMES)
    host = server(alone.server(NAMES, MONTH, NOW), tmp_path)
    shake(host, client(root, tmp_path, given(alone)), NAMES[0])
    assert alone.root(NOW) == root and set(alone.issuers()) == {"root", "servers", "gateways"}
    more = VaultAuthority(vault, ["new.example.com"])
    with pytest.raises(UnavailableError, match="the root of our own authority is needed"):
        more.server(["new.example.com"], MONTH, NOW)
    (tmp_path / "safe").rename(folder)
    shown = more.server(["new.example.com"], MONTH, NOW)
    shake(server(shown, tmp_path), client(root, tmp_path), "new.example.com")


def test_the_document_names_the_folder_of_the_root():
    assert ROOT_FOLDER in (Path(__file__).parents[3] / "docs" / "tls.md").read_text()


def test_keys_are_sealed(vault, tmp_path):
    VaultAuthority(vault, NAMES).root(NOW)
    files = [each.read_bytes() for each in (tmp_path / "vault").rglob("*") if each.is_file()]
    assert files and not any(b"PRIVATE" in each for each in files)
    other = OwnVault(tmp_path / "vault", LocalMaster(b"x" * 32))
    with pytest.raises(InvariantError):
        VaultAuthority(other, NAMES).root(NOW)
