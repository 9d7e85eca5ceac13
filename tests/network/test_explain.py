"""The whole decision about a URL, over the table of vectors and where policy has a say."""

import tomllib
from pathlib import Path

import pytest

from clawband.network.addresses import networks
from clawband.network.explain import Allowance, explain

VECTORS = tomllib.loads((Path(__file__).parent / "vectors.toml").read_text(encoding="utf-8"))[
    "vectors"
]


def answers(text):
    named = (each.partition("=") for each in filter(None, text.split(";")))
    return {name: listed.split(",") if listed else [] for name, _, listed in named}


def outcome(vector):
    lifted = Allowance("listed", networks(vector.get("networks", "").split()))
    told = explain(
        vector["url"], lambda _: lifted, answers(vector.get("dns", "")), vector.get("redirects", ())
    )
    return told.refusal.category if told.refusal else "open" if told.open else "allowed"


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: ascii(vector["url"])[:60])
def test_vector(vector):
    assert outcome(vector) == vector["expect"]
