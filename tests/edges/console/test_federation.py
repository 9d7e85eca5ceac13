"""Single sign-on as a browser meets it."""

from urllib.parse import parse_qs, urlsplit

from clawband.edges.console.security import HEADERS
from clawband.flows.authority import decided
from clawband.identity.roles import Act
from clawband.model.access import Permit
from clawband.model.person import Role
from tests.edges.console.browsing import Page
from tests.simulators.signing_on import BACK, ORIGIN, asked, browser_of, signing_on
from tests.simulators.small import small, story


@story
async def test_there_and_back(tmp_path):
    async with signing_on(tmp_path) as world:
        page = Page((await world.http.get("/login?next=/policy")).text)
        (button,) = [each for each in page.all("a") if "/login/openid" in each.attributes["href"]]
        assert button.attributes["href"] == "/login/openid?next=/policy"
        assert "Sign in with Example" in page.text
        url = await world.leave("/policy")
        assert url.startswith("https://login.example/auth?")
        assert asked(url)["redirect_uri"] == f"{ORIGIN}{BACK}"
        answer = await world.back(world.issuer.authorize(url))
        assert (answer.status_code, answer.headers["location"]) == (303, "/policy")
        cookies = answer.headers.get_list("set-cookie")
        (ours,) = [each for each in cookies if each.startswith("clawband=")]
        assert "HttpOnly" in ours and "SameSite=strict" in ours
        assert any(each.startswith('clawband-openid=""') for each in cookies), "it is not kept"
        assert await world.name() == "ana"
        signed = world.house.service.operators.who(world.http.cookies["clawband"])
        assert (signed.operator.roles, signed.assurance) == ({Role.ADMIN}, 2)
        assert (await world.http.get("/")).status_code == 200


@story
async def test_cookies_that_stay_behind_come_with_our_own_step(tmp_path):
    async with signing_on(tmp_path) as world:
        query = world.issuer.authorize(await world.leave())
        async with world.browser() as without:
            page = await without.get(BACK, params={**query, "more": "x"})
        assert page.status_code == 200 and "set-cookie" not in page.headers
        (meta,) = [each for each in Page(page.text).all("meta") if "http-equiv" in each.attributes]
        wanted = meta.attributes["content"].removeprefix("0; url=")
        assert urlsplit(wanted).path == BACK
        assert parse_qs(urlsplit(wanted).query) == {
            **{name: [value] for name, value in query.items()}, "arrived": ["1"],
        }  # fmt: skip
        assert (await world.http.get(wanted)).headers["location"] == "/policy"


@story
async def test_another_name_of_this_console_leads_to_its_own_first(tmp_path):
    async with signing_on(tmp_path) as world, world.browser() as http:
        http.base_url = "http://127.0.0.1:8620"
        answer = await http.get("/login/openid?next=/policy")
        assert answer.headers["location"] == f"{ORIGIN}/login/openid?here=1&next=%2Fpolicy"
        assert (await http.get("/login/openid?here=1")).headers["location"].startswith("https://")


@story
async def test_a_refusal_says_why_and_how_else(tmp_path):
    async with signing_on(tmp_path) as world:
        answer = await world.sign_in(groups=["elsewhere"])
        assert answer.status_code == 401
        page = Page(answer.text)
        assert "none of their groups may use Clawband" in page.text
        assert {"/login", "/login/openid"} <= {
            each.attributes.get("href") for each in page.all("a")
        }
        assert await world.name() == ""
        for name, value in HEADERS.items():
            assert answer.headers[name] == value


@story
async def test_a_provider_that_is_away_is_said(tmp_path):
    async with signing_on(tmp_path) as world:
        world.issuer.down = True
        answer = await world.http.get("/login/openid")
        assert answer.status_code == 503
        assert "cannot be asked" in Page(answer.text).text


@story
async def test_an_account_that_was_here_is_connected_by_who_is_signed_in(tmp_path):
    async with signing_on(tmp_path) as world:
        world.enter("auditor")
        page = Page((await world.http.get("/me")).text)
        assert "/me/openid" in {each.attributes.get("href") for each in page.all("a")}
        url = await world.leave(path="/me/openid")
        answer = await world.back(world.issuer.authorize(url))
        assert answer.headers["location"] == "/me"
        assert "clawband=" not in answer.headers.get("set-cookie", "")
        assert "You sign in with Example, too" in Page((await world.http.get("/me")).text).text
        world.http.cookies.clear()
        await world.sign_in()
        assert await world.name() == "auditor"


@story
async def test_without_a_provider_there_is_no_button_and_no_way(tmp_path):
    async with small(tmp_path) as house, browser_of(house) as http:
        assert "/login/openid" not in (await http.get("/login")).text
        assert (await http.get("/login/openid")).status_code == 404
        assert (await http.get(f"{BACK}?state=x&arrived=1")).status_code == 404
        answer = await http.post("/login/openid/ended", data={"logout_token": "x"})
        assert answer.status_code == 400


async def prove(world, wanted="/people/operators", **claims):
    """What the browser comes back with from where it proves again that it is them."""
    url = await world.leave(wanted, "/prove/openid")
    assert (asked(url)["prompt"], asked(url)["max_age"]) == ("login", "0")
    return await world.back(world.issuer.authorize(url, **claims))


def signed_in(world):
    return world.house.service.operators.who(world.http.cookies["clawband"])


@story
async def test_who_has_nothing_else_proves_it_at_the_provider(tmp_path):
    async with signing_on(tmp_path) as world:
        await world.sign_in()
        before = signed_in(world)
        assert before.second_factor and not may_now(before), "the provider did not say when"
        page = Page((await world.http.get("/prove?next=/people/operators")).text)
        hrefs = [each.attributes.get("href") for each in page.all("a")]
        assert "/prove/openid?next=/people/operators" in hrefs
        answer = await prove(world, auth_time=world.issuer.now())
        assert answer.headers["location"] == "/people/operators"
        after = signed_in(world)
        assert may_now(after) and after.session != before.session
        world.house.clock.forward(minutes=6)
        assert not may_now(signed_in(world))


@story
async def test_the_provider_must_have_asked_that_very_person_just_now(tmp_path):
    async with signing_on(tmp_path) as world:
        await world.sign_in()
        now = world.issuer.now()
        for claims, why in (
            ({}, "did not ask again"),
            ({"auth_time": now - 61}, "did not ask again"),
            ({"auth_time": now, "amr": ["pwd"]}, "one factor only"),
            ({"auth_time": now, "sub": "u-2"}, "somebody else"),
        ):
            answer = await prove(world, **claims)
            assert answer.status_code == 401 and why in Page(answer.text).text, claims
            assert not may_now(signed_in(world))
        url = await world.leave("/", "/prove/openid")
        query = world.issuer.authorize(url, auth_time=now)
        world.enter("auditor")
        told = await world.back(query)
        assert told.status_code == 401 and "not signed in any more" in Page(told.text).text
        assert signed_in(world).assurance == 1


def may_now(signed):
    return isinstance(decided(signed, Act.ADMINISTER), Permit)
