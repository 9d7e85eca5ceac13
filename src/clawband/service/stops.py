"""Pause and resume, and the ending of turns that run while something is paused."""

import asyncio
from collections.abc import Sequence

from clawband.flows import sight, stop
from clawband.flows.authority import require, require_some
from clawband.identity.roles import Act
from clawband.model.control import Control, ControlKind
from clawband.model.person import SignedIn
from clawband.ports.gateway import Aborted
from clawband.service.policies import Policies
from clawband.service.running import Running
from clawband.service.turns import Turns


class Stops:
    """A pause holds for the next question, and ends the turns that run."""

    def __init__(self, running: Running, policies: Policies, turns: Turns) -> None:
        self._running, self._policies, self._turns = running, policies, turns

    def controls(self) -> Sequence[Control]:
        return self._running.store.controls()

    async def pause(
        self, kind: str, name: str, by: SignedIn, reason: str = ""
    ) -> tuple[Control, Aborted]:
        """Durable and in force when this returns; running turns were asked to end."""
        require_some(by, Act.STOP)
        control, unit = stop.pause(
            kind, name, by, reason, now=self._running.now(), entropy=self._running.entropy()
        )
        require(by, Act.STOP, self._where(control))
        await self._running.commit(unit)
        return control, await self.end_turns(control)

    async def resume(self, kind: str, name: str, by: SignedIn) -> Control:
        require_some(by, Act.STOP)
        control, unit = stop.resume(
            kind, name, by, state=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        require(by, Act.STOP, self._where(control))
        await self._running.commit(unit)
        if control.kind is ControlKind.SKILL:
            await self._switch_skill(control.name, enabled=True)
        return control

    def _where(self, control: Control) -> str:
        active = self._policies.active
        workflows = active.workflows.values() if active else ()
        return sight.paused_in(control, self._running.store.enrolled(), workflows)

    async def end_turns(self, control: Control) -> Aborted:
        """Of what is paused by now."""
        if control.kind is ControlKind.SKILL:
            return await self._switch_skill(control.name, enabled=False)
        sessions: list[str] = []
        failed: list[str] = []
        for gateway, wanted in self._by_gateway(control).items():
            reach = self._running.controls.get(gateway)
            if reach is None:
                failed.append(f"`{gateway}` has no control address in `clawband.toml`")
                continue
            aborted = await asyncio.to_thread(reach.abort, wanted)
            sessions.extend(aborted.sessions)
            failed.extend(aborted.failed)
        return Aborted(tuple(sessions), tuple(failed))

    def _by_gateway(self, control: Control) -> dict[str, list[str]]:
        pairs = [(turn.agent, turn.session) for turn in self._turns.running()]
        touched = set(stop.touched(control, pairs))
        found: dict[str, list[str]] = {}
        for agent, session in pairs:
            if session in touched:
                found.setdefault(agent.partition("/")[0], []).append(session)
        return found

    async def _switch_skill(self, name: str, *, enabled: bool) -> Aborted:
        failed: list[str] = []
        for reach in self._running.controls.values():
            problem = await asyncio.to_thread(reach.switch_skill, name, enabled)
            if problem:
                failed.append(problem)
        return Aborted((), tuple(failed))
