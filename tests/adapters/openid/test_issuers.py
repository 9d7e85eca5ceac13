"""What an issuer says about itself, how long it is believed, and what is not believed at all."""

import pytest

from clawband.model.errors import AuthenticationError, UnavailableError
from clawband.model.openid import OpenId
from clawband.model.person import Role
from tests.simulators.clocks import FixedClock
from tests.simulators.issuer import SECRET, Issuer, asked_over
from tests.simulators.small import story

DISCOVERY, KEYS = "/.well-known/openid-configuration", "/keys"


def openid(**changes):
    return OpenId(
        **{"issuer": "https://login.example", "client": "clawband",
           "roles": {"admins": frozenset({Role.ADMIN})}, **changes}
    )  # fmt: skip


def world(secret=None, **options):
    clock = FixedClock()
    issuer = Issuer(clock, **options)
    return clock, issuer, asked_over(clock, issuer, secret=secret)


@story
async def test_it_is_asked_once_and_again_when_that_is_old():
    clock, issuer, issuers = world()
    for _ in range(3):
        assert (await issuers.describe(issuer.url)).token == "https://login.example/token"
        await issuers.verify(issuer.url, issuer.token())
    assert issuer.asked == {DISCOVERY: 1, KEYS: 1}
    clock.forward(seconds=601)
    await issuers.verify(issuer.url, issuer.token())
    assert issuer.asked == {DISCOVERY: 2, KEYS: 2}


@story
async def test_fresh_keys_are_found_and_withdrawn_ones_end():
    clock, issuer, issuers = world()
    old, token = issuer.key, issuer.token()
    await issuers.verify(issuer.url, token)
    clock.forward(seconds=6)
    issuer.rotate()
    await issuers.verify(issuer.url, issuer.token())
    with pytest.raises(AuthenticationError):
        await issuers.verify(issuer.url, token)
    assert old not in issuer.keys


@story
async def test_strangers_cannot_make_it_ask_all_the_time():
    clock, issuer, issuers = world()
    forged = Issuer(clock).token()
    for _ in range(20):
        with pytest.raises(AuthenticationError):
            await issuers.verify(issuer.url, forged)
    assert issuer.asked[KEYS] == 1
    clock.forward(seconds=6)
    for _ in range(20):
        with pytest.raises(AuthenticationError):
            await issuers.verify(issuer.url, forged)
    assert issuer.asked[KEYS] == 2


@pytest.mark.parametrize(
    "odd",
    [
        {"issuer": "https://evil.example"}, {"issuer": "https://login.example/"}, {"issuer": 1},
        {"token_endpoint": "http://login.example/token"}, {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": "http://127.0.0.1/keys"}, {"authorization_endpoint": "javascript:alert(1)"},
    ],
)  # fmt: skip
@story
async def test_an_issuer_that_is_another_one_or_leads_elsewhere_is_not_used(odd):
    _, issuer, issuers = world(discovery=odd)
    with pytest.raises(UnavailableError):
        await issuers.verify(issuer.url, issuer.token())


@story
async def test_an_issuer_that_does_not_answer_is_unavailable_and_comes_back():
    clock, issuer, issuers = world(down=True)
    for _ in range(5):
        with pytest.raises(UnavailableError):
            await issuers.verify(issuer.url, issuer.token())
    assert issuer.asked == {DISCOVERY: 1}, "nobody waits for it again at once"
    with pytest.raises(UnavailableError):
        await issuers.describe("https://nobody.example")
    issuer.down = False
    clock.forward(seconds=6)
    await issuers.verify(issuer.url, issuer.token())


@pytest.mark.parametrize("ways", [None, ["client_secret_post"], ["client_secret_basic"]])
@story
async def test_a_code_is_redeemed_with_the_client_secret(tmp_path, ways):
    told = {"token_endpoint_auth_methods_supported": ways} if ways else {}
    _, issuer, issuers = world(lambda: SECRET, discovery=told)
    query = "response_type=code&client_id=clawband&nonce=n&state=s&redirect_uri=back"
    challenge = "code_challenge=iMnq5o6zALKXGivsnlom_0F5_WYda32GHkxlV7mq7hQ"
    url = f"{issuer.url}/auth?{query}&{challenge}&code_challenge_method=S256"
    code = issuer.authorize(url)["code"]
    settings = openid()
    token = await issuers.redeem(settings, code, "verifier", "back")
    assert (await issuers.verify(issuer.url, token)).claims["nonce"] == "n"
    with pytest.raises(AuthenticationError, match="invalid_grant"):
        await issuers.redeem(settings, code, "verifier", "back")
    again = issuer.authorize(url)["code"]
    with pytest.raises(AuthenticationError, match="invalid_grant"):
        await issuers.redeem(settings, again, "another verifier", "back")


@story
async def test_a_secret_that_cannot_be_read_is_said():
    def none():
        raise UnavailableError("the client secret cannot be read")

    _, _, issuers = world(none)
    with pytest.raises(UnavailableError, match="the client secret cannot be read"):
        await issuers.redeem(openid(), "c", "v", "b")


def test_what_a_token_says_of_its_issuer():
    _, issuer, issuers = world()
    assert issuers.unverified(issuer.token()) == issuer.url
    assert issuers.unverified("nonsense") == ""
