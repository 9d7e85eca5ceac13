"""What is known of each agent: who is cut, for how long, and who is told."""

import pytest

from clawband.enforcement.canary import State
from clawband.model.errors import UnavailableError
from tests.service.test_enforcement import AGENT, guarded, round_of, told
from tests.service.test_faults import Lock
from tests.simulators.small import WORKFLOWS, service_on, small, story


@story
async def test_who_is_ungoverned_is_cut_until_a_round_is_right(tmp_path):
    async with small(tmp_path) as house:
        probe, enforcement = guarded(house, "support", "lead"), house.service.enforcement
        await round_of(house)
        assert enforcement.standings.lost() == []
        probe.turned = "runs"
        await round_of(house)
        assert [agent for agent, _ in enforcement.standings.lost()] == [
            "sample/lead",
            "sample/support",
        ]
        # The gateway acts for all of them, and a name it never listed is not better off.
        for principal in (AGENT, "sample/(gateway)", "sample/other"):
            assert not enforcement.standings.governed("sample", principal)
        assert enforcement.standings.governed("elsewhere", "elsewhere/support")
        probe.reachable = False
        assert (await round_of(house)).state is State.UNGOVERNED, "silence proves nothing"
        probe.reachable, probe.turned = True, "asks"
        assert (await round_of(house)).state is State.GOVERNED
        assert enforcement.standings.governed("sample", "sample/(gateway)")
        assert [tag for tag, agent in told(house) if agent == AGENT] == [
            "canary:ok", "canary:fail", "enforcement:lost", "canary:ok", "enforcement:restored",
        ]  # fmt: skip


@story
async def test_a_manifest_may_ask_for_an_alert_only(tmp_path):
    manifest = WORKFLOWS["gateway-sample.toml"].replace('"cut"', '"alert"')
    async with small(tmp_path, policies={**WORKFLOWS, "gateway-sample.toml": manifest}) as house:
        guarded(house).calls = "runs"
        await round_of(house)
        assert house.service.enforcement.standings.governed("sample", AGENT)
        assert [agent for agent, _ in house.service.enforcement.standings.lost()] == [AGENT]


@story
async def test_a_restart_forgives_nothing(tmp_path):
    async with small(tmp_path / "state") as house:
        guarded(house, "support", "lead").calls = "runs"
        await round_of(house)
        await house.service.stop()
        again = service_on(tmp_path / "state", house.clock, seed="again")
        await again.start()
        house.service = again
        assert [agent for agent, _ in again.enforcement.standings.lost()] == ["sample/lead", AGENT]
        assert not again.enforcement.standings.governed("sample", AGENT)


@story
async def test_what_could_not_be_recorded_is_found_again(tmp_path):
    async with small(tmp_path) as house:
        probe = guarded(house)
        await round_of(house)
        probe.calls = "runs"
        with Lock(tmp_path), pytest.raises(UnavailableError):
            await round_of(house)
        await round_of(house)
        assert [tag for tag, _ in told(house)][1:] == ["canary:fail", "enforcement:lost"]


@story
async def test_an_agent_that_the_gateway_removed_holds_nobody_back(tmp_path):
    async with small(tmp_path) as house:
        probe, standings = guarded(house, "support", "lead"), house.service.enforcement.standings
        probe.calls = "runs"
        await round_of(house)
        probe.calls, probe.names = "asks", ["support"]
        await round_of(house)
        assert list(standings.all) == [AGENT]
        assert standings.governed("sample", "sample/(gateway)")
        assert ("enforcement:restored", "sample/lead") in told(house)


@story
async def test_the_alarm_names_who_is_lost_and_who_is_back(tmp_path):
    async with small(tmp_path) as house:
        said = []
        house.service.enforcement.standings.alarm = said.append
        probe = guarded(house)
        await round_of(house)
        assert said == []
        probe.turned = "runs"
        await round_of(house)
        probe.turned = "asks"
        await round_of(house)
        assert said == [
            "sample/support is UNGOVERNED: "
            "a turn that must be refused went on, and we were not asked",
            "sample/support is no longer UNGOVERNED: all canaries came right",
        ]
