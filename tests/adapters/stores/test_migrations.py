"""What the migrations make is what `tables` declares, and they go forward only."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from clawband.adapters.stores import tables
from clawband.adapters.stores.sqlite import MIGRATIONS, migrate


@pytest.fixture
def engine(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'm.db'}")
    yield engine
    engine.dispose()


def test_a_migrated_store_is_the_declared_one(engine):
    migrate(engine)
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, tables.metadata) == []


def test_the_ddl_is_the_declared_one_too(engine, tmp_path):
    """Alembic does not compare the conditions of indices; SQLite remembers their text."""
    migrate(engine)
    declared = create_engine(f"sqlite:///{tmp_path / 'd.db'}")
    tables.metadata.create_all(declared)
    query = text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    with engine.connect() as one, declared.connect() as other:
        assert sorted(one.execute(query).all()) == sorted(other.execute(query).all())
    declared.dispose()


def test_labels_go_to_every_gateway_of_their_session(engine):
    """Two of them joined one; the log names none for another: then all get it, and none is lost."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    leaf = (
        "INSERT INTO leaves VALUES (:n, :n, '', :tag, '', :agent, '', '', '', :session,"
        " '', '', '', '', '', '', '')"
    )
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for name in ("one", "two"):
            connection.execute(text(f"INSERT INTO gateways VALUES ('{name}', '', '{name}', '')"))
        for session in ("shared", "unknown", "one/own", "own"):
            row = "INSERT INTO labels VALUES (:session, 0, 2, :sources)"
            connection.execute(text(row), {"session": session, "sources": f'["{session}"]'})
        for n, (agent, session, tag) in enumerate(
            [
                ("one/a", "shared", "decision:permit"),
                ("one/b", "shared", "decision:permit"),
                ("two/a", "shared", "decision:permit"),
                ("two/a", "own", "decision:deny"),
                ("one/a", "own", "decision:permit"),
                ("two/a", "one/own", "decision:permit"),
            ]
        ):
            values = {"n": n, "agent": agent, "session": session, "tag": tag}
            connection.execute(text(leaf), values)
    migrate(engine)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT * FROM labels ORDER BY session")).all()
    assert [(row.session, row.integrity, row.confidentiality, row.sources) for row in found] == [
        ("one/own", 0, 2, '["own"]'),
        ("one/shared", 0, 2, '["shared"]'),
        ("one/unknown", 0, 2, '["unknown"]'),
        ("two/one/own", 0, 2, '["one/own"]'),
        ("two/shared", 0, 2, '["shared"]'),
        ("two/unknown", 0, 2, '["unknown"]'),
    ]


def test_migrating_twice_changes_nothing(engine):
    migrate(engine)
    before = inspect(engine).get_table_names()
    migrate(engine)
    assert inspect(engine).get_table_names() == before
