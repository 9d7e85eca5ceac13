"""`clawband rotate` and `clawband rotation`, with a real PostgreSQL as the issuer."""

import re
import time

import pytest

from tests.servers.postgres import Postgres

NEW = ("--environment", "dev", "--kind", "database password", "--purpose", "orders")


@pytest.fixture
def rotated(terminal, postgres: Postgres):
    """The secret `till/db`, whose first value opens the database."""
    for each in ("till_a", "till_b"):
        postgres.sql(f"drop role if exists {each}")
    postgres.sql("create role till_a login password 'first'")
    postgres.sql("create role till_b nologin")
    admin = postgres.url(password="correct%20horse%20battery")
    first = postgres.url("till_a", "first")
    terminal("secret", "remove", "till/db")
    terminal("secret", "remove", "till/admin")
    terminal("secret", "add", "till/admin", *NEW, "--value-stdin", given=admin)
    terminal(
        "secret", "add", "till/db", *NEW, "--driver", "database", "--option", "roles=till_a till_b",
        "--option", "admin=secret:till/admin", "--every", "30", "--value-stdin", given=first,
    )  # fmt: skip
    return postgres


def test_from_a_rehearsal_to_a_proof(terminal, rotated: Postgres):
    rehearsed = terminal("rotate", "till/db", "--rehearse")
    assert rehearsed.code == 0 and "rehearsed at" in rehearsed.out
    assert re.findall(r"(?m)^(\w+) +[\d.]+ s", rehearsed.out) == [
        "create", "place", "prove", "revoke", "bury",
    ]  # fmt: skip
    assert rotated.opens("till_a", "first")
    done = terminal("rotate", "till/db")
    assert done.code == 0 and "28P01" in done.out, done
    assert not rotated.opens("till_a", "first")
    named = terminal("rotation", "list", "--json").json[0]["id"]
    shown = terminal("rotation", "show", named)
    assert "till/db, database: rotated" in shown.out and "signed in as" not in shown.out
    assert terminal("rotation", "show", named, "--json").json["outcome"] == "rotated"
    assert "postgresql://" not in rehearsed.out + done.out + shown.out
    listed = terminal("rotation", "list").out
    assert listed.count("till/db") >= 2 and "rehearsed" in listed
    assert terminal("rotation", "resume", named).code == 4
    assert terminal("rotation", "roll-back", named).code == 4


def test_an_overlap_is_gone_back_from(terminal, rotated: Postgres):
    plan = ("--driver", "database", "--option", "roles=till_a till_b", "--option",
            "admin=secret:till/admin", "--overlap", "60")  # fmt: skip
    terminal("secret", "change", "till/db", *plan)
    waits = terminal("rotate", "till/db")
    assert waits.code == 0 and "both values are alive until" in waits.out
    assert terminal("rotate", "till/db").code == 4
    (named,) = [e["id"] for e in terminal("rotation", "list", "--json").json if not e["ended"]]
    assert "goes on at overlap" in terminal("rotation", "resume", named).out
    back = terminal("rotation", "roll-back", named, "--because", "the till does not work")
    assert back.out == f"{named} goes back\n"
    for _ in range(100):
        told = terminal("rotation", "show", named, "--json").json
        if told["ended"]:
            break
    assert told["outcome"] == "rolled back"
    assert rotated.opens("till_a", "first")


def test_what_does_not_get_on_says_why(terminal, rotated: Postgres):
    terminal("secret", "set", "till/admin", given=rotated.url(password="wrong"))
    stuck = terminal("rotate", "till/db")
    assert stuck.code == 6 and "cannot get on" in stuck.err and "28P01" in stuck.err
    (named,) = [e["id"] for e in terminal("rotation", "list", "--json").json if not e["ended"]]
    assert "cannot get on" in terminal("rotation", "show", named).out
    assert "cannot get on" in terminal("rotation", "list").out
    waits = terminal("rotate", "till/db", "--no-wait")
    assert waits.code == 4
    terminal("secret", "set", "till/admin", given=rotated.url(password="correct%20horse%20battery"))
    assert terminal("rotation", "roll-back", named).code == 0
    end = time.monotonic() + 60
    while not terminal("rotation", "show", named, "--json").json["ended"]:
        assert time.monotonic() < end
        time.sleep(0.2)


def test_the_calendar(terminal, rotated: Postgres):
    listed = terminal("rotation", "calendar")
    assert "till/db" in listed.out and "in time" in listed.out and "till/admin" not in listed.out
    assert "till/admin" in terminal("rotation", "calendar", "--all").out
    (line,) = [
        e for e in terminal("rotation", "calendar", "--json").json if e["secret"] == "till/db"
    ]
    assert (line["driver"], line["every_days"], line["stand"]) == ("database", 30, "in time")
    assert terminal("rotate", "till/admin").code == 2
    assert terminal("rotate", "till/none").code == 3
