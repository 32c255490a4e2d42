"""The signed heads of the audit log, in the database and where they were published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError
from sqlalchemy import true
from sqlmodel import Session

from domain.audit_finding import Fault, Finding
from domain.tree_head import PublicKey, TreeHead
from store.audit_records import values_of
from store.rows import table_of
from store.tables import AuditHeadRow, AuditPublishedRow


@dataclass(frozen=True)
class Heads:
    """Heads that are signed, by their sizes; published ones count before those of the database."""

    roots: Mapping[int, TreeHead]
    stored: int
    published: int
    findings: Sequence[Finding]


@dataclass(frozen=True)
class Published:
    """What a place outside the database was told."""

    lines: Sequence[str]
    place: str | None = None
    """By what the database knows it, to look up how much it was told."""


def check_heads(session: Session, keys: Sequence[PublicKey], published: Published) -> Heads:
    """Every head that is stored or was published: its form, its signature, and that both say the same.

    Args:
        session: the database.
        keys: whose signatures count.
        published: what was told elsewhere.
    """
    known = {key.id: key for key in keys}
    findings: list[Finding] = []
    stored: dict[int, TreeHead] = {}
    rows = values_of(session, AuditHeadRow, true(), table_of(AuditHeadRow).c.size, 2**31)
    for row, sound in rows:
        head = _head(row) if sound else None
        fault = Fault.HEAD_EDITED if head is None else _fault(head, known, Fault.HEAD_EDITED)
        if fault is not None:
            findings.append(Finding(fault, row["size"]))
        elif head is not None:
            stored[head.size] = head
    told = _published(published.lines, known, findings)
    damaged = {finding.position for finding in findings}
    for size, head in told.items():
        if size in stored and stored[size].root != head.root:
            findings.append(Finding(Fault.HEAD_DIFFERS, size))
        elif size not in stored and size not in damaged:
            findings.append(Finding(Fault.HEAD_DELETED, size))
    until = max(told_until(session, published.place), *told) if told else told_until(session, published.place)
    lacking = [size for size in stored if size <= until and size not in told]
    if lacking:
        findings.append(Finding(Fault.PUBLISHED_CUT_OFF, min(lacking), until=max(lacking)))
    return Heads({**stored, **told}, len(rows), len(published.lines), findings)


def told_until(session: Session, place: str | None) -> int:
    """The size of the last head that a place was told, as far as the database knows."""
    row = session.get(AuditPublishedRow, place) if place else None
    return row.size if row else 0


def _published(lines: Sequence[str], known: Mapping[str, PublicKey], findings: list[Finding]) -> dict[int, TreeHead]:
    told: dict[int, TreeHead] = {}
    for line in lines:
        try:
            head = TreeHead.model_validate_json(line)
        except ValidationError:
            findings.append(Finding(Fault.PUBLISHED_EDITED))
            continue
        fault = _fault(head, known, Fault.PUBLISHED_EDITED)
        if fault is None and head.line != line:
            fault = Fault.PUBLISHED_EDITED
        if fault is None and told.get(head.size, head).root != head.root:
            fault = Fault.HEAD_DIFFERS
        if fault is not None:
            findings.append(Finding(fault, head.size))
        else:
            told[head.size] = head
    return told


def _fault(head: TreeHead, known: Mapping[str, PublicKey], edited: Fault) -> Fault | None:
    if head.key_id not in known:
        return Fault.HEAD_OF_UNKNOWN_KEY
    return None if known[head.key_id].signed(head) else edited


def _head(row: Mapping[str, object]) -> TreeHead | None:
    told = {name: value.hex() if isinstance(value, bytes) else value for name, value in row.items()}
    try:
        return TreeHead.model_validate(told)
    except ValidationError:
        return None
