"""How many deliveries are under way is counted by an index, however many wait."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward; the way back is the backup."""
    leased = sa.text("leased_until IS NOT NULL")
    op.create_index(
        "deliveries_under_way",
        "deliveries",
        ["channel", "target", "leased_until"],
        sqlite_where=leased,
        postgresql_where=leased,
    )
