"""Asking the tables: one short connection per question, and one kind of failure."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Select
from sqlalchemy.exc import SQLAlchemyError

from clawband.model.errors import UnavailableError

AT_A_TIME = 10
"""Rows of a stream that are fetched together; one may hold a megabyte."""


class Asking:
    """Reads from one engine. Raises `UnavailableError` when that fails."""

    def __init__(self, reading: Engine) -> None:
        self._reading = reading

    def _all(self, query: Select[Any]) -> Sequence[Any]:
        with self._reader() as connection:
            return connection.execute(query).all()

    def _first(self, query: Select[Any]) -> Any:
        with self._reader() as connection:
            return connection.execute(query).first()

    @contextmanager
    def _stream(self, query: Select[Any]) -> Iterator[Iterable[Any]]:
        """Rows as they are needed, when all of them may be too much."""
        with self._reader() as connection:
            yield connection.execution_options(yield_per=AT_A_TIME).execute(query)

    @contextmanager
    def _reader(self) -> Iterator[Connection]:
        try:
            with self._reading.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise UnavailableError(
                f"the store cannot be read: {str(getattr(error, 'orig', error))[:200]}",
                remedy="release the lock or restore the disk, then try again",
            ) from error
