"""The first start: the first people, and a sign-in for whoever owns the state folder.

Both go by the right that the machine gives: who can write the state folder can do anything to it.
They are recorded as done by `MACHINE`, so that the log never claims that a person did them.
"""

from base64 import b32encode
from dataclasses import dataclass

from clawband.flows import credentials, sessions
from clawband.identity.assurance import Method
from clawband.identity.session import Seen
from clawband.model.errors import NotFoundError
from clawband.model.person import Held, Role
from clawband.service.service import Service

MACHINE = "clawband/set-up"
PASSWORD_BYTES = 10
FIRST = {
    "ada": (Role.ADMIN, Role.OPERATOR),
    "olga": (Role.APPROVER,),
}
"""Two people, because who asks for the set-up must not be who approves."""
OWNER = "owner"
"""The first administrator who is a person of this place, and comes by a link."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """A new account and its password, which is kept nowhere else."""

    name: str
    roles: tuple[str, ...]
    password: str


async def first_operators(service: Service) -> list[Fresh]:
    """Make the first operators when there are none at all; those made, with their passwords."""
    if service.operators.list():
        return []
    return [await _added(service, name, roles) for name, roles in FIRST.items()]


async def first_link(service: Service) -> str:
    """A link for an administrator of one's own, as long as none has a second factor; then empty.

    The earlier link ends.
    """
    store = service.running.store
    admins = [each.name for each in service.operators.list() if Role.ADMIN in each.roles]
    if any(credentials.enrolled(each, store) for each in admins):
        return ""
    if store.operator(OWNER):
        return (await service.people.recover_as(OWNER, MACHINE)).link
    return (await service.people.invite_as(OWNER, [Role.ADMIN], (), MACHINE)).link


async def recover(service: Service, name: str) -> Fresh:
    """A new password and the admin role for `name`; what roles they had stay.

    Their second factor is forgotten: whoever needs this has lost it, too.
    """
    known = {each.name: each for each in service.operators.list()}
    had = known[name].roles if name in known else frozenset[Held]()
    running = service.running
    unit = credentials.lost(
        name, by=MACHINE, documents=running.store, now=running.now(), entropy=running.entropy()
    )
    await running.commit(unit)
    return await _added(service, name, tuple(sorted({*had, Role.ADMIN})))


async def sign_in(service: Service) -> tuple[str, str]:
    """The oldest administrator's name and a bearer secret for them, without a password."""
    admins = [each for each in service.operators.list() if Role.ADMIN in each.roles]
    if not admins:
        raise NotFoundError(
            "there is no administrator",
            remedy="make one with `clawband operator recover NAME --offline`",
        )
    admin = min(admins, key=lambda each: each.added)
    running = service.running
    secret, unit = sessions.enter(
        admin.name, Method.MACHINE, Seen(), by=MACHINE, known=running.store,
        now=running.now(), entropy=running.entropy(),
    )  # fmt: skip
    await running.commit(unit)
    return admin.name, secret


async def _added(service: Service, name: str, roles: tuple[Held, ...]) -> Fresh:
    letters = b32encode(service.running.randomness.bytes(PASSWORD_BYTES)).decode().lower()
    password = "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))
    names = [str(role) for role in roles]
    await service.operators.add_as(name, names, (), password, MACHINE)
    return Fresh(name, tuple(names), password)
