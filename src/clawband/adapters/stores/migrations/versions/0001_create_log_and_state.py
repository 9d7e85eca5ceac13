"""The log, the tree, and the state beside them. A step of history: never edit it, add the next."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _log()
    _state()
    _people()


def _text(name: str, length: int | None = None, *, key: bool = False) -> sa.Column[str]:
    kind = sa.String(length) if length else sa.Text()
    return sa.Column(name, kind, primary_key=key, nullable=False)


def _log() -> None:
    op.create_table(
        "leaves",
        sa.Column("n", COUNT, primary_key=True, autoincrement=False),
        _text("id", 40), _text("at", 27), _text("tag", 40),
        _text("who"), _text("agent"), _text("action"), _text("resource"), _text("outcome"),
        _text("session"), _text("run"), _text("call"), _text("message"), _text("trace"),
        _text("cause"),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )  # fmt: skip
    op.create_index("leaves_id", "leaves", ["id"], unique=True)
    for column in ("run", "session", "cause"):
        where = sa.text(f"{column} <> ''")
        op.create_index(
            f"leaves_{column}", "leaves", [column], sqlite_where=where, postgresql_where=where
        )
    op.create_table(
        "tiles",
        sa.Column("level", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "checkpoints", sa.Column("size", COUNT, primary_key=True), _text("note"), _text("at", 27)
    )
    op.create_table(
        "payloads",
        _text("digest", 71, key=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )


def _state() -> None:
    op.create_table(
        "labels",
        _text("session", key=True),
        sa.Column("integrity", sa.Integer(), nullable=False),
        sa.Column("confidentiality", sa.Integer(), nullable=False),
        _text("sources"),
    )
    op.create_table(
        "approvals",
        _text("id", 40, key=True), _text("request", 71), _text("state", 10),
        sa.Column("grants", sa.Integer(), nullable=False),
        _text("opened", 27), _text("body"),
    )  # fmt: skip
    is_open = sa.text("state IN ('pending', 'granted')")
    op.create_index(
        "approvals_open_request", "approvals", ["request"],
        unique=True, sqlite_where=is_open, postgresql_where=is_open,
    )  # fmt: skip
    op.create_index("approvals_state", "approvals", ["state", "opened"])
    op.create_table(
        "controls",
        _text("id", key=True), _text("kind", 20), _text("name"), _text("by"), _text("at", 27),
        _text("reason"),
    )  # fmt: skip
    op.create_table(
        "activations",
        sa.Column("n", sa.Integer(), primary_key=True, autoincrement=True),
        _text("digest", 71), _text("by"), _text("at", 27), _text("note"),
    )  # fmt: skip


def _people() -> None:
    op.create_table(
        "operators",
        _text("name", 64, key=True), _text("roles"), _text("aliases"), _text("added", 27),
        _text("password_hash"),
    )  # fmt: skip
    op.create_table(
        "sessions",
        _text("token", 64, key=True), _text("operator", 64), _text("csrf", 64),
        _text("opened", 27), _text("expires", 27),
        sa.Column("assurance", sa.Integer(), nullable=False),
    )  # fmt: skip
    op.create_index("ix_sessions_operator", "sessions", ["operator"])
    op.create_table(
        "gateways",
        _text("name", 64, key=True), _text("environment", 64),
        sa.Column("credential", sa.String(64), nullable=False, unique=True),
        _text("enrolled", 27),
    )  # fmt: skip


def downgrade() -> None:
    raise RuntimeError("migrations go forward only: restore a backup instead")
