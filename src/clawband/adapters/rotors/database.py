"""PostgreSQL passwords: two roles in turn, so that nobody ever has a dead one, or one in place.

The value is an address, `postgresql://role:password@host:port/database`, so that whoever has it is
led to the other role without knowing of it. The server is sent a SCRAM verifier (RFC 5803), never
the password: it is in no log of statements.
"""

import asyncio
import hmac
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from hashlib import pbkdf2_hmac, sha256
from ipaddress import ip_address
from secrets import token_bytes, token_urlsafe
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from clawband.adapters.rotors import options
from clawband.model.errors import AuthenticationError, InputError, UnavailableError
from clawband.model.rotation import Shape
from clawband.ports.rotor import Job, Made, Seen

SECONDS = 15.0
"""For a connection, and for one statement."""
ROUNDS = 4096
PASSWORD_BYTES = 32
WRONG_PASSWORD, NOT_ALLOWED = "28P01", "42501"
"""The first one alone proves that a password is dead: 28000 can be about the address one comes
from, so it proves nothing."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where and as whom. `rest` is what follows the host in the value, kept as it is."""

    role: str
    password: str
    host: str
    port: int
    database: str
    rest: str

    def __str__(self) -> str:
        who = f"{quote(self.role, safe='')}:{quote(self.password, safe='')}"
        return f"postgresql://{who}@{self.rest}"


class DatabaseRotor:
    """Implements `ports.rotor.Rotor`. `authorities`: a PEM file with authorities of your own,
    beside the usual."""

    def __init__(self, authorities: str = "") -> None:
        self._trust = ssl.create_default_context()
        if authorities:
            self._trust.load_verify_locations(authorities)

    def shape(self, job: Job) -> Shape:
        options.only(job, "roles", "admin")
        roles = _roles(job)
        role = _at_the_administrators(job, job.current).role
        if role not in roles or len(roles) > 2:
            raise InputError(
                f"expected the value of `{job.secret}` to be of one of at most two `roles`, got "
                f"`{role}`",
                remedy="name the role of the value first, and another one with the same rights",
            )
        return Shape.TWO if len(roles) == 2 else Shape.ONE

    def create(self, job: Job) -> Made:
        was = _at_the_administrators(job, job.current)
        others = [each for each in _roles(job) if each != was.role]
        role = others[0] if others else was.role
        fresh = replace(was, role=role, password=token_urlsafe(PASSWORD_BYTES))
        return Made(value=str(fresh).encode())

    def place(self, job: Job, made: Made) -> None:
        role = _at_the_administrators(job, made.value)
        self._alter(job, f"alter role {_quoted(role.role)} login password '{_verifier(role)}'")

    def check(self, job: Job, made: Made) -> Seen:
        address = _address(made.value, f"`{job.secret}`")
        try:
            asyncio.run(self._ask(address, "select 1"))
        except AuthenticationError as error:
            return Seen(False, error.message)
        return Seen(True, f"the role `{address.role}` signed in")

    def revoke(self, job: Job, made: Made) -> None:
        """The role can no longer sign in, and its sessions end. One that has the current password
        by now is left alone: the value that is to end has been replaced."""
        role = _address(made.value, f"`{job.secret}`").role
        if role == _address(job.current, f"`{job.secret}`").role:
            return
        self._alter(job, f"alter role {_quoted(role)} nologin password null")
        self._alter(
            job, "select pg_terminate_backend(pid) from pg_stat_activity where usename = $1", role
        )

    def _alter(self, job: Job, statement: str, *values: str) -> None:
        admin = _address(options.lent(job, "admin"), "the administrator's")
        asyncio.run(self._ask(admin, statement, *values))

    async def _ask(self, address: Address, statement: str, *values: str) -> None:
        async with self._connected(address) as connection:
            await connection.execute(statement, *values, timeout=SECONDS)

    @asynccontextmanager
    async def _connected(self, address: Address) -> AsyncIterator[Any]:
        """Raises `AuthenticationError` for a sign-in that was refused, and for a right that is
        missing; `UnavailableError` for everything else."""
        asyncpg = _driver()
        try:
            connection = await asyncpg.connect(
                host=address.host, port=address.port, user=address.role, database=address.database,
                password=address.password, ssl=self._tls(address.host), timeout=SECONDS,
            )  # fmt: skip
            try:
                yield connection
            finally:
                await connection.close(timeout=SECONDS)
        except asyncpg.PostgresError as error:
            told = f"PostgreSQL answered {error.sqlstate}, {_words(error, address)}"
            if error.sqlstate in (WRONG_PASSWORD, NOT_ALLOWED):
                raise AuthenticationError(told, remedy="give the administrator the role") from error
            raise UnavailableError(told, remedy="look at the database's log") from error
        except (OSError, TimeoutError, asyncpg.InterfaceError, ValueError) as error:
            raise UnavailableError(
                f"PostgreSQL at `{address.host}` gave no answer: {type(error).__name__}",
                remedy="see whether it runs and is reached from here",
            ) from error

    def _tls(self, host: str) -> ssl.SSLContext | bool:
        """Beyond this machine only to who shows a certificate for the name."""
        return False if _near(host) else self._trust


