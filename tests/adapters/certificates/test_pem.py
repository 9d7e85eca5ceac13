"""Certificates as PEM: taken only when the key is theirs and their time is now."""

from datetime import UTC, datetime, timedelta

import pytest

from clawband.adapters.certificates import pem
from clawband.adapters.certificates.authority import VaultAuthority
from clawband.adapters.vaults.master import LocalMaster
from clawband.adapters.vaults.own import OwnVault
from clawband.model.errors import InputError, UnavailableError
from clawband.ports.doors import Shown

NOW = datetime.now(UTC)
PAPERS = pem.PemPapers()


@pytest.fixture
def shown(tmp_path):
    vault = OwnVault(tmp_path / "vault", LocalMaster(b"m" * 32))
    return VaultAuthority(vault, ["a.example"]).server(["a.example"], NOW + timedelta(days=3), NOW)


def test_what_is_written_in_one(shown):
    facts = PAPERS.facts(shown, NOW)
    assert facts.names == ("a.example",)
    assert facts.until.replace(microsecond=0) == (NOW + timedelta(days=3)).replace(microsecond=0)
    assert facts == PAPERS.certified(shown.chain.decode())


def test_the_key_of_another_is_refused(shown):
    with pytest.raises(InputError, match="not that of the certificate"):
        PAPERS.facts(Shown(shown.chain, pem.private(pem.fresh())), NOW)


@pytest.mark.parametrize("at", [NOW + timedelta(days=4), NOW - timedelta(hours=1)])
def test_a_time_that_is_over_or_has_not_come_is_refused(shown, at):
    with pytest.raises(InputError, match="not now"):
        PAPERS.facts(shown, at)


def test_a_bundle_that_does_not_fit_into_a_pipe_is_refused(shown):
    with pytest.raises(InputError, match="more than 32768 bytes"):
        PAPERS.facts(Shown(shown.chain * 100, shown.key), NOW)


@pytest.mark.parametrize("wrong", [b"", b"x", b"\xff"])
def test_what_is_no_pem_is_refused(shown, wrong):
    with pytest.raises(InputError, match="a certificate cannot be read"):
        PAPERS.facts(Shown(wrong, shown.key), NOW)
    with pytest.raises(InputError, match="the key of a certificate cannot be read"):
        PAPERS.facts(Shown(shown.chain, wrong), NOW)


def test_files_of_somebody_else(tmp_path, shown):
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    chain.write_bytes(shown.chain)
    key.write_bytes(shown.key)
    key.chmod(0o640)
    with pytest.raises(UnavailableError, match="can be read by other users"):
        PAPERS.files(str(chain), str(key))
    key.chmod(0o600)
    assert PAPERS.files(str(chain), str(key)) == shown
    with pytest.raises(UnavailableError, match="cannot be read"):
        PAPERS.files(str(tmp_path / "none"), str(key))
