"""Signing in a terminal from a browser, over the wire (RFC 8628)."""

from clawband.identity.terminal import GRANT
from tests.edges.api.calling import calling, is_problem
from tests.simulators.small import story

FORM = {"content-type": "application/x-www-form-urlencoded"}


async def begun(caller, body="client_id=clawband"):
    answer = await caller.http.post("/api/v1/device", content=body, headers=FORM)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    return answer.json()


async def asked(caller, device):
    body = {"grant_type": GRANT, "device_code": device}
    return await caller.http.post("/api/v1/token", data=body)


@story
async def test_from_the_code_to_a_token_that_works(tmp_path):
    async with calling(tmp_path) as caller:
        told = await begun(caller)
        assert set(told) == {
            "device_code", "user_code", "verification_uri", "expires_in", "interval"
        }  # fmt: skip
        assert told["verification_uri"].endswith("/me/terminal")
        assert (told["expires_in"], told["interval"]) == (600, 1)
        for error in ("authorization_pending", "slow_down"):
            waiting = is_problem(await asked(caller, told["device_code"]), 400)
            assert (waiting["error"], waiting["error_description"]) == (error, waiting["detail"])
        signed = await caller.house.in_browser("viewer")
        await caller.house.service.terminals.approve(told["user_code"], signed)
        given = await asked(caller, told["device_code"])
        assert (given.status_code, given.headers["cache-control"]) == (200, "no-store")
        assert (given.json()["token_type"], given.json()["expires_in"]) == ("Bearer", 43_200)
        token = given.json()["access_token"]
        who = (await caller.operate("GET", "/session", role=token)).json()
        assert who["operator"]["name"] == "viewer"
        again = is_problem(await asked(caller, told["device_code"]), 400)
        assert again["error"] == "expired_token"


@story
async def test_what_is_refused_says_so(tmp_path):
    async with calling(tmp_path) as caller:
        told = await begun(caller, "name=viewer")
        await caller.house.service.terminals.refuse(
            told["user_code"], caller.house.signed("viewer")
        )
        denied = is_problem(await asked(caller, told["device_code"]), 400)
        assert denied["error"] == "access_denied"
        for device in ("", "x" * 5_000, told["user_code"]):
            over = is_problem(await asked(caller, device), 400)
            assert over["error"] == "expired_token"
        wrong = await caller.http.post("/api/v1/device", json={"name": "viewer"})
        assert is_problem(wrong, 400)["error"] == "invalid_request"
        twice = await caller.http.post("/api/v1/device", content="name=a&name=b", headers=FORM)
        assert is_problem(twice, 400)["error"] == "invalid_request"


@story
async def test_too_many_are_told_to_come_later(tmp_path):
    async with calling(tmp_path) as caller:
        for _ in range(10):
            await begun(caller)
        late = await caller.http.post("/api/v1/device", content="", headers=FORM)
        assert is_problem(late, 429)["error"] == "temporarily_unavailable"
