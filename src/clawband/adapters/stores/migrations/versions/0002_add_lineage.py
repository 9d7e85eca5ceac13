"""Where values come from; and labels belong to the sessions of a gateway.

The label of a session goes to every gateway that was permitted something in it: a label that two
of them joined is both's. Where the log names none, it goes to every enrolled gateway, for a session
that has lost its label would begin anew as one that has read nothing.

A step of history: never edit it, add the next.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _readings()
    _endorsements()
    _places()
    _scope_labels()


def _text(name: str, length: int | None = None, *, key: bool = False) -> sa.Column[str]:
    kind = sa.String(length) if length else sa.Text()
    return sa.Column(name, kind, primary_key=key, nullable=False)


def _label() -> list[sa.Column[int]]:
    return [
        sa.Column("integrity", sa.Integer(), nullable=False),
        sa.Column("confidentiality", sa.Integer(), nullable=False),
    ]


def _readings() -> None:
    op.create_table(
        "readings",
        sa.Column("n", COUNT, primary_key=True),
        _text("session"), _text("id"), _text("at", 27), _text("kind", 10), _text("source"),
        *_label(), _text("sources"), _text("speaker"),
        sa.Column("referred", sa.Integer(), nullable=False),
        _text("attested"), _text("tags"), _text("payload", 71),
    )  # fmt: skip
    op.create_index("readings_id", "readings", ["session", "id"], unique=True)
    op.create_index("readings_session", "readings", ["session", "n"])


def _endorsements() -> None:
    op.create_table(
        "endorsements",
        _text("id", key=True), _text("agent"), _text("opened", 27), _text("expires", 27),
        _text("revoked", 27), _text("body"),
    )  # fmt: skip
    op.create_index("endorsements_opened", "endorsements", ["opened"])
    op.create_index("endorsements_standing", "endorsements", ["revoked", "expires"])


def _written() -> list[sa.Column[Any]]:
    return [
        _text("at", 27), *_label(), _text("sources"), _text("decision"), _text("payload", 71),
        _text("quarantine"),
    ]  # fmt: skip


def _places() -> None:
    op.create_table("places", _text("agent", key=True), _text("path", key=True), *_written())
    number = sa.Column("n", COUNT, primary_key=True)
    op.create_table("versions", number, _text("agent"), _text("path"), *_written())
    op.create_index("versions_agent", "versions", ["agent", "path", "n"])
    op.create_index("versions_path", "versions", ["path", "n"])
    op.create_table("destinations", _text("agent", key=True), _text("destination", key=True))


def _scope_labels() -> None:
    connection = op.get_bind()
    enrolled = {row.name for row in connection.execute(sa.text("SELECT name FROM gateways"))}
    permitted = sa.text(
        "SELECT DISTINCT agent FROM leaves WHERE session = :session AND session <> ''"
        " AND tag = 'decision:permit'"
    )
    scoped: dict[str, tuple[int, int, str]] = {}
    for row in connection.execute(sa.text("SELECT * FROM labels")).all():
        agents = connection.execute(permitted, {"session": row.session}).scalars()
        for gateway in {agent.partition("/")[0] for agent in agents} or enrolled:
            name = f"{gateway}/{row.session}"
            scoped[name] = (row.integrity, row.confidentiality, row.sources)
    connection.execute(sa.text("DELETE FROM labels"))
    put = sa.text("INSERT INTO labels VALUES (:session, :integrity, :confidentiality, :sources)")
    for name, label in scoped.items():
        names = ("integrity", "confidentiality", "sources")
        connection.execute(put, {"session": name, **dict(zip(names, label, strict=True))})


def downgrade() -> None:
    raise RuntimeError("migrations go forward only: restore a backup instead")
