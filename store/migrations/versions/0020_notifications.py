"""Notifications, how people wish to be told, digests; and events set aside because a watcher failed at them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_INSTANT = sa.DateTime(timezone=True)
_POSITION = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_UNREAD = sa.text("read_at IS NULL")


def upgrade() -> None:
    """Go forward; the way back is the backup."""
    op.add_column("outbox", sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("outbox", sa.Column("retry_at", _INSTANT, nullable=True))
    op.create_table(
        "notifications",
        sa.Column("position", _POSITION, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rep_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.Column("lead_id", sa.String(), nullable=True),
        sa.Column("approval_id", sa.String(), nullable=True),
        sa.Column("case_id", sa.String(), nullable=True),
        sa.Column("facts", _JSON, nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("read_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("position", name="pk_notifications"),
        sa.UniqueConstraint("id", name="uq_notifications_id"),
    )
    op.create_index("notifications_of_a_person", "notifications", ["rep_id", "position"])
    op.create_index(
        "notifications_unread",
        "notifications",
        ["rep_id", "position"],
        sqlite_where=_UNREAD,
        postgresql_where=_UNREAD,
    )
    op.create_table(
        "notification_settings",
        sa.Column("rep_id", sa.String(), nullable=False),
        sa.Column("settings", _JSON, nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("chats", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("rep_id", name="pk_notification_settings"),
    )
    op.create_table(
        "notification_digests",
        sa.Column("delivery_id", sa.String(), nullable=False),
        sa.Column("notification_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("delivery_id", "notification_id", name="pk_notification_digests"),
    )
