"""Claims from public pools: which customers were claimed, and how many a rep claimed on a day."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward; the way back is the backup."""
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("claimed_from", sa.String(), nullable=True))
        in_queue = sa.text("place = 'queue'")
        batch_op.create_index(
            "customers_in_queues", ["id"], unique=False, sqlite_where=in_queue, postgresql_where=in_queue
        )
    op.create_table(
        "rep_claim_days",
        sa.Column("rep_id", sa.String(), nullable=False),
        sa.Column("pool", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("claimed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("rep_id", "pool", "day", name=op.f("pk_rep_claim_days")),
    )
