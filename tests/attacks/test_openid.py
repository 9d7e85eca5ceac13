"""Attacks on single sign-on: on the way there, on the way back, with tokens, and on the way out."""

import asyncio

import pytest
from joserfc.jwk import OctKey

from clawband.identity.oidc_claims import LOGOUT_EVENT
from clawband.model.person import Role
from tests.simulators.issuer import Issuer, fresh_key, sign
from tests.simulators.signing_on import BACK, signing_on
from tests.simulators.small import story

COOKIE = "clawband-openid"
ANSWERS = [
    {"iss": "https://evil.example"}, {"iss": ""}, {"state": ""}, {"state": "x"}, {"code": ""},
    {"error": "access_denied"},
]  # fmt: skip
ID_TOKENS = [
    {"nonce": "x"}, {"nonce": None}, {"aud": "other"}, {"aud": ["clawband", "other"]},
    {"azp": "other"}, {"iss": "https://evil.example"}, {"exp": 1}, {"iat": 1 << 39},
    {"sub": None}, {"groups": []}, {"groups": "admins"}, {"groups": ["Admins"]},
]  # fmt: skip
LOGOUT_TOKENS = [
    {"aud": "other"}, {"iss": "https://evil.example"}, {"exp": 1}, {"iat": 1 << 39},
    {"jti": None}, {"events": None}, {"events": {}}, {"nonce": "n"}, {"sub": None, "sid": None},
]  # fmt: skip


async def is_refused(world, answer, status=401):
    assert answer.status_code == status, answer.text
    assert "clawband=" not in "".join(answer.headers.get_list("set-cookie")).replace(COOKIE, "")
    assert await world.name() == ""


@story
async def test_an_answer_is_good_once(tmp_path):
    async with signing_on(tmp_path) as world:
        url = await world.leave()
        cookie = world.http.cookies[COOKIE]
        query = world.issuer.authorize(url)
        assert (await world.back(query)).status_code == 303
        world.http.cookies.clear()
        world.http.cookies.set(COOKIE, cookie, domain="localhost.local")
        await is_refused(world, await world.back(query))
        world.http.cookies.set(COOKIE, cookie, domain="localhost.local")
        fresh = world.issuer.authorize(url)
        await is_refused(world, await world.back(fresh))


@story
async def test_nobody_is_signed_in_as_somebody_else_by_a_link(tmp_path):
    """Login CSRF: the attacker's answer in the victim's browser, which began nothing or its own."""
    async with signing_on(tmp_path) as world, world.browser() as attacker:
        there = (await attacker.get("/login/openid")).headers["location"]
        trap = world.issuer.authorize(there, sub="attacker", preferred_username="eve")
        await is_refused(world, await world.back(trap))
        await world.leave()
        await is_refused(world, await world.back(trap))


@story
async def test_a_stolen_code_is_worth_nothing_in_another_sign_in(tmp_path):
    async with signing_on(tmp_path) as world, world.browser() as victim:
        there = (await victim.get("/login/openid")).headers["location"]
        stolen = world.issuer.authorize(there, sub="victim", preferred_username="vic")
        mine = world.issuer.authorize(await world.leave())
        await is_refused(world, await world.back({**mine, "code": stolen["code"]}))


@story
async def test_a_provider_that_forgets_pkce_is_caught_by_the_nonce(tmp_path):
    async with signing_on(tmp_path) as world, world.browser() as victim:
        there = (await victim.get("/login/openid")).headers["location"]
        stolen = world.issuer.authorize(there, sub="victim", preferred_username="vic")
        mine = world.issuer.authorize(await world.leave())
        codes = world.issuer.codes
        codes[stolen["code"]].challenge = codes[mine["code"]].challenge
        await is_refused(world, await world.back({**mine, "code": stolen["code"]}))


@story
async def test_an_answer_of_another_provider_or_without_its_parts(tmp_path):
    async with signing_on(tmp_path) as world:
        for wrong in ANSWERS:
            query = world.issuer.authorize(await world.leave())
            await is_refused(world, await world.back({**query, **wrong}))


@story
async def test_an_id_token_with_anything_wrong(tmp_path):
    async with signing_on(tmp_path) as world:
        for wrong in ID_TOKENS:
            await is_refused(world, await world.sign_in(**wrong))
        assert world.house.service.running.store.operator("ana") is None


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@story
async def test_an_id_token_that_the_provider_did_not_sign(tmp_path):
    """The attacker sits on the token endpoint, and has the provider's public key."""
    async with signing_on(tmp_path) as world:
        real, stranger = world.issuer.key, fresh_key()
        shared = OctKey.import_key(str(real.as_dict(private=False)["x"]), {"kid": real.kid})
        for key, header in (
            (stranger, {}), (stranger, {"kid": real.kid}), (shared, {"alg": "HS256"}),
            (real, {"alg": "none"}),
        ):  # fmt: skip
            query = world.issuer.authorize(await world.leave())
            claims = world.issuer.codes[query["code"]].claims
            world.issuer.forged = sign(key, claims, **header)
            await is_refused(world, await world.back(query))


@story
async def test_keys_that_change_in_the_middle_of_a_sign_in(tmp_path):
    async with signing_on(tmp_path) as world:
        await world.sign_in()
        url = await world.leave()
        world.issuer.rotate()
        world.house.clock.forward(seconds=10)
        assert (await world.back(world.issuer.authorize(url))).status_code == 303