def _driver() -> Any:
    try:
        import asyncpg
    except ImportError as error:
        raise UnavailableError(
            "PostgreSQL cannot be spoken to: `asyncpg` is not installed",
            remedy="install `clawband[postgresql]`",
        ) from error
    return asyncpg


def _roles(job: Job) -> list[str]:
    return list(dict.fromkeys(options.needed(job, "roles").split()))


def _address(value: bytes, whose: str) -> Address:
    """Raises `InputError`, which holds nothing of the value."""
    try:
        text = value.decode()
        parts = urlsplit(text)
        who, at, _ = parts.netloc.rpartition("@")
        rest = text.partition("://")[2].removeprefix(f"{who}@")
        if parts.scheme not in ("postgresql", "postgres") or not at or not parts.hostname:
            raise ValueError
        return Address(
            role=unquote(parts.username or ""), password=unquote(parts.password or ""),
            host=parts.hostname, port=parts.port or 5432, rest=rest,
            database=unquote(parts.path.removeprefix("/")) or unquote(parts.username or ""),
        )  # fmt: skip
    except ValueError:
        raise InputError(
            f"expected {whose} value to be the address of a PostgreSQL database",
            remedy="set it as `postgresql://role:password@host:port/database`",
        ) from None


def _at_the_administrators(job: Job, value: bytes) -> Address:
    """The address that a value is. Raises `InputError` for one of another server: whoever sets the
    value would have a new password told to one of theirs."""
    found = _address(value, f"`{job.secret}`")
    admin = _address(options.lent(job, "admin"), "the administrator's")
    if (found.host, found.port) != (admin.host, admin.port):
        raise InputError(
            f"the value of `{job.secret}` is of another server than the administrator's",
            remedy="give both addresses with the same host and port",
        )
    return found


def _verifier(address: Address) -> str:
    """What the server keeps in place of a password (RFC 5803, RFC 7677 for SHA-256). Passwords of
    ours are ASCII, which SASLprep leaves as it is."""
    salt = token_bytes(16)
    salted = pbkdf2_hmac("sha256", address.password.encode(), salt, ROUNDS)
    stored = sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    kept = ":".join(b64encode(each).decode() for each in (stored, server))
    return f"SCRAM-SHA-256${ROUNDS}:{b64encode(salt).decode()}${kept}"


def _quoted(role: str) -> str:
    """An identifier, whatever is in it."""
    if "\0" in role:
        raise InputError("expected a role without a NUL", remedy="correct `roles` of the plan")
    return '"' + role.replace('"', '""') + '"'


def _words(error: Exception, address: Address) -> str:
    return str(error)[:200].replace(address.password, "…") if address.password else "no password"


def _near(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
