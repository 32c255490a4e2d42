"""RepDeparture: everything that a deactivated rep owns moves on, and nothing waits on somebody who is gone."""

from pydantic import BaseModel, ConfigDict
from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.customer import CustomerActivities
    from workflows.options import ASKING, LOCAL


class Departure(BaseModel):
    """Whose customers move on, and how far the run before this one came."""

    model_config = ConfigDict(frozen=True)
    rep_id: str
    after: str | None = None
    moved: int = 0


@workflow.defn
class RepDeparture:
    """Goes through the customers of a rep by id, a page at a time, and has each find a new owner."""

    @workflow.run
    async def run(self, departure: Departure) -> int:
        """Move every customer on; returns how many there were."""
        after, moved = departure.after, departure.moved
        while True:
            page = await workflow.execute_local_activity_method(
                CustomerActivities.customers_of, args=[departure.rep_id, after], **LOCAL
            )
            if not page:
                return moved
            for customer_id in page:
                await workflow.execute_activity_method(
                    CustomerActivities.owner_left,
                    args=[customer_id, departure.rep_id, workflow.info().first_execution_run_id],
                    **ASKING,
                )
            after, moved = page[-1], moved + len(page)
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(departure.model_copy(update={"after": after, "moved": moved}))
