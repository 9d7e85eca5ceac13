"""The steps of a leak run that Clawband takes itself, and what each of them came to."""

import asyncio
from collections.abc import Sequence

from clawband.flows import leak_review, mailbox
from clawband.flows.authority import may
from clawband.flows.leak import Came, living
from clawband.flows.rotate import ROTATION
from clawband.flows.secrets import SECRET
from clawband.identity.assurance import LEVEL
from clawband.identity.roles import Act
from clawband.model.event import Tag
from clawband.model.leak import Leak, Result, Step, Task
from clawband.model.notice import Topic
from clawband.model.person import SignedIn
from clawband.model.secret import Secret
from clawband.ports.store import Query
from clawband.service.copies import Copies
from clawband.service.running import Running

_STRONG = max(LEVEL.values())


class Steps:
    """Each reads, and changes nothing; who asks records what came of it."""

    def __init__(self, running: Running, copies: Copies) -> None:
        self._running, self._copies = running, copies

    def left(self, leak: Leak) -> Sequence[Task]:
        """What was not taken yet and needs nobody, in the order in which one tells the other."""
        order = (Step.NOTIFY, Step.REVIEW, Step.COPIES, Step.TRACE)
        return [task for each in order if (task := leak.task(each)).result is Result.OPEN]

    async def take(self, step: Step, leak: Leak) -> Came:
        """One of those that need nobody."""
        found = SECRET.find(leak.secret, self._running.store)
        if found is None:
            says = "the secret is not kept any more"
            return Came(step=step, result=Result.FAILED, says=says)
        secret, records = found.value, self._running.store
        match step:
            case Step.NOTIFY:
                return self._notified(leak, secret)
            case Step.REVIEW:
                return await asyncio.to_thread(leak_review.review, leak, secret, records)
            case Step.TRACE:
                return await asyncio.to_thread(leak_review.trace, leak, records)
            case _:
                return await self._copies.looked(leak, secret)

    def contained(self, secret: Secret) -> Came:
        """What it means that nobody is lent it any more."""
        if secret.gateways:
            names = ", ".join(secret.gateways)
            says = f"lent to nobody any more; what {names} has in memory opens until it is rotated"
        else:
            says = "lent to nobody any more; it opens whatever it opens until it is rotated"
        return Came(step=Step.CONTAIN, result=Result.DONE, says=says)

    async def settled(self, leak: Leak) -> Sequence[Came]:
        """What its rotation and its versions say by now that the run does not."""
        found = SECRET.find(leak.secret, self._running.store)
        secret = found.value if found else None
        came: list[Came] = []
        if leak.task(Step.ROTATE).result is not Result.DONE:
            if told := self._rotated(leak, secret):
                came.append(told)
        if secret and leak.task(Step.PROVE).result is Result.OPEN and not living(leak, secret):
            came.append(await asyncio.to_thread(self._proved, leak))
        return came

    def _proved(self, leak: Leak) -> Came:
        """With the event in which each was refused where it was issued."""
        query = Query(tags=frozenset({Tag.SECRET_END}), text=f"Secret::{leak.secret}", limit=200)
        found = [leaf.event for leaf in self._running.store.find(query)]
        ended = [
            each for each in found
            if each.resource == f"Secret::{leak.secret}"
            and each.detail.get("version") in leak.versions
        ]  # fmt: skip
        versions = ", ".join(map(str, leak.versions))
        proofs = "; ".join(str(each.detail.get("proof", "")) for each in ended)
        says = f"version {versions} was refused where it was issued"
        return Came(
            step=Step.PROVE, result=Result.DONE, evidence=tuple(each.id for each in ended),
            says=f"{says}: {proofs}" if proofs else says,
        )  # fmt: skip

    def _rotated(self, leak: Leak, secret: Secret | None) -> Came | None:
        """None while nothing new can be said."""
        if secret and secret.current and secret.current.number not in leak.versions:
            says = f"version {secret.current.number} is current"
            return Came(step=Step.ROTATE, result=Result.DONE, says=says, evidence=_ids(leak))
        kept = ROTATION.find(leak.rotation, self._running.store) if leak.rotation else None
        if kept is None or leak.task(Step.ROTATE).result is Result.FAILED or not kept.value.ended:
            return None
        says = f"{kept.value.outcome}: {kept.value.problem or 'the leaked value is current'}"
        return Came(step=Step.ROTATE, result=Result.FAILED, says=says, evidence=_ids(leak))

    def _notified(self, leak: Leak, secret: Secret) -> Came:
        """Mail goes to whoever chose it; the others read it on the first page."""
        store, now = self._running.store, self._running.now()
        told, without = list[str](), list[str]()
        for each in store.operators():
            signed = SignedIn(operator=each, assurance=_STRONG, session="", at=now)
            if each.name != secret.owner and not may(signed, Act.ROTATE, leak.environment):
                continue
            box = mailbox.of(each, store)
            ready = box and box.value.address and Topic.EMERGENCIES in box.value.topics
            (told if ready and self._running.courier else without).append(each.name)
        if secret.owner not in (*told, *without):
            without.append(f"{secret.owner} (who has no account here)")
        says = f"by mail: {', '.join(told) or 'nobody'}"
        says += f"; on the first page only: {', '.join(without)}" if without else ""
        return Came(step=Step.NOTIFY, result=Result.DONE if told else Result.FAILED, says=says)


def _ids(leak: Leak) -> tuple[str, ...]:
    return (leak.rotation,) if leak.rotation else ()
