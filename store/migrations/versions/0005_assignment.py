"""What assignment needs to know of a rep, more than one latest turn, and how many customers a day gave."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward; the way back is the backup."""
    with op.batch_alter_table("reps", schema=None) as batch_op:
        batch_op.add_column(sa.Column("weight", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("daily_cap", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("total_cap", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("deal_min", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("deal_max", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("languages", sa.String(), server_default=sa.text("''"), nullable=False))
        batch_op.add_column(sa.Column("successor_id", sa.String(), nullable=True))
    with op.batch_alter_table("rotation_turns", schema=None) as batch_op:
        batch_op.add_column(sa.Column("earlier", sa.String(), server_default=sa.text("''"), nullable=False))
    op.create_table(
        "rep_verticals",
        sa.Column("rep_id", sa.String(), nullable=False),
        sa.Column("vertical", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("rep_id", "vertical", name=op.f("pk_rep_verticals")),
    )
    with op.batch_alter_table("rep_verticals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rep_verticals_vertical"), ["vertical"], unique=False)
    op.create_table(
        "rep_days",
        sa.Column("rep_id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("rep_id", "day", name=op.f("pk_rep_days")),
    )
