"""By what a customer, or a lead that waits, is found again: exact keys, records, blocking keys."""

from sqlalchemy import BigInteger, Column, Index, Integer, text
from sqlmodel import Field, SQLModel


class IdentityKeyRow(SQLModel, table=True):
    """An exact key and who holds it: a customer, or a lead that waits for confirmation (``waiting``)."""

    __tablename__ = "identity_keys"
    __table_args__ = (
        Index(
            "identity_keys_one_holder",
            "kind",
            "value",
            unique=True,
            sqlite_where=text("strong AND NOT waiting"),
            postgresql_where=text("strong AND NOT waiting"),
        ),
    )
    kind: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    holder: str = Field(primary_key=True, index=True)
    strong: bool
    waiting: bool = False


class MatchableRow(SQLModel, table=True):
    """A customer, or a lead that waits for confirmation, as it is compared: its normalised record as bytes."""

    __tablename__ = "matchables"
    id: int | None = Field(default=None, sa_column=Column(Integer(), primary_key=True, autoincrement=True))
    holder: str = Field(unique=True)
    waiting: bool = False
    record: bytes
    survivor: str | None = None
    """The customer that stands for the holder, which was merged: whoever is alike is alike that one."""


class CandidateKeyRow(SQLModel, table=True):
    """A blocking key, by which a customer is found whatever slips its name was written with. Forty for each."""

    __tablename__ = "candidate_keys"
    __table_args__ = {"sqlite_with_rowid": False}
    key: int = Field(sa_column=Column(BigInteger(), primary_key=True, autoincrement=False))
    matchable: int = Field(sa_column=Column(Integer(), primary_key=True, autoincrement=False))


class WaitingKeyRow(SQLModel, table=True):
    """The same for leads that wait, in a table of their own: however many wait, they hide no customer."""

    __tablename__ = "waiting_keys"
    __table_args__ = {"sqlite_with_rowid": False}
    key: int = Field(sa_column=Column(BigInteger(), primary_key=True, autoincrement=False))
    matchable: int = Field(sa_column=Column(Integer(), primary_key=True, autoincrement=False))
