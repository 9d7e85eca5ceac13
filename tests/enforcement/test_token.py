"""Action tokens: good for one action, for a short time, once."""

import base64
import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.enforcement.token import LIFE, Claims, Mint, Spent
from clawband.model.errors import AuthenticationError

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CLAIMS = Claims(
    aud="egress", sub="sample/support", env="dev", session="s", run="r", call="c", trace="t",
    tool="web_fetch", who="telegram:1", act="a" * 64, dst="news.example:443", cause="dec_1",
    jti="0011", iat=int(NOW.timestamp()), exp=int((NOW + LIFE).timestamp()),
)  # fmt: skip
MINT = Mint(bytes(range(32)))


def refused(token, *, aud="egress", now=NOW, mint=MINT):
    with pytest.raises(AuthenticationError) as caught:
        mint.check(token, aud=aud, now=now)
    return caught.value.message


def test_what_was_made_is_read():
    assert MINT.check(MINT.make(CLAIMS), aud="egress", now=NOW) == CLAIMS


@pytest.mark.parametrize("late", [LIFE, LIFE + timedelta(days=1), timedelta(seconds=-1)])
def test_it_holds_for_its_time_only(late):
    assert "time is over" in refused(MINT.make(CLAIMS), now=NOW + late)


def test_it_is_for_one_use():
    assert "`egress`" in refused(MINT.make(CLAIMS), aud="call")


def test_another_key_ends_it():
    assert "signature" in refused(MINT.make(CLAIMS), mint=Mint(bytes(32)))


@given(st.data())
def test_no_changed_character_is_accepted(data):
    token = MINT.make(CLAIMS)
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("abcXYZ019-_.="))
    changed = token[:place] + letter + token[place + 1 :]
    if changed != token:
        refused(changed)


@given(st.text(max_size=200))
def test_no_text_is_a_token(text):
    refused(text)


def test_the_bearer_chooses_no_algorithm():
    body = MINT.make(CLAIMS).split(".")[1]
    for header in ({"alg": "none", "typ": "JWT"}, {"alg": "HS256", "typ": "JWT"}):
        encoded = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
        refused(f"{encoded}.{body}.")


def test_signed_claims_of_another_shape_are_refused():
    for wrong in ({"aud": "egress"}, asdict(CLAIMS) | {"exp": str(CLAIMS.exp)}):

        class Odd(Mint):
            def make(self, claims, said=wrong):
                from clawband.enforcement.token import _HEADER, _encoded

                signed = _HEADER + b"." + _encoded(json.dumps(said).encode())
                return (signed + b"." + _encoded(self._key.sign(signed))).decode()

        assert "not ours" in refused(Odd(bytes(range(32))).make(CLAIMS))


def test_it_is_used_once():
    spent = Spent()
    assert spent.use(CLAIMS, NOW)
    assert not spent.use(CLAIMS, NOW)
    assert spent.use(replace(CLAIMS, jti="0012"), NOW)


def test_what_is_over_is_forgotten_and_still_not_good():
    spent = Spent()
    for number in range(5000):
        spent.use(replace(CLAIMS, jti=str(number)), NOW)
    later = NOW + LIFE
    spent.use(replace(CLAIMS, jti="new", exp=CLAIMS.exp + 60), later)
    assert len(spent._used) < 5000
    refused(MINT.make(CLAIMS), now=later)
