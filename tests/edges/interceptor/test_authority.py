"""The authority of interception, and the certificates it signs."""

import ssl
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from clawband.edges.interceptor.authority import FILE, Authority, bundled, trusting
from clawband.model.errors import UnavailableError

NOW = datetime.now(UTC)


@pytest.fixture
def folder(tmp_path):
    tmp_path.chmod(0o700)
    return tmp_path


def shown(authority, host, name=None):
    """The certificate that a client sees which trusts the authority and asks for `name`."""
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    trust = ssl.create_default_context(cadata=authority.pem)
    client = trust.wrap_bio(down, up, server_hostname=name or host)
    server = authority.context(host).wrap_bio(up, down, server_side=True)
    for end in (client, server, client):
        with suppress(ssl.SSLWantReadError):
            end.do_handshake()
    return x509.load_der_x509_certificate(client.getpeercert(binary_form=True))


def test_it_is_made_once_and_only_its_owner_can_read_it(folder):
    first = Authority.open(folder)
    assert Authority.open(folder).pem == first.pem
    assert (folder / FILE).stat().st_mode & 0o777 == 0o600
    assert "PRIVATE" not in first.pem
    assert [path.name for path in folder.iterdir()] == [FILE]


def test_it_can_sign_for_hosts_and_for_no_other_authority(folder):
    own = x509.load_pem_x509_certificate(Authority.open(folder, NOW).pem.encode())
    basic = own.extensions.get_extension_for_class(x509.BasicConstraints)
    assert basic.critical and (basic.value.ca, basic.value.path_length) == (True, 0)
    assert own.not_valid_after_utc - NOW <= timedelta(days=365)


@pytest.mark.parametrize("host", ["api.test", "xn--mnchen-3ya.test", "203.0.113.7", "2001:db8::7"])
def test_a_host_gets_a_certificate_of_one_day_for_its_name_alone(folder, host):
    leaf = shown(Authority.open(folder), host)
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    expected = x509.DNSName(host) if host.endswith("test") else x509.IPAddress(ip_address(host))
    assert list(names) == [expected]
    assert leaf.not_valid_after_utc - datetime.now(UTC) < timedelta(days=1, minutes=1)
    use = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(use) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_a_certificate_is_for_no_other_host(folder):
    with pytest.raises(ssl.SSLCertVerificationError):
        shown(Authority.open(folder), "api.test", "a.api.test")


def test_certificates_are_remembered_until_half_of_their_time_is_over(folder):
    authority = Authority.open(folder, NOW)
    first = authority.context("api.test", NOW)
    assert authority.context("api.test", NOW + timedelta(hours=11)) is first
    assert authority.context("other.test", NOW) is not first
    assert authority.context("api.test", NOW + timedelta(hours=13)) is not first


def test_a_new_one_is_made_before_the_old_one_is_over(folder):
    first = Authority.open(folder, NOW)
    assert Authority.open(folder, NOW + timedelta(days=362)).pem == first.pem
    assert Authority.open(folder, NOW + timedelta(days=364)).pem != first.pem
    assert (folder / FILE).stat().st_mode & 0o777 == 0o600


def test_a_key_that_others_can_read_is_not_used(folder):
    Authority.open(folder)
    (folder / FILE).chmod(0o640)
    with pytest.raises(UnavailableError, match="can be read by other users"):
        Authority.open(folder)


@pytest.mark.parametrize("damage", ["empty", "text", "other-key"])
def test_a_file_that_holds_something_else_is_not_used(folder, damage):
    Authority.open(folder)
    whole = (folder / FILE).read_text()
    other = folder / "other"
    other.mkdir()
    Authority.open(other)
    key, _, certificate = whole.partition("-----BEGIN CERTIFICATE")
    foreign = (other / FILE).read_text().partition("-----BEGIN CERTIFICATE")[0]
    said = {
        "empty": "",
        "text": "no key",
        "other-key": f"{foreign}-----BEGIN CERTIFICATE{certificate}",
    }
    assert key != foreign
    (folder / FILE).write_text(said[damage])
    with pytest.raises(UnavailableError, match="no authority of ours"):
        Authority.open(folder)


def test_clients_that_read_one_file_get_the_machines_authorities_and_ours(folder):
    usual = ssl.get_default_verify_paths().cafile
    path = bundled(folder, folder / "authorities.pem")
    if not usual:
        assert path == ""
        return
    text = (folder / "authorities.pem").read_text()
    assert text.endswith(Authority.open(folder).pem) and "PRIVATE" not in text
    machine = ssl.create_default_context(cafile=usual).cert_store_stats()["x509_ca"]
    both = ssl.create_default_context(cafile=path).cert_store_stats()["x509_ca"]
    assert both == machine + 1


def test_a_list_of_authorities_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / "wrong.pem").write_text("nothing")
    for path in (tmp_path / "gone.pem", tmp_path / "wrong.pem"):
        with pytest.raises(UnavailableError, match="cannot be read"):
            trusting(str(path))
    assert trusting().verify_mode is ssl.CERT_REQUIRED and trusting().check_hostname
