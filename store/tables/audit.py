"""The audit log: what was recorded, in the order of sealing, as the leaves of a Merkle tree with signed heads."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index, Integer
from sqlmodel import Field, SQLModel

from store.tables.columns import instant


class AuditPendingRow(SQLModel, table=True):
    """A record that is still to be sealed. Triggers add it in the transaction that writes the record."""

    __tablename__ = "audit_pending"
    seq: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    )
    kind: str
    record: str


class AuditLogRow(SQLModel, table=True):
    """A leaf: a record that was sealed, never to be changed. Its place in the tree is ``position``, from 0."""

    __tablename__ = "audit_log"
    __table_args__ = (Index("audit_log_once", "kind", "record", unique=True),)
    position: int = Field(sa_column=Column(BigInteger(), primary_key=True, autoincrement=False))
    kind: str
    """``domain.audit_record.RecordKind``."""
    record: str
    """What the kind's table knows it by."""
    leaf: bytes
    commitment: str | None = None
    """What stands in the leaf for a column that may hold people's words: SHA-256 of ``salt`` and content, in hex."""
    salt: bytes | None = None
    """Destroyed together with the content, so that nobody can guess what it was."""


class AuditTileRow(SQLModel, table=True):
    """The hash of the tree over each 256 leaves, so that no proof has to read them all."""

    __tablename__ = "audit_tiles"
    number: int = Field(sa_column=Column(BigInteger(), primary_key=True, autoincrement=False))
    hash: bytes


class AuditHeadRow(SQLModel, table=True):
    """A signed head of the tree over the first ``size`` leaves."""

    __tablename__ = "audit_heads"
    size: int = Field(sa_column=Column(BigInteger(), primary_key=True, autoincrement=False))
    root: bytes
    at: datetime = Field(sa_column=instant())
    key_id: str
    signature: bytes


class AuditPublishedRow(SQLModel, table=True):
    """Up to which head a place outside the database has been told; no evidence, only a mark for the next time."""

    __tablename__ = "audit_published"
    place: str = Field(primary_key=True)
    size: int = Field(sa_column=Column(BigInteger(), nullable=False))


class EventMoveRow(SQLModel, table=True):
    """An event that the undoing of a merge gave to the other customer: the one thing that ever changes in an event."""

    __tablename__ = "event_moves"
    position: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    )
    event_id: str = Field(index=True)
    from_id: str
    to_id: str
    at: datetime = Field(sa_column=instant())
    recorded_at: datetime = Field(sa_column=instant())


class EventRemovalRow(SQLModel, table=True):
    """An event that the undoing of an import took back with its customer: the one way by which an event goes."""

    __tablename__ = "event_removals"
    position: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    )
    event_id: str = Field(index=True)
    customer_id: str
    cause: str
    """The id of the import."""
    at: datetime = Field(sa_column=instant())
    recorded_at: datetime = Field(sa_column=instant())
