"""What the decisions of one agent show."""

from clawband.flows.gather import gather
from clawband.flows.replay import decisions
from clawband.openclaw import tools
from tests.flows.test_replay import talk
from tests.simulators.small import small, story


async def shown(house, *, learn=False, agent="sample/support"):
    store = house.service.running.store
    return gather(
        decisions(store, None, 1000, agent), house.service.policies.active, store.payload,
        tools.catalogue(), learn=learn,
    )  # fmt: skip


@story
async def test_what_was_permitted_or_waited_is_used_and_the_rest_is_counted(tmp_path):
    async with small(tmp_path) as house:
        await talk(house)
        found = await shown(house)
        assert found.decisions == 10
        assert (found.channels, found.replied) == ({"telegram"}, True)
        assert set(found.tools) == {"crm_read", "refund", "web_fetch", "ticket_create"}
        assert found.approved == {"refund", "ticket_create"}
        assert found.lists["hosts"] == {
            "crm_read": set(), "refund": set(), "ticket_create": set(),
            "web_fetch": {"help.example.com"},
        }  # fmt: skip
        assert found.authority == 1, "for people its channels admit"
        assert found.clearance == 0, "the session had read nothing internal"
        assert found.refused == {"tool:delete crm_delete": 1, "tool:read web_fetch": 1}


@story
async def test_what_left_says_how_confidential_it_may_have_been(tmp_path):
    async with small(tmp_path) as house:
        await talk(house)
        read = {"toolName": "crm_read", "runId": "r1", "toolCallId": "c1", "text": "name: Ada"}
        await house.ask("result", read)
        await house.ask("reply", {"payload": {"text": "it is Ada"}})
        assert (await shown(house)).clearance == 1


@story
async def test_to_learn_counts_what_nothing_permits_and_nobody_declared_stays_out(tmp_path):
    async with small(tmp_path) as house:
        await talk(house)
        found = await shown(house, learn=True)
        assert {"crm_delete"} <= set(found.tools) and "nobody_declared" not in found.tools
        assert found.lists["hosts"]["web_fetch"] == {"help.example.com", "evil.example"}
        assert (await shown(house, agent="sample/lead")).decisions == 0
