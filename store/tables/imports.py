"""Files of customers, line by line."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index, text
from sqlmodel import Field, SQLModel

from store.tables.columns import instant, json_column


class ImportRow(SQLModel, table=True):
    """A file that somebody imports: how it is read, how far it has come, and what it came to."""

    __tablename__ = "imports"
    __table_args__ = (Index("imports_newest", "created_at", "id"),)
    id: str = Field(primary_key=True)
    digest: str
    filename: str
    size: int = Field(sa_column=Column(BigInteger(), nullable=False))
    attempt: int = 1
    stage: str = Field(index=True)
    headings: list[str] = Field(sa_column=json_column())
    columns: dict[str, str] = Field(sa_column=json_column())
    begun: int = 0
    """How many analyses were begun; the last one counts."""
    analysis: int = 0
    """The analysis whose lines are shown."""
    progress: dict[str, Any] = Field(sa_column=json_column())
    counts: dict[str, Any] = Field(sa_column=json_column())
    failure: dict[str, Any] = Field(sa_column=json_column())
    created_by: str
    confirmed_by: str | None = None
    doubtful: str = Field(default="leave_out", sa_column_kwargs={"server_default": text("'leave_out'")})
    """What becomes of rows in doubt (``domain.importing.batch.Doubtful``)."""
    created_at: datetime = Field(sa_column=instant())
    updated_at: datetime = Field(sa_column=instant())


class ImportLineRow(SQLModel, table=True):
    """A row of an imported file: what it says, what becomes of it and why, and what was done."""

    __tablename__ = "import_lines"
    __table_args__ = (Index("import_lines_by_verdict", "import_id", "analysis", "verdict", "line"),)
    import_id: str = Field(primary_key=True)
    analysis: int = Field(primary_key=True)
    line: int = Field(primary_key=True)
    verdict: str
    head: int
    """The line into which this one is merged; its own when it stands for the customer."""
    why: str | None = None
    beside: int | None = None
    customer_id: str | None = Field(default=None, index=True)
    candidates: list[str] = Field(sa_column=json_column())
    lead: dict[str, Any] = Field(sa_column=json_column())
    profile: dict[str, Any] = Field(sa_column=json_column())
    """What all lines of the customer say together; empty but in the head."""
    faults: list[dict[str, Any]] = Field(sa_column=json_column())
    completed: list[str] = Field(sa_column=json_column())
    cells: list[str] = Field(sa_column=json_column())
    """The cells as they came, of lines that are left out, so that they can be corrected and sent again."""
    state: str = Field(default="pending", index=True)
    effect: dict[str, Any] = Field(sa_column=json_column())
    """What loading the line did, for what follows from it and for taking it back."""
    lead_id: str | None = None
    """The lead as which a line in doubt was submitted."""
