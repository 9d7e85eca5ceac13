"""What somebody proves themselves with: their own passkeys, codes and recovery codes.

Enrolling proves what was enrolled: it returns the secret that takes the place of the old one.
"""

import asyncio
from collections import OrderedDict

from clawband.flows import credentials, sign_in
from clawband.flows.credentials import Held
from clawband.identity import one_time
from clawband.identity.assurance import Method
from clawband.model.errors import ConflictError
from clawband.model.person import SignedIn
from clawband.service.entrance import Begun, Entrance, refuse_stale
from clawband.service.running import Running

PENDING = 1_000
"""Devices for codes that are being enrolled at once; older attempts start again."""


class Factors(Entrance):
    """Every change wants the second factor shown a moment ago, from who has one."""

    def __init__(self, running: Running) -> None:
        super().__init__(running)
        self._enrolling: OrderedDict[str, str] = OrderedDict()

    def credentials(self, signed: SignedIn) -> Held:
        return credentials.held(signed.name, self._running.store)

    def begin_passkey(self, signed: SignedIn) -> Begun:
        """Raises `StepUpNeededError`."""
        refuse_stale(signed)
        return self._offered(f"add {signed.session}", signed.name)

    async def finish_passkey(self, signed: SignedIn, id: str, credential: str, label: str) -> str:
        """Keep a new passkey; the secret that takes the place of the old one."""
        refuse_stale(signed)
        fresh = self._registered(f"add {signed.session}", id, credential)
        unit = credentials.add_passkey(
            signed.name, fresh, label, documents=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)
        return await self._renewed(signed, Method.PASSKEY)

    def begin_totp(self, signed: SignedIn) -> tuple[str, str]:
        """An `otpauth:` address and the secret in it, for an authenticator app."""
        refuse_stale(signed)
        fresh = one_time.secret(self._running.randomness.bytes(one_time.SECRET_BYTES))
        secret = self._enrolling.setdefault(signed.session, fresh)
        if len(self._enrolling) > PENDING:
            self._enrolling.popitem(last=False)
        return one_time.uri(signed.name, secret, self._running.people.site), secret

    async def finish_totp(self, signed: SignedIn, code: str) -> str:
        """Keep the device that shows `code`; the secret that takes the place of the old one."""
        refuse_stale(signed)
        secret = self._enrolling.get(signed.session, "")
        if not secret:
            raise ConflictError("no device is being added here", remedy="start again")
        unit = credentials.add_one_time(
            signed.name, secret, code, documents=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)
        self._enrolling.pop(signed.session, None)
        return await self._renewed(signed, Method.CODE)

    async def set_password(self, signed: SignedIn, current: str, password: str) -> str:
        """The secret that takes the place of the old one; all other sign-ins end.

        Raises `AuthenticationError` and `InputError`.
        """
        refuse_stale(signed)
        secret, unit = await asyncio.to_thread(
            sign_in.change_password, signed, current, password,
            known=self._running.store, passwords=self._running.passwords,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)
        return secret

    async def recovery_codes(self, signed: SignedIn) -> tuple[str, ...]:
        """Ten new ones, shown once; the old ones end. Raises `ConflictError`."""
        refuse_stale(signed)
        codes = one_time.codes(self._running.randomness.bytes(one_time.CODES * one_time.CODE_BYTES))
        unit = credentials.renew_codes(
            signed.name, codes, documents=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)
        return codes

    async def remove_credential(self, signed: SignedIn, id: str) -> None:
        """Raises `NotFoundError`, and `ConflictError` for the last of them."""
        refuse_stale(signed)
        unit = credentials.remove(
            signed.name, id, known=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)
