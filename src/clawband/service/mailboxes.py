"""Where somebody gets mail and about what, in their own hands."""

from collections.abc import Sequence

from clawband.flows import mailbox
from clawband.model.errors import AuthenticationError, NotFoundError
from clawband.model.notice import Mailbox
from clawband.model.person import SignedIn
from clawband.service.entrance import refuse_stale
from clawband.service.running import Running

WHAT = "where you get mail"


class Mailboxes:
    """One each. What is changed wants the second factor, as what one signs in with does: who
    redirects notices hides what they do next."""

    def __init__(self, running: Running) -> None:
        self._running = running

    @property
    def on(self) -> bool:
        """Whether any mail is sent at all."""
        return self._running.courier is not None

    def own(self, by: SignedIn) -> Mailbox:
        found = mailbox.of(by.operator, self._running.store)
        return found.value if found else Mailbox(account=by.operator.added)

    async def ask(self, address: str, by: SignedIn) -> Mailbox:
        """Send a link there. Raises `InputError`, `ConflictError`, and `NotFoundError` where no
        mail is sent."""
        self._refuse(by)
        refuse_mailless(self._running)
        _, unit = mailbox.ask(
            address, by, documents=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)
        return self.own(by)

    async def confirm(self, token: str, by: SignedIn) -> Mailbox:
        """Raises `NotFoundError`."""
        self._refuse(by)
        proved, unit = mailbox.confirm(
            token, by, documents=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)
        return proved

    async def choose(self, topics: Sequence[str], by: SignedIn) -> Mailbox:
        """Raises `InputError`."""
        self._refuse(by)
        chosen, unit = mailbox.choose(
            topics, by, documents=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)
        return chosen

    async def forget(self, by: SignedIn) -> None:
        """Raises `NotFoundError`."""
        self._refuse(by)
        unit = mailbox.forget(
            by, documents=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)

    def _refuse(self, by: SignedIn) -> None:
        if by.service:
            raise AuthenticationError(
                "a service account gets no mail", remedy="have a person sign in"
            )
        refuse_stale(by, WHAT)


def refuse_mailless(running: Running) -> None:
    """Raises `NotFoundError` where no mail is sent."""
    if running.courier is None:
        raise NotFoundError(
            "no mail is sent here", remedy="have whoever runs the server write `[mail]`"
        )
