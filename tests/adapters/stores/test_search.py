"""No question that a page or a decision asks of the log reads all of it."""

import pytest
from sqlalchemy import create_engine

from clawband.adapters.stores import tables
from clawband.adapters.stores.search import INDEXED, newest, statement
from clawband.adapters.stores.sqlite import migrate
from clawband.model.event import Tag
from clawband.ports.store import Query
from tests.simulators.clocks import START

ODD = frozenset({Tag.GATEWAY_GAP, Tag.CLOCK_STEP})
QUESTIONS = [
    *(Query(**{name: "x"}) for name in INDEXED),
    Query(tags=ODD, since=START, limit=500),
    Query(tags=ODD, before=7),
    Query(tags=frozenset(Tag)),
    Query(tags=ODD, agent="shop/support", since=START),
    Query(text="refund", run="r"),
    Query(before=7),
]


@pytest.fixture(scope="module")
def connection(tmp_path_factory):
    engine = create_engine(f"sqlite:///{tmp_path_factory.mktemp('plan') / 'p.db'}")
    migrate(engine)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def plan(connection, query):
    """As it is asked: with its values apart from its text."""
    asked = query.compile(connection.engine, compile_kwargs={"render_postcompile": True})
    values = tuple(asked.params[name] for name in asked.positiontup)
    return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", values)]


@pytest.mark.parametrize("query", QUESTIONS, ids=range(len(QUESTIONS)))
def test_an_index_leads_there(connection, query):
    steps = plan(connection, statement(query))
    assert any("SEARCH leaves" in step for step in steps), steps
    assert not any(step.startswith("SCAN leaves") for step in steps), steps


def test_the_newest_approvals_are_found_by_their_state(connection):
    column = tables.approvals.c
    wanted = newest(column.id, column.state, ("refused", "spent"), column.opened, 30)
    steps = plan(connection, tables.approvals.select().where(wanted))
    assert not any("SCAN approvals" in step for step in steps), steps
