"""The log, the tree, and the state beside them."""

from alembic import op

from clawband.adapters.stores.tables import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    # The first version is the schema as it is declared. Later ones spell their change out.
    metadata.create_all(op.get_bind())


def downgrade() -> None:
    raise RuntimeError("migrations go forward only: restore a backup instead")
