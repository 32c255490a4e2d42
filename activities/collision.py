"""The side effects of CollisionCase."""

from datetime import datetime

from temporalio import activity
from temporalio.client import WorkflowUpdateFailedError

from activities.refusal import refusals
from activities.thread import in_thread
from customer_handle import CustomerHandle
from domain.change import Asked
from domain.collision_case.deed import Acted, Acting
from domain.collision_case.state import CaseState, Due, Result
from store.approvals import Approvals
from store.collision_cases import CollisionCases


class CollisionActivities:
    """Carry out what a case's workflow decided to do: one transaction each."""

    def __init__(self, cases: CollisionCases, approvals: Approvals, customers: CustomerHandle) -> None:
        self._cases = cases
        self._approvals = approvals
        self._customers = customers

    @in_thread
    def open_case(self, case_id: str, at: datetime) -> CaseState:
        """Begin a case, or find it as it stands."""
        with refusals():
            return self._cases.open(case_id, at)

    @in_thread
    def look_at_case(self, case_id: str, event_id: str, at: datetime) -> CaseState:
        """Look at a case anew, because something happened."""
        with refusals():
            return self._cases.look(case_id, event_id, at)

    @in_thread
    def act_on_case(self, acting: Acting) -> Acted:
        """Do what somebody asks, once."""
        with refusals():
            return self._cases.act(acting)

    @in_thread
    def case_due(self, case_id: str, due: Due, at: datetime) -> CaseState:
        """Do what fell due."""
        with refusals():
            return self._cases.fall_due(case_id, due, at)

    @in_thread
    def conclude_case(self, case_id: str, results: list[Result], at: datetime) -> CaseState:
        """Write down what became of everything that was to be done."""
        with refusals():
            return self._cases.conclude(case_id, results, at)

    @activity.defn
    async def ask_customer(self, customer_id: str, asked: Asked) -> None:
        """Have a customer's workflow do something, or that of whoever stands for it, where the change may follow.

        Raises:
            temporalio.exceptions.ApplicationError: whose type is the refusal's code.
            temporalio.service.RPCError: when Temporal cannot be reached.
        """
        try:
            await self._customers.change(customer_id, asked)
        except WorkflowUpdateFailedError as error:
            raise error.cause from error

    @in_thread
    def approval_refusal(self, approval_id: str) -> str | None:
        """Why an approval that has ended came to nothing; None when it was applied."""
        return self._approvals.refusal(approval_id)
