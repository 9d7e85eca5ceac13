"""Who issues a secret, as its plan says, and what they are told."""

import re

from clawband.flows.secrets import SECRET
from clawband.model.errors import InputError, NotFoundError
from clawband.model.secret import Plan, Secret
from clawband.ports.rotor import Job, Made, Rotor
from clawband.service.running import Running
from clawband.service.secrets import Secrets

REFERENCE = re.compile(r"secret:([a-z][a-z0-9._/-]*)")


class Issuing:
    """Values are read from their vaults for one question, and not kept."""

    def __init__(self, running: Running, secrets: Secrets) -> None:
        self._running, self._secrets = running, secrets

    async def asked(self, rotation: str, secret: Secret, driver: str = "") -> tuple[Rotor, Job]:
        """The driver that a rotation began with, else that of the plan; and what it is told.

        Raises `InputError` for a plan that cannot work.
        """
        plan = _plan(secret)
        rotor = self._rotor(driver or plan.driver)
        names = {name for each in plan.options.values() for name in REFERENCE.findall(each)}
        current = secret.current
        alive = [await self.made(secret, each.number) for each in secret.alive]
        job = Job(
            rotation=rotation, secret=secret.name, environment=secret.environment,
            options=plan.options, current=await self._secrets.value(secret),
            issued=current.issued if current else "",
            alive=tuple(each.value for each in alive if each),
            lent={name: await self._lent(name, secret) for name in sorted(names)},
        )  # fmt: skip
        return rotor, job

    async def made(self, secret: Secret, number: int) -> Made | None:
        """A version with its value; None when its vault has it no more."""
        version = next((each for each in secret.versions if each.number == number), None)
        if version is None:
            return None
        try:
            value = await self._secrets.value(secret, number)
        except NotFoundError:
            return None
        return Made(value=value, issued=version.issued)

    async def _lent(self, name: str, to: Secret) -> bytes:
        """Environments share no secret, whoever refers to whom."""
        found = SECRET.find(name, self._running.store)
        if found is None or found.value.environment != to.environment:
            raise InputError(
                f"the plan of `{to.name}` refers to `secret:{name}`, which {to.environment} has "
                "not",
                remedy=f"keep it in {to.environment} under this name",
            )
        return await self._secrets.value(found.value)

    def _rotor(self, driver: str) -> Rotor:
        try:
            return self._running.rotors[driver]
        except KeyError as error:
            known = ", ".join(sorted(self._running.rotors)) or "none"
            raise InputError(
                f"there is no driver `{driver[:40]}`, expected one of {known}",
                remedy="name another one with `clawband secret change --driver`",
            ) from error


def _plan(secret: Secret) -> Plan:
    if secret.plan is None:
        raise InputError(
            f"`{secret.name}` has no plan, so it cannot be rotated",
            remedy=f"give it a driver with `clawband secret change {secret.name} --driver`",
        )
    return secret.plan
