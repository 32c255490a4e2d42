"""What happens to a lead, and who is asked about one that waits."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward; the way back is the backup."""
    op.create_table(
        "lead_events",
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_lead_events")),
        sa.UniqueConstraint("id", name=op.f("uq_lead_events_id")),
    )
    op.create_index("lead_events_timeline", "lead_events", ["lead_id", "position"], unique=False)
    op.create_table(
        "leads_asked",
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("rep_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("lead_id", "rep_id", name=op.f("pk_leads_asked")),
    )
    op.create_index(op.f("ix_leads_asked_rep_id"), "leads_asked", ["rep_id"], unique=False)
