"""Imports of files of existing customers, and their lines."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Go forward; the way back is the backup."""
    op.create_table(
        "imports",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("headings", _JSON, nullable=False),
        sa.Column("columns", _JSON, nullable=False),
        sa.Column("begun", sa.Integer(), nullable=False),
        sa.Column("analysis", sa.Integer(), nullable=False),
        sa.Column("progress", _JSON, nullable=False),
        sa.Column("counts", _JSON, nullable=False),
        sa.Column("failure", _JSON, nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index("imports_newest", "imports", ["created_at", "id"])
    op.create_index(op.f("ix_imports_stage"), "imports", ["stage"])
    op.create_table(
        "import_lines",
        sa.Column("import_id", sa.String(), nullable=False),
        sa.Column("analysis", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("head", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("beside", sa.Integer(), nullable=True),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.Column("candidates", _JSON, nullable=False),
        sa.Column("lead", _JSON, nullable=False),
        sa.Column("profile", _JSON, nullable=False),
        sa.Column("faults", _JSON, nullable=False),
        sa.Column("completed", _JSON, nullable=False),
        sa.Column("cells", _JSON, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("effect", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("import_id", "analysis", "line", name=op.f("pk_import_lines")),
    )
    op.create_index("import_lines_by_verdict", "import_lines", ["import_id", "analysis", "verdict", "line"])
    op.create_index(op.f("ix_import_lines_customer_id"), "import_lines", ["customer_id"])
    op.create_index(op.f("ix_import_lines_state"), "import_lines", ["state"])
