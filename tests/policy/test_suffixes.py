"""`*.` before a domain that belongs to nobody alone."""

import pytest

from clawband.policy.sets import PolicyError
from clawband.policy.suffixes import shared
from tests.policy.asking import policy_set, replaced

LINE = '[[egress]]\nhosts = ["{}"]\ntools = ["note"]\n'


@pytest.mark.parametrize(
    "domain", ["com", "co.uk", "com.au", "or.jp", "github.io", "s3.amazonaws.com", "nip.io"]
)
def test_strangers_have_names_there(domain: str) -> None:
    assert shared(domain)


@pytest.mark.parametrize(
    "domain", ["example.com", "corp.co.uk", "x.github.io", "cost.uk", "co.com"]
)
def test_one_owner(domain: str) -> None:
    assert not shared(domain)


@pytest.mark.parametrize("host", ["*.com", "*.co.uk", "*.github.io"])
def test_a_manifest_lets_no_strangers_in(host: str) -> None:
    with pytest.raises(PolicyError, match="a domain of one owner"):
        policy_set(replaced() + LINE.format(host))


@pytest.mark.parametrize("host", ["co.uk", "team.github.io", "*.team.github.io", "*.files.example"])
def test_what_is_written_out_may_stand_there(host: str) -> None:
    assert policy_set(replaced() + LINE.format(host)).manifests
