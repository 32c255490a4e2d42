"""Queries of approvals: whom they wait for, who asked for them, and what was done about each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from domain.approval.state import ApprovalState
from store.database import Database
from store.errors import NotFound
from store.keyset import page_of
from store.policies import Policies
from store.tables import ApprovalActRow, ApprovalCustomerRow, ApprovalPersonRow, ApprovalRow, RepRow, TeamRow

_MOST_LEVELS = 20

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
    """Reads; never writes. Safe to share between threads.

    A rep sees what concerns them or somebody below them; without a rep (``viewer`` None) everything is seen.
    """

    def __init__(self, database: Database, policies: Policies) -> None:
        self._database = database
        self._policies = policies

    def get(self, approval_id: str, viewer: str | None) -> tuple[ApprovalState, Titles]:
        """An approval with what its steps are called.

        Raises:
            NotFound: when there is none, or none that the viewer may see.
        """
        with self._database.read() as session:
            state = self._visible(session, approval_id, viewer)
            policy = self._policies.stored(session, state.policy) or self._policies.in_force(session, state.opened_at)
            chain = policy.approvals.chains.get(state.wanted.kind)
            return state, {step.step: (step.zh, step.en) for step in (chain.steps if chain else ())}

    def page(
        self, only: ApprovalFilter, viewer: str | None, after: Sequence[str] | None, limit: int
    ) -> list[ApprovalState]:
        """A page of approvals, newest first, and one more when there are more."""
        wanted = {"requester": only.requester, "status": only.status, "kind": only.kind}
        statement = select(ApprovalRow).filter_by(**{name: value for name, value in wanted.items() if value})
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
            if viewer is not None:
                concerning = select(ApprovalPersonRow.approval_id).where(
                    col(ApprovalPersonRow.rep_id).in_(_tree(session, viewer))
                )
                statement = statement.where(col(ApprovalRow.id).in_(concerning))
            rows = session.exec(page_of(statement, by, last, limit, descending=True)).all()
            return [ApprovalState.model_validate(row.state) for row in rows]

    def acts(self, approval_id: str, viewer: str | None, after: int | None, limit: int) -> Sequence[ApprovalActRow]:
        """A page of what was done about an approval, or tried, in the order of recording, and one more.

        Raises:
            NotFound: as ``get`` does.
        """
        theirs = select(ApprovalActRow).where(ApprovalActRow.approval_id == approval_id)
        last = None if after is None else (after,)
        with self._database.read() as session:
            self._visible(session, approval_id, viewer)
            return session.exec(page_of(theirs, (col(ApprovalActRow.position),), last, limit)).all()

    def _visible(self, session: Session, approval_id: str, viewer: str | None) -> ApprovalState:
        row = session.get(ApprovalRow, approval_id)
        if row is None:
            raise NotFound
        if viewer is not None:
            concerned = session.exec(
                select(ApprovalPersonRow.rep_id).where(
                    ApprovalPersonRow.approval_id == approval_id,
                    col(ApprovalPersonRow.rep_id).in_(_tree(session, viewer)),
                )
            ).first()
            if concerned is None:
                raise NotFound
        return ApprovalState.model_validate(row.state)


def _tree(session: Session, manager_id: str) -> set[str]:
    """A rep and everybody below them, level by level."""
    tree: set[str] = {manager_id}
    level: Iterable[str] = tree
    for _ in range(_MOST_LEVELS):
        teams = select(TeamRow.id).where(col(TeamRow.manager_id).in_(level))
        below = session.exec(select(RepRow.id).where(col(RepRow.team_id).in_(teams))).all()
        level = set(below) - tree
        if not level:
            break
        tree |= level
    return tree
