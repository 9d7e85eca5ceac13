"""The driver `database` at a real PostgreSQL: who signs in before, during and after."""

import asyncio

import asyncpg
import pytest

from clawband.adapters.rotors.database import DatabaseRotor
from clawband.model.errors import AuthenticationError, InputError, UnavailableError
from clawband.model.rotation import Shape
from clawband.ports.rotor import Job, Made
from tests.servers.postgres import Postgres, RefusedError

FIRST = "the first pass/word: ü"


@pytest.fixture
def roles(postgres: Postgres):
    """Two roles of an application, made by hand, and an administrator of these two alone."""
    for each in ("app_a", "app_b", "keeper"):
        postgres.sql(f"drop role if exists {each}")
    postgres.sql("create role app_b nologin")
    postgres.sql(f"create role app_a login password '{FIRST}'")
    postgres.sql("create role keeper login createrole password 'of the keeper'")
    postgres.sql("grant app_a, app_b to keeper with admin option")
    postgres.sql("grant pg_signal_backend to keeper")
    return postgres


def job(postgres: Postgres, current: bytes, roles: str = "app_a app_b", **more: str) -> Job:
    return Job(
        rotation="rot_1", secret="db/app", environment="dev", current=current, alive=(current,),
        options={"roles": roles, "admin": "secret:db/admin", **more},
        lent={"db/admin": postgres.url("keeper", "of%20the%20keeper").encode()},
    )  # fmt: skip


def first(postgres: Postgres) -> bytes:
    return postgres.url("app_a", "the%20first%20pass%2Fword%3A%20%C3%BC", "postgres?x=1").encode()


def test_two_roles_in_turn(roles: Postgres):
    rotor, old = DatabaseRotor(), Made(value=first(roles))
    asked = job(roles, old.value)
    assert rotor.shape(asked) is Shape.TWO
    made = rotor.create(asked)
    assert b"app_b:" in made.value and made.value.endswith(b"/postgres?x=1")
    assert not rotor.check(asked, made).alive, "not before it is placed"
    rotor.place(asked, made)
    rotor.place(asked, made)
    assert rotor.check(asked, made).alive and rotor.check(asked, old).alive
    switched = job(roles, made.value)
    rotor.revoke(switched, made)
    assert rotor.check(switched, made).alive, "the current one is never ended"
    rotor.revoke(switched, old)
    rotor.revoke(switched, old)
    seen = rotor.check(switched, old)
    assert not seen.alive and "28P01" in seen.words and FIRST not in seen.words
    assert rotor.check(switched, made).alive
    again = rotor.create(switched)
    rotor.place(switched, again)
    assert b"app_a:" in again.value and rotor.check(switched, again).alive


def test_the_password_is_in_no_statement(roles: Postgres):
    rotor, asked = DatabaseRotor(), job(roles, first(roles))
    roles.sql("alter system set log_statement = 'all'")
    roles.sql("select pg_reload_conf()")
    made = rotor.create(asked)
    rotor.place(asked, made)
    log = (roles._folder / "log").read_text()
    assert 'alter role "app_b"' in log
    assert made.value.decode().split(":")[2].split("@")[0] not in log
    roles.sql("alter system reset log_statement")
    roles.sql("select pg_reload_conf()")


def test_sessions_of_the_old_role_end(roles: Postgres):
    rotor, old = DatabaseRotor(), Made(value=first(roles))
    asked = job(roles, old.value)
    made = rotor.create(asked)
    rotor.place(asked, made)

    async def ended() -> bool:
        session = await asyncpg.connect(
            host=roles.host, port=roles.port, user="app_a", password=FIRST, database="postgres",
            ssl=False,
        )  # fmt: skip
        await asyncio.to_thread(rotor.revoke, job(roles, made.value), old)
        for _ in range(100):
            if session.is_closed():
                return True
            await asyncio.sleep(0.05)
        return False

    assert asyncio.run(ended())


def test_one_role_in_place(roles: Postgres):
    rotor, old = DatabaseRotor(), Made(value=first(roles))
    asked = job(roles, old.value, "app_a")
    assert rotor.shape(asked) is Shape.ONE
    made = rotor.create(asked)
    rotor.place(asked, made)
    assert rotor.check(asked, made).alive and not rotor.check(asked, old).alive
    rotor.place(asked, old)
    assert rotor.check(asked, old).alive and not rotor.check(asked, made).alive


def test_a_role_with_a_quote_is_a_role(roles: Postgres):
    roles.sql('drop role if exists "o""x"')
    roles.sql('create role "o""x" nologin')
    roles.sql('grant "o""x" to keeper with admin option')
    rotor, asked = DatabaseRotor(), job(roles, first(roles), 'app_a o"x')
    made = rotor.create(asked)
    rotor.place(asked, made)
    assert rotor.check(asked, made).alive


@pytest.mark.parametrize(("changes", "says"), [
    ({"roles": ""}, "says no `roles`"),
    ({"roles": "app_b app_c"}, "at most two"),
    ({"roles": "app_a b c"}, "at most two"),
    ({"admin": "postgresql://keeper:secret@x/y"}, "to be a reference"),
    ({"admin": "secret:db/other"}, "to be a reference"),
    ({"rolls": "x"}, "unknown option `rolls`"),
])  # fmt: skip
def test_a_plan_that_cannot_work(roles: Postgres, changes, says):
    with pytest.raises(InputError, match=says):
        DatabaseRotor().shape(job(roles, first(roles), **changes))


@pytest.mark.parametrize("elsewhere", ["elsewhere.example:5432", "127.0.0.1:1"])
def test_no_new_password_is_told_to_another_server(roles: Postgres, elsewhere):
    """Who sets the value names a server, and the administrator's role would be given away there."""
    value = first(roles).replace(f"{roles.host}:{roles.port}".encode(), elsewhere.encode())
    assert value != first(roles)
    rotor, asked = DatabaseRotor(), job(roles, value)
    for act in (rotor.shape, rotor.create, lambda job: rotor.place(job, Made(value=value))):
        with pytest.raises(InputError, match="of another server"):
            act(asked)


@pytest.mark.parametrize(
    "value", [b"", b"\xff", b"hunter2", b"https://a:b@c/d", b"postgresql://h/d"]
)
def test_a_value_that_is_no_address_is_not_told(roles: Postgres, value):
    with pytest.raises(InputError, match="address of a PostgreSQL") as told:
        DatabaseRotor().shape(job(roles, value))
    assert "hunter2" not in str(told.value)


def test_what_is_no_answer_is_no_proof(roles: Postgres):
    rotor, asked = DatabaseRotor(), job(roles, first(roles))
    with pytest.raises(UnavailableError, match="gave no answer"):
        rotor.check(asked, Made(value=b"postgresql://app_a:x@127.0.0.1:1/postgres"))
    with pytest.raises(UnavailableError, match="3D000"):
        rotor.check(asked, Made(value=first(roles).replace(b"/postgres", b"/none")))
    roles.sql("revoke app_b from keeper")
    with pytest.raises(AuthenticationError, match="42501"):
        rotor.place(asked, rotor.create(asked))
    with pytest.raises(RefusedError):
        roles.sql("select 1", user="app_b", password="x")


def test_a_far_server_must_show_a_certificate(roles: Postgres):
    """It is asked for TLS, has none, and is told nothing."""
    rotor, asked = DatabaseRotor(), job(roles, first(roles))
    far = first(roles).replace(b"127.0.0.1", b"host.invalid")
    with pytest.raises(UnavailableError):
        rotor.check(asked, Made(value=far))
