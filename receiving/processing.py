"""Reports made into what they become: a lead's workflow begun, a follow-up asked of the customer's, a touch written."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client, RPCTimeoutOrCancelledError, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError

from customer_handle import CustomerHandle
from domain.change import Asked, LogFollowUp
from domain.follow_up import FollowUp
from domain.ids import IdMaker
from domain.inbound.becoming import Becoming, Outcome, Reason
from domain.inbound.made import follow_up_of
from domain.inbound.reported import CallEnded, EmailSeen
from domain.lead import Lead
from domain.policy import Policy
from domain.submission import Submission
from logs import log
from messages import LOCALES, message
from store.database import Database
from store.inbound import InboundReports
from store.inbound_steps import InboundSteps, Judged
from store.policies import Policies
from store.tables import InboundReportRow

PATIENCE = 30.0
"""Seconds for one report; less than the lease on it."""
_WAITS = (
    TimeoutError, RPCError, RPCTimeoutOrCancelledError, SQLAlchemyError, WorkflowUpdateFailedError, ValidationError
)  # fmt: skip
"""Somebody is away for a moment; or the report is one that only a newer release understands, which took it in."""


class Receiver:
    """Sees reports through. Several processes may have one each: every step is harmless when repeated."""

    def __init__(self, database: Database, policy: Policy, ids: IdMaker, client: Client, task_queue: str) -> None:
        self._reports = InboundReports(database, ids)
        self._steps = InboundSteps(database, Policies(database, policy), ids)
        self._customers = CustomerHandle(client, task_queue)
        self._client = client
        self._task_queue = task_queue

    async def process(self, limit: int) -> int:
        """Try the reports that are due, oldest first; how many there were.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: when the database fails before any was tried.
        """
        rows = await asyncio.to_thread(self._reports.claim, datetime.now(UTC), limit)
        await asyncio.gather(*map(self._try, rows))
        return len(rows)

    async def _try(self, row: InboundReportRow) -> None:
        """See a report through, or try it again later. What becomes of it does not hang on which are seen first."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._see_through(row)
        except _WAITS as error:
            log.warning("report_waits", report=row.id, attempts=row.attempts, error=type(error).__name__)
            with suppress(SQLAlchemyError):  # its lease ends by itself
                await asyncio.to_thread(self._reports.postpone, row.id, datetime.now(UTC))

    async def _see_through(self, row: InboundReportRow) -> None:
        judged = await asyncio.to_thread(self._steps.judge, row, datetime.now(UTC))
        if judged.lead is not None:
            await self._begin(self._steps.lead_id(judged), judged.lead)
        match judged:
            case Judged(
                becoming=Becoming(outcome=Outcome.FOLLOW_UP, rep_id=str(rep_id), customer_id=str(customer_id)),
                reported=CallEnded() | EmailSeen() as reported,
            ):
                content = content_of(reported)
                follow_up = follow_up_of(reported, rep_id, content, row.occurred_at)
                if not await self._log(row, customer_id, follow_up):
                    becoming = replace(judged.becoming, outcome=Outcome.TOUCH, reason=Reason.REFUSED)
                    judged = replace(judged, becoming=becoming)
        await asyncio.to_thread(self._steps.settle, judged, datetime.now(UTC))

    async def _begin(self, lead_id: str, lead: Lead) -> None:
        """Start the lead's workflow; one that was begun already goes on, or has ended."""
        with suppress(WorkflowAlreadyStartedError):
            await self._client.start_workflow(
                "LeadIntake",
                Submission(lead_id=lead_id, fingerprint=f"inbound.{lead_id}", lead=lead),
                id=lead_id,
                task_queue=self._task_queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            )

    async def _log(self, row: InboundReportRow, customer_id: str, follow_up: FollowUp) -> bool:
        """Have a follow-up logged by the customer's workflow; whether it took it."""
        change = LogFollowUp(follow_up=follow_up)
        asked = Asked(id=self._steps.request_id(row), actor=row.connector_id, change=change)
        try:
            await self._customers.change(customer_id, asked)
        except WorkflowUpdateFailedError as error:
            if not isinstance(error.cause, ApplicationError) or not error.cause.non_retryable:
                raise
            return False
        return True


def content_of(reported: CallEnded | EmailSeen) -> str:
    """What a follow-up says that nobody typed in: how long a call was, or as much of a message as may be kept."""
    if isinstance(reported, EmailSeen):
        return reported.text or " / ".join(message(locale, "inbound-email") for locale in reversed(LOCALES))
    facts: dict[str, str | int] = {"minutes": reported.seconds // 60, "seconds": reported.seconds % 60}
    facts["direction"] = reported.direction
    return " / ".join(message(locale, "inbound-call", **facts) for locale in reversed(LOCALES))
