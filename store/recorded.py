"""What a workflow wrote down: its events and decisions, to be told beside its history."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlmodel import Session, col, select

from store.database import Database
from store.tables import ApprovalActRow, CollisionActRow, DecisionRow, EventRow, LeadEventRow

Source = Literal["event", "lead-event", "approval-act", "collision-act", "decision"]


@dataclass(frozen=True)
class Recorded:
    """One thing that was written down, with the decision behind it."""

    at: datetime
    """The workflow's time."""
    source: Source
    id: str
    kind: str
    decision_id: str | None = None
    policy_version: str | None = None
    trace: Mapping[str, Any] | None = None


def recorded_by(database: Database, workflow_id: str) -> list[Recorded]:
    """Everything that the workflow with this id wrote about itself, by its time.

    Args:
        database: the read model.
        workflow_id: a customer's, a lead's, a request's or a case's id.
    """
    with database.read() as session:
        found = [*_events(session, workflow_id), *_acts(session, workflow_id)]
        told = {it.decision_id for it in found}
        alone = select(DecisionRow).where(DecisionRow.lead_id == workflow_id)
        found += [
            Recorded(row.at, "decision", row.id, row.kind, row.id, row.policy_version, row.trace)
            for row in session.exec(alone)
            if row.id not in told
        ]
    return sorted(found, key=lambda it: it.at)


def _events(session: Session, workflow_id: str) -> Iterator[Recorded]:
    of_customer = select(EventRow).where(EventRow.customer_id == workflow_id).order_by(col(EventRow.position))
    of_lead = select(LeadEventRow).where(LeadEventRow.lead_id == workflow_id).order_by(col(LeadEventRow.position))
    rows: list[tuple[Source, EventRow | LeadEventRow]] = [
        *(("event", row) for row in session.exec(of_customer)),
        *(("lead-event", row) for row in session.exec(of_lead)),
    ]
    decisions = _decisions(session, [row.decision_id for _, row in rows if row.decision_id])
    for source, row in rows:
        decision = decisions.get(row.decision_id or "")
        version, trace = (decision.policy_version, decision.trace) if decision else (None, None)
        yield Recorded(row.at, source, row.id, row.kind, row.decision_id, version, trace)


def _acts(session: Session, workflow_id: str) -> Iterator[Recorded]:
    for act in session.exec(select(ApprovalActRow).where(ApprovalActRow.approval_id == workflow_id)):
        yield Recorded(act.at, "approval-act", act.id, act.action)
    for deed in session.exec(select(CollisionActRow).where(CollisionActRow.case_id == workflow_id)):
        yield Recorded(deed.at, "collision-act", deed.id, deed.action)


def _decisions(session: Session, ids: Sequence[str]) -> dict[str, DecisionRow]:
    return {row.id: row for row in session.exec(select(DecisionRow).where(col(DecisionRow.id).in_(ids)))}
