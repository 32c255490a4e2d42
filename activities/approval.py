"""The side effects of Approval."""

from datetime import datetime

from activities.refusal import refusals
from activities.thread import in_thread
from domain.approval.deed import Acted, Acting
from domain.approval.effect import effect_id, effect_of
from domain.approval.request import MergeWanted, Order, UnmergeWanted
from domain.approval.state import ApprovalState, Due, Result
from domain.merge_order import MergeOrder
from store.approvals import Approvals
from store.merges import Merges


class ApprovalActivities:
    """Carry out what an approval's workflow decided to do: one transaction each."""

    def __init__(self, approvals: Approvals, merges: Merges) -> None:
        self._approvals = approvals
        self._merges = merges

    @in_thread
    def open_approval(self, order: Order, at: datetime) -> ApprovalState:
        """Begin an approval, or find it as it stands."""
        with refusals():
            return self._approvals.open(order, at)

    @in_thread
    def act_on_approval(self, acting: Acting) -> Acted:
        """Do what somebody asks, once."""
        with refusals():
            return self._approvals.act(acting)

    @in_thread
    def approval_due(self, approval_id: str, due: Due, at: datetime) -> ApprovalState:
        """Do what fell due."""
        with refusals():
            return self._approvals.fall_due(approval_id, due, at)

    @in_thread
    def merge_order(self, state: ApprovalState) -> MergeOrder:
        """What the workflow of the merge that was approved, or of its undoing, is to do."""
        (subject,) = state.subjects
        if isinstance(state.wanted, MergeWanted):
            order = effect_of(state, subject)
            return MergeOrder(absorbed_id=subject.customer_id, survivor_id=state.wanted.survivor_id, asked=order)
        if not isinstance(state.wanted, UnmergeWanted):
            raise TypeError(f"{state.wanted.kind} is no merge")
        with refusals():
            row, restored = self._merges.undoable(state.wanted.merge_id, effect_id(state, subject))
        asked = effect_of(state, subject, restored)
        return MergeOrder(absorbed_id=row.absorbed_id, survivor_id=row.survivor_id, asked=asked)

    @in_thread
    def conclude_approval(self, approval_id: str, results: list[Result], at: datetime) -> ApprovalState:
        """Close an approval with what became of each customer."""
        with refusals():
            return self._approvals.conclude(approval_id, results, at)
