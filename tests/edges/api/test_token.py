"""Tokens of workloads traded over HTTP: what comes back, for whom, and everything refused."""

from contextlib import asynccontextmanager

import pytest

from clawband.model import workload
from clawband.service.trusted import Trusted
from tests.edges.api.calling import calling, is_problem
from tests.simulators.issuer import Issuer, asked_over
from tests.simulators.small import story

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
JWT = "urn:ietf:params:oauth:token-type:jwt"
RULE = {
    "name": "release", "issuer": "https://ci.example", "audience": "clawband",
    "subject": "repo:shop/config:ref:refs/heads/main", "acts": ["publish", "look"],
}  # fmt: skip
CLAIMS = {"sub": RULE["subject"], "jti": "j-1", "sid": None, "groups": None}


@asynccontextmanager
async def ci(folder):
    """A Clawband that trusts a CI system, and that system."""
    issuers = []

    def trusting(clock):
        issuers.append(Issuer(clock, "https://ci.example"))
        issuers.append(Issuer(clock, "https://stranger.example"))
        asked = asked_over(clock, *issuers)
        return Trusted(workloads=workload.read([RULE]), issuers=asked)

    async with calling(folder, trusting=trusting) as caller:
        yield caller, *issuers


async def send(caller, token, **changes):
    form = {"grant_type": GRANT, "subject_token_type": JWT, "subject_token": token, **changes}
    form = {name: value for name, value in form.items() if value is not None}
    return await caller.http.post("/api/v1/token", data=form)


@story
async def test_a_job_gets_what_its_rule_gives_and_nothing_else(tmp_path):
    async with ci(tmp_path) as (caller, issuer, _):
        answer = await send(caller, issuer.token(**CLAIMS))
        given = answer.json()
        assert answer.headers["cache-control"] == "no-store"
        assert (given["token_type"], given["expires_in"]) == ("Bearer", 900)
        assert given["scope"] == "look publish"
        secret = given["access_token"]
        told = (await caller.operate("GET", "/session", role=secret)).json()
        assert told["operator"]["name"] == "workload:release"
        assert (await caller.operate("GET", "/status", role=secret)).status_code == 200
        files = {"files": {"x.unknown": ""}}
        assert (await caller.operate("POST", "/policy", files, secret)).status_code == 400
        for method, path, body in [
            ("POST", "/operators", {}), ("POST", "/gateways", {}), ("GET", "/export", None),
            ("POST", "/approvals/none/grant", {}), ("POST", "/elevations", {}),
            ("POST", "/pause", {"kind": "tool", "name": "t"}), ("DELETE", "/sso/ana", None),
        ]:  # fmt: skip
            is_problem(await caller.operate(method, path, body, secret), 403)
        caller.house.clock.forward(minutes=15)
        is_problem(await caller.operate("GET", "/status", role=secret), 401)
        (event,) = caller.house.events("workload:trade")
        assert event.detail["subject"] == RULE["subject"]
        bodies = caller.house.service.running.store.bodies(0, 1000)
        assert secret.encode() not in b"".join(bodies)


@story
async def test_a_scope_asks_for_less_and_never_for_more(tmp_path):
    async with ci(tmp_path) as (caller, issuer, _):
        more = await send(caller, issuer.token(**CLAIMS), scope="look administer")
        assert is_problem(more, 400)["error"] == "invalid_scope"
        less = (await send(caller, issuer.token(**CLAIMS), scope="look")).json()
        assert less["scope"] == "look"
        is_problem(await caller.operate("POST", "/policy", {}, less["access_token"]), 403)


@story
async def test_a_token_is_traded_once(tmp_path):
    async with ci(tmp_path) as (caller, issuer, _):
        token = issuer.token(**CLAIMS)
        assert (await send(caller, token)).status_code == 200
        assert "used before" in is_problem(await send(caller, token), 400)["detail"]
        again = issuer.token(**CLAIMS)
        assert again != token
        assert "used before" in is_problem(await send(caller, again), 400)["detail"]
        assert len(caller.house.events("workload:refuse")) == 2
        await caller.house.service.workloads.sweep()
        assert is_problem(await send(caller, token), 400)


