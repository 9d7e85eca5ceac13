"""Signing in, second factors, sign-ins and invitations over the API."""

import asyncio

import pyotp

from clawband.identity.throttle import FREE, PATIENCE
from tests.edges.api.calling import calling, is_problem
from tests.simulators.small import PASSWORD, story


async def enrol(caller, role="admin"):
    """A device for codes: its secret, with the new token in the house."""
    begun = (await caller.operate("POST", "/credentials/one-time", role=role)).json()
    code = pyotp.TOTP(begun["secret"]).at(caller.house.clock.now())
    confirmed = await caller.operate("POST", "/credentials/one-time/confirm", {"code": code}, role)
    caller.house.tokens[role] = confirmed.json()["token"]
    return begun["secret"]


def code_of(caller, secret):
    caller.house.clock.forward(seconds=30)
    return pyotp.TOTP(secret).at(caller.house.clock.now())


@story
async def test_a_device_for_codes_is_added_and_asked_for(tmp_path):
    async with calling(tmp_path) as caller:
        before = caller.house.tokens["admin"]
        nothing = await caller.operate("POST", "/credentials/one-time/confirm", {"code": "123456"})
        is_problem(nothing, 409)
        secret = await enrol(caller)
        is_problem(await caller.operate("GET", "/session", role=before), 401)
        assert (await caller.operate("GET", "/session")).json()["assurance"] == 2
        given = {"name": "admin", "password": PASSWORD}
        needed = is_problem(await caller.operate("POST", "/session", given, ""), 401)
        assert needed["needs"] == "code" and "code" in needed["remedy"]
        wrong = await caller.operate("POST", "/session", {**given, "password": "x" * 12}, "")
        assert "needs" not in is_problem(wrong, 401)
        right = {**given, "code": code_of(caller, secret)}
        told = (await caller.operate("POST", "/session", right, "")).json()
        assert told["operator"]["roles"] == ["admin"]
        is_problem(await caller.operate("POST", "/session", right, ""), 401)


@story
async def test_what_changes_trust_wants_the_second_factor_again(tmp_path):
    async with calling(tmp_path) as caller:
        secret = await enrol(caller)
        caller.house.clock.forward(minutes=6)
        late = [
            ("POST", "/credentials/recovery", None), ("POST", "/credentials/one-time", None),
            ("DELETE", "/credentials/one-time", None),
            ("POST", "/credentials/password", {"password": PASSWORD}),
            ("POST", "/invitations", {"name": "noor", "roles": ["viewer"]}),
        ]  # fmt: skip
        for method, path, body in late:
            refused = is_problem(await caller.operate(method, path, body), 403)
            assert "/prove" in refused["remedy"]
        is_problem(await caller.operate("POST", "/session/prove", {"code": "000000"}), 403)
        proof = {"code": code_of(caller, secret)}
        proved = await caller.operate("POST", "/session/prove", proof)
        caller.house.tokens["admin"] = proved.json()["token"]
        codes = (await caller.operate("POST", "/credentials/recovery")).json()["codes"]
        held = (await caller.operate("GET", "/credentials")).json()
        assert held["recovery_codes"] == len(codes) == 10 and held["one_time"]["used"]
        proved = await caller.operate("POST", "/session/prove", {"code": codes[0]})
        caller.house.tokens["admin"] = proved.json()["token"]
        held = (await caller.operate("GET", "/credentials")).json()
        assert held["recovery_codes"] == 9 and held["passkeys"] == []
        is_problem(await caller.operate("DELETE", "/credentials/one-time"), 409)
        assert (await caller.operate("DELETE", "/credentials/recovery")).status_code == 200


@story
async def test_one_sees_and_ends_ones_own_sign_ins(tmp_path):
    async with calling(tmp_path) as caller:
        given = {"name": "viewer", "password": PASSWORD}
        for name in ("second", "third"):
            told = (await caller.operate("POST", "/session", given, "")).json()
            caller.house.tokens[name] = told["token"]

        async def listed():
            return (await caller.operate("GET", "/sessions", role="viewer")).json()["sessions"]

        found = await listed()
        assert [each["current"] for each in found].count(True) == 1 and len(found) == 3
        assert all(each["method"] == "password" and each["terminal"] for each in found)
        other = next(each["id"] for each in found if not each["current"])
        is_problem(await caller.operate("DELETE", f"/sessions/{other}", role="admin"), 404)
        assert (await caller.operate("DELETE", f"/sessions/{other}", role="viewer")).is_success
        assert len(await listed()) == 2
        assert (await caller.operate("DELETE", "/sessions", role="viewer")).is_success
        assert [each["current"] for each in await listed()] == [True]
        for name in ("second", "third"):
            is_problem(await caller.operate("GET", "/session", role=name), 401)


@story
async def test_an_invitation_is_made_listed_and_withdrawn(tmp_path):
    async with calling(tmp_path) as caller:
        asked = {"name": "noor", "roles": ["auditor"], "aliases": ["telegram:9"]}
        made = (await caller.operate("POST", "/invitations", asked)).json()
        assert made["link"].startswith("http://localhost:8620/welcome/")
        (waiting,) = (await caller.operate("GET", "/invitations")).json()["invitations"]
        assert waiting["name"] == "noor" and waiting["by"] == "admin"
        assert made["link"].rpartition("/")[2] not in str(waiting)
        for body in ({"name": "noor"}, {"name": "noor", "roles": ["queen"]}, {"roles": ["viewer"]}):
            is_problem(await caller.operate("POST", "/invitations", body), 400)
        assert (await caller.operate("DELETE", "/invitations/noor")).is_success
        is_problem(await caller.operate("DELETE", "/invitations/noor"), 404)
        tags = [event.outcome for event in caller.house.events("operator:invite")]
        assert tags == ["invited", "withdrawn"]


@story
async def test_a_password_is_changed_by_who_knows_it(tmp_path):
    async with calling(tmp_path) as caller:
        fresh = "a completely new password"
        given = {"password": fresh, "current": "not this one"}
        is_problem(await caller.operate("POST", "/credentials/password", given, "viewer"), 403)
        other = (
            await caller.operate("POST", "/session", {"name": "viewer", "password": PASSWORD}, "")
        ).json()["token"]
        told = await caller.operate(
            "POST", "/credentials/password", {"password": fresh, "current": PASSWORD}, "viewer"
        )
        is_problem(await caller.operate("GET", "/session", role=other), 401)
        is_problem(await caller.operate("GET", "/session", role="viewer"), 401)
        token = told.json()["token"]
        assert (await caller.operate("GET", "/session", role=token)).json()["assurance"] == 1
        body = {"name": "viewer", "password": PASSWORD}
        is_problem(await caller.operate("POST", "/session", body, ""), 401)
        assert (
            await caller.operate("POST", "/session", {**body, "password": fresh}, "")
        ).is_success


@story
async def test_guessing_at_once_ends_in_too_many(tmp_path):
    async with calling(tmp_path) as caller:
        guess = {"name": "nobody", "password": "x" * 12}
        for _ in range(FREE):
            is_problem(await caller.operate("POST", "/session", guess, ""), 401)
        attempts = [
            asyncio.ensure_future(caller.operate("POST", "/session", guess, ""))
            for _ in range(int(PATIENCE) + 5)
        ]
        answered, waiting = await asyncio.wait(attempts, timeout=0.5)
        told = [each.result() for each in answered]
        refused = [each for each in told if each.status_code == 429]
        assert refused and "minute" in is_problem(refused[0], 429)["remedy"]
        assert len(waiting) >= PATIENCE - 2, "the others wait for their turn"
        for each in waiting:
            each.cancel()
