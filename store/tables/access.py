"""Who may call: people, systems' keys, and what was refused to them."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Integer
from sqlmodel import Field, SQLModel

from store.tables.columns import instant, json_column


class UserRow(SQLModel, table=True):
    """A person who may sign in. What they may do is their role now, whatever their token says."""

    __tablename__ = "users"
    id: str = Field(primary_key=True)
    """What the issuer of their tokens calls them."""
    name: str
    role: str
    person: str | None = None
    """The rep whom they are."""
    password: str | None = None
    """As argon2 hashes it, for the embedded issuer; None when somebody else issues their tokens."""
    valid_from: datetime = Field(sa_column=instant())
    """Tokens of the embedded issuer from before are void: it moves with the password."""
    active: bool = True
    version: int = 1


class ApiKeyRow(SQLModel, table=True):
    """A backend system's key. The secret has 256 random bits, so that its plain SHA-256 gives nothing away."""

    __tablename__ = "api_keys"
    id: str = Field(primary_key=True)
    name: str
    scopes: list[str] = Field(sa_column=json_column())
    digest: str
    previous_digest: str | None = None
    """Of the secret before the last rotation, which counts until ``previous_until``."""
    previous_until: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    created_at: datetime = Field(sa_column=instant())
    created_by: str
    expires_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    revoked_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class AccessRefusalRow(SQLModel, table=True):
    """An attempt that was refused: who tried what. No personal data: ``record`` is an id that this product made."""

    __tablename__ = "access_refusals"
    position: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    )
    at: datetime = Field(sa_column=instant())
    principal: str = Field(index=True)
    role: str
    method: str
    route: str
    """The path's template."""
    record: str | None = None
    reason: str
