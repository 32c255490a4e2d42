"""Users, API keys, refused attempts, the tree of teams, and who submitted a lead."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_INSTANT = sa.DateTime(timezone=True)
_POSITION = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go forward; the way back is the backup."""
    op.create_table(
        "users",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("password", sa.String(), nullable=True),
        sa.Column("valid_from", _INSTANT, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("scopes", _JSON, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("previous_digest", sa.String(), nullable=True),
        sa.Column("previous_until", _INSTANT, nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=True),
        sa.Column("revoked_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
    )
    op.create_table(
        "access_refusals",
        sa.Column("position", _POSITION, nullable=False, autoincrement=True),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("principal", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("record", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_access_refusals"),
    )
    op.create_index("ix_access_refusals_principal", "access_refusals", ["principal"])
    op.add_column("teams", sa.Column("parent_id", sa.String(), nullable=True))
    op.create_index("ix_teams_parent_id", "teams", ["parent_id"])
    op.create_index("ix_teams_manager_id", "teams", ["manager_id"])
    op.add_column("leads", sa.Column("submitted_by", sa.String(), nullable=True))
    lead = sa.table("leads", sa.column("submitted_by"), sa.column("lead", _JSON))
    op.execute(lead.update().values(submitted_by=lead.c.lead["submitted_by"].as_string()))
    op.create_index("ix_leads_submitted_by", "leads", ["submitted_by"])
