"""A lead's row: its answer as it was last given."""

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlmodel import Session

from domain.answer import Settlement
from domain.submission import Submission
from store.rows import table_of, upsert
from store.tables import LeadRow

_lead = table_of(LeadRow).c
_SETTLEMENT = select(_lead.settlement).where(_lead.id == bindparam("lead_id"))


def settlement_of(session: Session, lead_id: str) -> Settlement | None:
    """How a lead stands, or None while it is unknown here."""
    kept = session.connection().scalar(_SETTLEMENT, {"lead_id": lead_id})
    return Settlement.model_validate(kept) if kept else None


def keep_lead(session: Session, submission: Submission, settlement: Settlement, at: datetime) -> None:
    """Write how a lead stands after a pass at ``at``; when it was received is written once."""
    lead, answer = submission.lead, settlement.answer
    row = {
        "id": submission.lead_id,
        "source": lead.source,
        "external_id": lead.external_id,
        "fingerprint": submission.fingerprint,
        "outcome": answer.outcome,
        "customer_id": answer.customer_id,
        "decision_id": answer.decision_id,
        "submitted_by": lead.submitted_by,
        "lead": lead.model_dump(mode="json"),
        "settlement": settlement.model_dump(mode="json"),
        "received_at": at,
        "settled_at": at if settlement.settled else None,
    }
    upsert(session, LeadRow, row, keep=frozenset({"received_at"}))
