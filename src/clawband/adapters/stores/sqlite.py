"""Opening an embedded store: one file, one process, write-ahead log, full synchronisation."""

import os
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool, StaticPool

from clawband.adapters.stores.sealing import Sealing
from clawband.adapters.stores.sql import SqlStore
from clawband.model.errors import UnavailableError

BUSY_MILLISECONDS = 2_000
MIGRATIONS = Path(__file__).parent / "migrations"


def open_store(path: Path, key: bytes, busy: int = BUSY_MILLISECONDS) -> SqlStore:
    """Open or make the store at `path`, brought to the newest schema.

    `key` is the 32 bytes that payloads are encrypted with; `busy` is how many milliseconds a
    lock of another program is waited for. Raises `UnavailableError` when the
    file cannot be opened or is no store of ours.
    """
    try:
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        writing = _engine(path, "BEGIN IMMEDIATE", busy, poolclass=StaticPool)
        reading = _engine(path, "BEGIN", busy, poolclass=QueuePool, pool_size=4, max_overflow=12)
        try:
            migrate(writing)
            return SqlStore(writing, reading, Sealing(key))
        except BaseException:
            writing.dispose()
            reading.dispose()
            raise
    except (SQLAlchemyError, OSError) as error:
        reason = str(getattr(error, "orig", error))[:200]
        raise UnavailableError(
            f"the store `{path.name}` cannot be opened: {reason}",
            remedy="stop the other server that uses it, or restore it from a backup",
        ) from error


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest version. Forward only."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _engine(path: Path, begin: str, busy: int, **options: Any) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"check_same_thread": False},
        hide_parameters=True,  # an error may be logged; what people wrote may not
        **options,
    )

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        # The driver's own transaction handling is switched off: we say when one begins.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute(f"PRAGMA busy_timeout={busy}")
        cursor.execute("PRAGMA wal_autocheckpoint=4000")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine
