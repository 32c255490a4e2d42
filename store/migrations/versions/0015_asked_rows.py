"""Rows in doubt about which a person is asked."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward; the way back is the backup."""
    op.add_column("imports", sa.Column("doubtful", sa.String(), nullable=False, server_default=sa.text("'leave_out'")))
    op.add_column("import_lines", sa.Column("lead_id", sa.String(), nullable=True))
