"""CustomerMerge: two customers become one, or two again, each through its own workflow."""

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.intake import IntakeActivities
    from activities.merging import MergingActivities
    from domain.change import Asked
    from domain.merge_order import MergeOrder
    from workflows.options import ASKING, LOCAL
    from workflows.refusals import refusable

_OVERTAKEN = ("already_merged", "not_merged")
"""Why the survivor has nothing to decide any more: another merge, or the undoing of this one, came first."""


@workflow.defn
class CustomerMerge:
    """Asks the absorbed customer first, which makes the two one or two again in one step, and then the survivor.

    The survivor only decides about its own ownership, so that it has exactly one owner before and after. No workflow
    ever waits for another one that may be waiting for it.
    """

    @workflow.run
    async def run(self, order: MergeOrder) -> None:
        """See it through, whatever crashes. A refusal of the first step ends it with nothing done."""
        await _ask(order.absorbed_id, order.asked)
        handover = await workflow.execute_local_activity_method(MergingActivities.handover, order, **LOCAL)
        if handover is not None:
            try:
                await _ask(order.survivor_id, handover)
            except ApplicationError as refused:
                if refused.type not in _OVERTAKEN:
                    raise
        for lead_id in await workflow.execute_local_activity_method(
            MergingActivities.waiting_beside, order.survivor_id, **LOCAL
        ):
            await workflow.execute_local_activity_method(IntakeActivities.look_again, lead_id, **LOCAL)


async def _ask(customer_id: str, asked: Asked) -> None:
    await refusable(workflow.execute_activity_method(MergingActivities.ask, args=[customer_id, asked], **ASKING))
