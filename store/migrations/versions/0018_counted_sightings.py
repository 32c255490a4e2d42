"""What detectors saw may be counted without a case."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward; the way back is the backup."""
    with op.batch_alter_table("sightings") as table:
        table.alter_column("case_id", existing_type=sa.String(), nullable=True)
