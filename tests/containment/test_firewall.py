"""The ruleset: nothing but the proxy's port on the link."""

import os
import shutil
import subprocess
from dataclasses import replace

import pytest

from clawband.containment.definition import Link
from clawband.containment.firewall import COUNTERS, ruleset
from tests.containment.test_definition import DEFINITION

RULES = ruleset(replace(DEFINITION, ports=(8621, 8622), inbound=(18789,)), Link(5))


def test_everything_is_dropped_that_is_not_named():
    assert RULES.count("policy drop;") == 3
    accepted = [line.strip() for line in RULES.splitlines() if line.strip().endswith("accept")]
    assert accepted == [
        'oifname "lo" accept',
        "ct state established,related accept",
        "ip daddr 10.86.0.21 tcp dport { 8621, 8622 } accept",
        'iifname "lo" accept',
        "ct state established,related accept",
        "ip saddr 10.86.0.21 tcp dport { 18789 } accept",
    ]


def test_what_is_refused_is_logged_first_and_counted():
    chain = RULES[RULES.index("chain output") : RULES.index("chain input")]
    assert chain.index("log group") < chain.index("reject")
    assert all(f"counter name {name}" in chain for name in COUNTERS)


def test_nobody_comes_in_where_nothing_listens():
    rules = ruleset(replace(DEFINITION, inbound=()), Link(0))
    assert "ip saddr" not in rules and "prerouting" not in rules


@pytest.mark.skipif(
    not shutil.which("nft") or os.geteuid() != 0, reason="nft reads rules for root only"
)
def test_nft_understands_it():
    checked = subprocess.run(
        ["nft", "-c", "-f", "-"], input=RULES, text=True, capture_output=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")
