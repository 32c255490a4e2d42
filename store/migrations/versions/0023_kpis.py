"""What counts for the figures, closed months (which the database keeps as they are), missed targets, surveys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_INSTANT = sa.DateTime(timezone=True)
_POSITION = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_SQLITE = """CREATE TRIGGER kpi_snapshots_stay_{0} BEFORE {0} ON kpi_snapshots
BEGIN SELECT RAISE(ABORT, 'a closed month stays as it is'); END"""
_POSTGRESQL = (
    """CREATE FUNCTION kpi_snapshots_stay() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'a closed month stays as it is' USING ERRCODE = 'restrict_violation'; END $$""",
    """CREATE TRIGGER kpi_snapshots_stay BEFORE UPDATE OR DELETE ON kpi_snapshots
FOR EACH ROW EXECUTE FUNCTION kpi_snapshots_stay()""",
    """CREATE TRIGGER kpi_snapshots_stay_whole BEFORE TRUNCATE ON kpi_snapshots
FOR EACH STATEMENT EXECUTE FUNCTION kpi_snapshots_stay()""",
)


def upgrade() -> None:
    """Go forward; the way back is the backup."""
    op.create_table(
        "kpi_facts",
        sa.Column("position", _POSITION, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("rep", "team", "region", "source", "policy")),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("value", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_kpi_facts"),
        sa.UniqueConstraint("id", name="uq_kpi_facts_id"),
    )
    op.create_index("kpi_facts_of_a_month", "kpi_facts", ["measure", "at"])
    op.create_index("kpi_facts_of_a_customer", "kpi_facts", ["customer_id", "measure", "at"])
    op.create_index("ix_kpi_facts_subject_id", "kpi_facts", ["subject_id"])
    op.create_table(
        "kpi_snapshots",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("closed_at", _INSTANT, nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("figures", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("month", name="pk_kpi_snapshots"),
    )
    op.create_table(
        "kpi_alerts",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("kpi", sa.String(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("target", sa.Float(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("month", "kpi", name="pk_kpi_alerts"),
    )
    op.create_table(
        "surveys",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("rep_id", sa.String(), nullable=True),
        sa.Column("sent_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("answered_at", _INSTANT, nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("comment", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_surveys"),
    )
    op.create_index("ix_surveys_customer_id", "surveys", ["customer_id"])
    _keep_closed_months()


def _keep_closed_months() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(_SQLITE.format(act))
        return
    for statement in _POSTGRESQL:
        op.execute(statement)