@pytest.mark.parametrize(
    "wrong",
    [{"sub": "repo:evil/config:ref:refs/heads/main"}, {"sub": f"{RULE['subject']}-2"},
     {"aud": "other"}, {"aud": ["clawband", "other"]}, {"iss": "https://stranger.example"},
     {"iss": "https://nobody.example"}, {"exp": 1}, {"iat": 1 << 39}],
)  # fmt: skip
@story
async def test_a_token_that_no_rule_fits_is_worth_nothing(tmp_path, wrong):
    async with ci(tmp_path) as (caller, issuer, _):
        body = is_problem(await send(caller, issuer.token(**{**CLAIMS, **wrong})), 400)
        assert body["error"] == "invalid_request" and body["error_description"]
        assert caller.house.events("workload:trade") == []


@story
async def test_nobody_else_signs_for_the_issuer(tmp_path):
    async with ci(tmp_path) as (caller, issuer, stranger):
        forged = stranger.token(**{**CLAIMS, "iss": issuer.url})
        is_problem(await send(caller, forged), 400)
        assert [event.who for event in caller.house.events("workload:refuse")] == [""]
        is_problem(await send(caller, stranger.token(**CLAIMS)), 400)
        assert stranger.asked == {}, "an issuer that no rule names is not even asked"


@story
async def test_an_issuer_that_is_away_is_no_refusal(tmp_path):
    async with ci(tmp_path) as (caller, issuer, _):
        issuer.down = True
        body = is_problem(await send(caller, issuer.token(**CLAIMS)), 503)
        assert body["error"] == "temporarily_unavailable"
        issuer.down = False
        caller.house.clock.forward(seconds=6)
        assert (await send(caller, issuer.token(**CLAIMS))).status_code == 200


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
        ({"grant_type": None}, "unsupported_grant_type"), ({"subject_token": None}, None),
        ({"subject_token_type": "urn:ietf:params:oauth:token-type:saml2"}, None),
        ({"requested_token_type": JWT}, None), ({"actor_token": "x"}, None),
        ({"subject_token": "nonsense"}, None), ({"subject_token": ""}, None),
    ],
)  # fmt: skip
@story
async def test_another_exchange_is_not_made(tmp_path, changes, error):
    async with ci(tmp_path) as (caller, issuer, _):
        answer = await send(caller, issuer.token(**CLAIMS), **changes)
        assert is_problem(answer, 400)["error"] == (error or "invalid_request")


@story
async def test_only_a_form_is_read_and_no_field_twice(tmp_path):
    async with ci(tmp_path) as (caller, issuer, _):
        fields = {"grant_type": GRANT, "subject_token_type": JWT}
        fields["subject_token"] = issuer.token(**CLAIMS)
        is_problem(await caller.http.post("/api/v1/token", json=fields), 400)
        twice = [*fields.items(), ("scope", "look"), ("scope", "publish")]
        body = "&".join(f"{name}={value}" for name, value in twice)
        headers = {"content-type": "application/x-www-form-urlencoded"}
        answer = await caller.http.post("/api/v1/token", content=body, headers=headers)
        assert "twice" in is_problem(answer, 400)["detail"]
        assert caller.house.events("workload:trade") == []


@story
async def test_without_a_rule_nothing_is_traded(tmp_path):
    async with calling(tmp_path) as caller:
        issuer = Issuer(caller.house.clock, "https://ci.example")
        is_problem(await send(caller, issuer.token(**CLAIMS)), 400)


@story
async def test_the_rule_of_a_workload_is_among_who_can_do_what(tmp_path):
    async with ci(tmp_path) as (caller, *_):
        told = (await caller.operate("GET", "/access", critical="1")).json()
        assert ("workload:release", "publish") in {
            (each["who"], each["can"]) for each in told["powers"]
        }
        verdicts = []
        for action in ("look", "administer"):
            asked = {"who": "workload:release", "action": action}
            told = (await caller.operate("GET", "/access/may", **asked)).json()
            verdicts.append(told["verdict"])
        assert verdicts == ["if", "no"]
