"""Leaves are found by kind, agent, call, message and trace without reading the log.

A step of history: never edit it, add the next.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    for name in ("agent", "call", "message", "trace"):
        given = sa.text(f"{name} <> ''")
        op.create_index(
            f"leaves_{name}", "leaves", [name], sqlite_where=given, postgresql_where=given
        )
    op.create_index("leaves_tag", "leaves", ["tag", "n", "at"])
