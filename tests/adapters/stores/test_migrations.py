"""What the migrations make is what `tables` declares, and they go forward only."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from clawband.adapters.stores import tables
from clawband.adapters.stores.sqlite import migrate


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


def test_migrating_twice_changes_nothing(engine):
    migrate(engine)
    before = inspect(engine).get_table_names()
    migrate(engine)
    assert inspect(engine).get_table_names() == before
