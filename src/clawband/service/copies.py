"""The exact values of a secret, looked for in what passes and in the folders of this machine."""

import asyncio

from clawband.flows.leak import Came
from clawband.labels.known import Known, plain
from clawband.model.errors import Error
from clawband.model.leak import Copy, Leak, Result, Step
from clawband.model.secret import Secret
from clawband.service.running import Running
from clawband.service.secrets import Secrets


class Copies:
    """Reads, and changes nothing."""

    def __init__(self, running: Running, secrets: Secrets) -> None:
        self._running, self._secrets = running, secrets

    async def standing(self, secret: Secret, raw: bytes) -> tuple[int, ...]:
        """The living versions whose value stands in these bytes."""
        found = []
        for each in secret.alive:
            try:
                value = await self._secrets.value(secret, each.number)
            except Error:
                continue  # what nobody can read cannot be compared; it was masked all the same
            if Known([(secret.name, value)]).names(raw):
                found.append(each.number)
        return tuple(found)

    async def looked(self, leak: Leak, secret: Secret) -> Came:
        """The exact values, in the state of every gateway here of their environment and in the
        folders named. Whoever sets a value could ask what stands in the files of another."""
        folders = self._running.folders
        if folders is None:
            return Came(step=Step.COPIES, result=Result.FAILED, says="no folder can be read here")
        try:
            values = [await self._secrets.value(secret, each) for each in leak.versions]
        except Error as error:
            says = f"the value could not be read: {error.message}"
            return Came(step=Step.COPIES, result=Result.FAILED, says=says)
        if why := next(filter(None, map(plain, values)), ""):
            says = f"it cannot be looked for: {why}"
            return Came(step=Step.COPIES, result=Result.FAILED, says=says)
        known = Known((secret.name, each) for each in values)
        enrolled = self._running.store.enrolled()
        here = {each.name for each in enrolled if each.environment == secret.environment}
        places = [*folders.states(here), *leak.folders]
        looked = await asyncio.to_thread(folders.search, places, known.names)
        now = self._running.now()
        copies = tuple(Copy(where=f"{each.path}:{each.line}", seen=now) for each in looked.hits)
        says = (
            f"{len(copies)} in {looked.files} files ({looked.bytes / 1e6:.1f} MB) of "
            f"{', '.join(places) or 'no folder'}"
        )
        says += f"; {len(looked.unread)} could not be read" if looked.unread else ""
        evidence = (*(each.where for each in copies), *looked.unread)
        return Came(
            step=Step.COPIES, result=Result.DONE if places else Result.FAILED, says=says,
            evidence=evidence, copies=copies,
        )  # fmt: skip
