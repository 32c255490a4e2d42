"""RepMove: what a rep who moves looked after is redistributed, and nothing waits on somebody who is gone."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.moving import MovingActivities
    from workflows.options import LOCAL, LONG


@workflow.defn
class RepMove:
    """Its whole state is in the database: which customers have had their turn is written as they change hands."""

    @workflow.run
    async def run(self, move_id: str) -> None:
        """Go on, page by page, until nothing is left."""
        while not await workflow.execute_local_activity_method(
            MovingActivities.finish_move, args=[move_id, workflow.now()], **LOCAL
        ):
            while await workflow.execute_activity_method(MovingActivities.redistribute, move_id, **LONG):
                _continue_if_suggested(move_id)
            while await workflow.execute_local_activity_method(
                MovingActivities.hand_leads_over, args=[move_id, workflow.now()], **LOCAL
            ):
                _continue_if_suggested(move_id)


def _continue_if_suggested(move_id: str) -> None:
    if workflow.info().is_continue_as_new_suggested():
        workflow.continue_as_new(move_id)
