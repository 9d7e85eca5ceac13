"""What is kept about people: credentials, elevations, reviews, keys.

A step of history: never edit it, add the next.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("kind", sa.String(40), primary_key=True, nullable=False),
        sa.Column("id", sa.String(200), primary_key=True, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )
