"""What auditors read, record by record, and how each becomes a leaf of the log that they can verify."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from domain.merkle import leaf_hash

ERASED = "erased"
"""The one key of what stands in a record where content was erased; its value is the content's commitment."""


class RecordKind(StrEnum):
    """What the log holds. A name is part of the leaves and never changes."""

    EVENT = "event"
    LEAD_EVENT = "lead_event"
    EVENT_MOVE = "event_move"
    EVENT_REMOVAL = "event_removal"
    APPROVAL_ACT = "approval_act"
    REFUSAL = "refusal"
    DECISION = "decision"
    POLICY = "policy"
    POLICY_ACTIVATION = "policy_activation"
    POLICY_WITHDRAWAL = "policy_withdrawal"


def canonical(value: Any) -> bytes:
    """JSON in the one form in which it is hashed: keys sorted, no spaces, ASCII only, instants in UTC.

    Near RFC 8785 (JSON Canonicalization Scheme), but for numbers, which are written as Python writes them.
    """
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False, default=_instant
    ).encode()


def commitment(salt: bytes, content: Any) -> str:
    """What stands in a leaf for content that may be erased later: with the salt gone it tells nothing of it."""
    return sha256(salt + canonical(content)).hexdigest()


def erased(content: Any) -> str | None:
    """The commitment that stands where content was erased; None where it was not."""
    stands = content[ERASED] if isinstance(content, dict) and content.keys() == {ERASED} else None
    return stands if isinstance(stands, str) else None


def leaf(kind: str, columns: Mapping[str, Any] | None, committed: str | None) -> bytes:
    """The hash of a record's leaf.

    Args:
        kind: of the record.
        columns: its columns, but for the one that may be erased; None for a record that was gone before it was sealed.
        committed: the commitment to that one.
    """
    return leaf_hash(leaf_content(kind, columns, committed))


def leaf_content(kind: str, columns: Mapping[str, Any] | None, committed: str | None) -> bytes:
    """What a leaf is the hash of, for whoever wants to compute it without this program."""
    return canonical({"kind": kind, "columns": columns, "commitment": committed})


def _instant(value: object) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"no JSON for {type(value).__name__}")
    return value.astimezone(UTC).isoformat(timespec="microseconds")
