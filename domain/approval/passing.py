"""What time does to an approval, and what becomes of it when the customers' workflows have been asked."""

from collections.abc import Sequence
from datetime import datetime

from domain.approval.acting import ended
from domain.approval.people import Scene
from domain.approval.seats import escalated, refreshed
from domain.approval.state import OPEN, ApprovalState, Due, Result, Stage, Status
from domain.policy import Policy


def fallen_due(state: ApprovalState, due: Due, policy: Policy, scene: Scene, at: datetime) -> ApprovalState | None:
    """The approval after something fell due, or None when it moved on meanwhile."""
    if state.status not in OPEN or state.due[:1] != (due,):
        return None
    state = state.model_copy(update={"due": state.due[1:]})
    if due.stage is Stage.EXPIRE:
        return ended(state, Status.EXPIRED, at)
    if state.status is Status.RETURNED:
        return state
    return (refreshed if due.stage is Stage.REMIND else escalated)(state, policy, scene)


def concluded(state: ApprovalState, results: Sequence[Result], at: datetime) -> ApprovalState:
    """The approval after every customer's workflow was asked: applied, or overtaken when all of them refused."""
    done = any(result.refusal is None for result in results)
    after = ended(state, Status.APPLIED if done else Status.OVERTAKEN, at)
    return after.model_copy(update={"results": tuple(results)})
