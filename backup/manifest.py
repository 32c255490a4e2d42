"""What a backup says of itself: the first file in it, ``manifest.json``."""

import hashlib
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

NAME = "manifest.json"
DATABASE, TEMPORAL, KEYS = "database", "temporal.db", "keys.sealed"
IMPORTS = "imports/"
"""Before the names of uploaded files."""


class Content(BaseModel):
    """A file in the backup."""

    model_config = ConfigDict(frozen=True)
    bytes: int
    sha256: str


class Manifest(BaseModel):
    """Everything that a restore must know beforehand."""

    model_config = ConfigDict(frozen=True)
    format: Literal[1] = 1
    version: str
    """Of the program."""
    began_at: AwareDatetime
    """Whatever was acknowledged before it is in the backup."""
    ended_at: AwareDatetime
    database: Literal["sqlite", "postgresql"]
    temporal: Literal["embedded", "cluster"]
    """A cluster's database is not in the backup."""
    key: str
    """A fingerprint of the key of the ids, which tells nothing about it."""
    files: dict[str, Content]


def content_of(path: Path) -> Content:
    """A file's size and hash."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Content(bytes=path.stat().st_size, sha256=digest)
