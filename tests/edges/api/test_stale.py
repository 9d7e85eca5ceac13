"""What is unused, old, shared or nobody's, over the API and at a terminal."""

from tests.edges.api.calling import calling, is_problem
from tests.simulators.small import story

NEW = {"environment": "dev", "kind": "api key", "purpose": "orders"}


async def with_value(caller, name, value, **more):
    added = await caller.operate("POST", "/secrets", NEW | {"name": name} | more)
    assert added.status_code == 200, added.text
    await caller.operate("POST", f"/secret-values/{name}", {"value": value})


@story
async def test_use_is_told_from_the_log_and_what_nobody_uses_is_named(tmp_path):
    async with calling(tmp_path) as caller:
        house = caller.house
        for name in ("a/used", "b/unused"):
            await with_value(caller, name, f"value of {name}", gateways=["sample"], owner="admin")
        house.clock.forward(hours=24 * 100)
        await house.service.lending.resolve(house.gateway, ["a/used"])
        # Sign-ins have ended by now.
        house.tokens["viewer"] = await house.service.people.sign_in(
            "viewer", "correct horse battery"
        )
        told = (await caller.operate("GET", "/secret-findings", role="viewer")).json()["findings"]
        assert [(each["secret"], each["why"]) for each in told] == [("b/unused", "unused")]
        assert told[0]["remedy"] == "clawband secret remove b/unused" and told[0]["last"] is None
        more = await caller.operate("GET", "/secret-findings?days=365", role="viewer")
        assert more.json() == {"findings": []}, "the log does not reach back so far"
        is_problem(await caller.operate("GET", "/secret-findings?days=0", role="viewer"), 400)


@story
async def test_one_value_in_two_environments(tmp_path):
    async with calling(tmp_path) as caller:
        for name, where in (("a/key", "dev"), ("b/key", "production")):
            await with_value(caller, name, "the same value", environment=where)
        told = (await caller.operate("GET", "/secret-findings", role="viewer")).json()["findings"]
        assert [(each["secret"], each["why"]) for each in told[:2]] == [
            ("a/key", "shared"), ("b/key", "shared"),
        ]  # fmt: skip
        assert told[0]["says"] == "it has the value of `b/key` of production"