@story
async def test_a_sign_in_leads_nowhere_else(tmp_path):
    async with signing_on(tmp_path) as world:
        for wanted in ("//evil.example", "https://evil.example", "/\\evil", "javascript:alert(1)"):
            answer = await world.sign_in(wanted)
            assert (answer.status_code, answer.headers["location"]) == (303, "/"), wanted


@story
async def test_a_browser_brings_no_session_along(tmp_path):
    """Fixation: what the attacker put into the browser is not what is signed in."""
    async with signing_on(tmp_path) as world:
        planted = "ab" * 32
        world.http.cookies.set("clawband", planted, domain="localhost.local")
        answer = await world.sign_in()
        assert planted not in "".join(answer.headers.get_list("set-cookie"))
        world.http.cookies.clear()
        world.http.cookies.set("clawband", planted, domain="localhost.local")
        assert await world.name() == ""


@story
async def test_a_sign_in_that_took_too_long(tmp_path):
    async with signing_on(tmp_path) as world:
        url = await world.leave()
        world.house.clock.forward(minutes=11)
        await is_refused(world, await world.back(world.issuer.authorize(url)))


@story
async def test_mail_that_nobody_verified_opens_nothing(tmp_path):
    async with signing_on(tmp_path, mail_domains=["shop.example"]) as world:
        mail = {"email": "boss@shop.example"}
        await is_refused(world, await world.sign_in(**mail))
        await is_refused(world, await world.sign_in(**mail, email_verified="true"))
        assert (await world.sign_in(**mail, email_verified=True)).status_code == 303


@story
async def test_a_name_or_a_mail_of_somebody_else_is_not_their_account(tmp_path):
    async with signing_on(tmp_path) as world:
        await world.sign_in()
        world.http.cookies.clear()
        taken = await world.sign_in(sub="u-2", groups=["desk"])
        await is_refused(world, taken, 409)
        await is_refused(world, await world.sign_in(sub="u-3", preferred_username="admin"), 409)


@story
async def test_nobody_connects_their_own_identity_to_the_account_of_another(tmp_path):
    async with signing_on(tmp_path) as world:
        world.enter("admin")
        url = await world.leave(path="/me/openid")
        query = world.issuer.authorize(url, sub="attacker")
        world.enter("viewer")
        assert (await world.back(query)).status_code == 401
        world.enter("admin")
        url = await world.leave(path="/me/openid")
        await world.house.service.operators.sign_out(world.house.signed("admin"))
        assert (await world.back(world.issuer.authorize(url))).status_code == 401
        assert world.house.service.federation.links(world.house.signed("viewer")) == []


@story
async def test_two_first_sign_ins_in_one_instant_make_one_account(tmp_path):
    async with signing_on(tmp_path) as world, world.browser() as other:
        one = world.issuer.authorize(await world.leave())
        two = world.issuer.authorize((await other.get("/login/openid")).headers["location"])
        answers = await asyncio.gather(
            world.back(one), other.get(BACK, params={**two, "arrived": "1"})
        )
        assert sorted(answer.status_code for answer in answers)[0] == 303
        assert {answer.status_code for answer in answers} <= {303, 409}
        assert len(world.house.service.federation.links(world.house.signed("admin"))) == 1


@story
async def test_one_factor_at_the_provider_is_not_two_here(tmp_path):
    async with signing_on(tmp_path) as world:
        await world.sign_in(amr=["pwd"], acr="mfa-please")
        signed = world.house.service.operators.who(world.http.cookies["clawband"])
        assert signed.operator.roles == frozenset() and signed.assurance == 1
        account, _ = world.house.service.running.store.operator("ana")
        assert account.roles == {Role.ADMIN}


def logout(issuer: Issuer, **changes):
    usual = {
        "jti": "j-1", "events": {LOGOUT_EVENT: {}}, "groups": None, "amr": None,
        "preferred_username": None,
    }  # fmt: skip
    return issuer.token(**{**usual, **changes})


@story
async def test_a_sign_out_at_the_provider_ends_every_sign_in_and_is_told_once(tmp_path):
    async with signing_on(tmp_path) as world:
        await world.sign_in()
        token = logout(world.issuer)
        answer = await world.tell(token)
        assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
        assert await world.name() == ""
        await world.sign_in()
        again = await world.tell(token)
        assert (again.status_code, again.json()["error"]) == (400, "invalid_request")
        assert await world.name() == "ana"
        racing = logout(world.issuer, jti="j-2")
        answers = await asyncio.gather(world.tell(racing), world.tell(racing))
        assert sorted(each.status_code for each in answers) == [200, 400]


@story
async def test_a_logout_token_with_anything_wrong_ends_nothing(tmp_path):
    async with signing_on(tmp_path) as world:
        await world.sign_in()
        for wrong in LOGOUT_TOKENS:
            assert (await world.tell(logout(world.issuer, **wrong))).status_code == 400, wrong
        assert await world.name() == "ana"


@story
async def test_who_does_not_hold_the_key_ends_nothing(tmp_path):
    async with signing_on(tmp_path) as world:
        await world.sign_in()
        for token in ("", "x", "a.b.c", logout(Issuer(world.house.clock))):
            assert (await world.tell(token)).status_code == 400
        assert (await world.http.get("/login/openid/ended")).status_code in (303, 404, 405)
        big = await world.http.post("/login/openid/ended", data={"logout_token": "x" * 70_000})
        assert big.status_code == 400
        assert await world.name() == "ana"


@story
async def test_the_id_token_of_a_person_is_no_logout_token(tmp_path):
    async with signing_on(tmp_path) as world:
        await world.sign_in()
        assert (await world.tell(world.issuer.token(nonce="n"))).status_code == 400
        assert await world.name() == "ana"
