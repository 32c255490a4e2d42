"""What assignment counts: turns, and how many customers each rep got on a day."""

from datetime import date

from sqlalchemy import text
from sqlmodel import Field, SQLModel


class RotationTurnRow(SQLModel, table=True):
    """The latest turn of a rep in a rotation pool, and those before it that their weight makes count, newest first."""

    __tablename__ = "rotation_turns"
    pool: str = Field(primary_key=True)
    rep_id: str = Field(primary_key=True)
    turn: int
    earlier: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    """Numbers, with spaces between them; read with every lead, where JSON would cost more than the rest of the row."""


class RepDayRow(SQLModel, table=True):
    """How many customers assignment gave a rep on a day, for the daily caps."""

    __tablename__ = "rep_days"
    rep_id: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    given: int


class RepClaimDayRow(SQLModel, table=True):
    """How many customers a rep claimed from a public pool on a day, for the pool's daily cap."""

    __tablename__ = "rep_claim_days"
    rep_id: str = Field(primary_key=True)
    pool: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    claimed: int
