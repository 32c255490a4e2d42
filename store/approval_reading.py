"""Queries of approvals: whom they wait for, who asked for them, and what was done about each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from domain.approval.state import ApprovalState
from store.database import Database
from store.errors import NotFound
from store.keyset import page_of
from store.policies import Policies
from store.tables import ApprovalActRow, ApprovalCustomerRow, ApprovalPersonRow, ApprovalRow
from store.visibility import Viewer, approvals_within

Titles = dict[str, tuple[str, str]]
"""What the steps of a chain are called in Chinese and in English, by name."""


@dataclass(frozen=True)
class ApprovalFilter:
    """What a list of approvals is narrowed to; None means any."""

    asked: str | None = None
    """A rep whose word is waited for now."""
    requester: str | None = None
    status: str | None = None
    kind: str | None = None
    customer_id: str | None = None


class ApprovalReading:
    """Reads; never writes. Safe to share between threads."""

    def __init__(self, database: Database, policies: Policies) -> None:
        self._database = database
        self._policies = policies

    def get(self, approval_id: str) -> tuple[ApprovalState, Titles]:
        """An approval with what its steps are called.

        Raises:
            NotFound: when there is none.
        """
        with self._database.read() as session:
            state = self._state(session, approval_id)
            policy = self._policies.stored(session, state.policy) or self._policies.in_force(session, state.opened_at)
            chain = policy.approvals.chains.get(state.wanted.kind)
            return state, {step.step: (step.zh, step.en) for step in (chain.steps if chain else ())}

    def page(
        self, only: ApprovalFilter, viewer: Viewer, after: Sequence[str] | None, limit: int
    ) -> list[ApprovalState]:
        """A page of the approvals that a viewer may see, newest first, and one more when there are more."""
        seen = approvals_within(viewer)
        wanted = {"requester": only.requester, "status": only.status, "kind": only.kind}
        statement = (
            select(ApprovalRow).where(seen).filter_by(**{name: value for name, value in wanted.items() if value})
        )
        if only.asked is not None:
            asked = select(ApprovalPersonRow.approval_id).where(
                ApprovalPersonRow.rep_id == only.asked, ApprovalPersonRow.asked
            )
            statement = statement.where(col(ApprovalRow.id).in_(asked))
        if only.customer_id is not None:
            about = select(ApprovalCustomerRow.approval_id).where(ApprovalCustomerRow.customer_id == only.customer_id)
            statement = statement.where(col(ApprovalRow.id).in_(about))
        last = (datetime.fromisoformat(after[0]), after[1]) if after else None
        by = (col(ApprovalRow.opened_at), col(ApprovalRow.id))
        with self._database.read() as session:
            rows = session.exec(page_of(statement, by, last, limit, descending=True)).all()
            return [ApprovalState.model_validate(row.state) for row in rows]

    def acts(self, approval_id: str, after: int | None, limit: int) -> Sequence[ApprovalActRow]:
        """A page of what was done about an approval, or tried, in the order of recording, and one more.

        Raises:
            NotFound: as ``get`` does.
        """
        theirs = select(ApprovalActRow).where(ApprovalActRow.approval_id == approval_id)
        last = None if after is None else (after,)
        with self._database.read() as session:
            self._state(session, approval_id)
            return session.exec(page_of(theirs, (col(ApprovalActRow.position),), last, limit)).all()

    def _state(self, session: Session, approval_id: str) -> ApprovalState:
        row = session.get(ApprovalRow, approval_id)
        if row is None:
            raise NotFound
        return ApprovalState.model_validate(row.state)
