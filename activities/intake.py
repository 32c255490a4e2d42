"""The side effects of LeadIntake."""

from temporalio import activity
from temporalio.client import Client

from activities.gone import unless_gone
from activities.refusal import refusals
from activities.thread import in_thread
from customer_handle import CustomerHandle
from domain.answer import Settlement
from domain.change import Asked, Changed, LeadArrived
from domain.confirmation import Nudge
from domain.submission import Registration
from store.confirmations import Confirmations
from store.intake import Intake


class IntakeActivities:
    """Register a lead, and hand it over to those whom it concerns."""

    def __init__(self, intake: Intake, confirmations: Confirmations, customers: CustomerHandle, client: Client) -> None:
        self._intake = intake
        self._confirmations = confirmations
        self._customers = customers
        self._client = client

    @in_thread
    def register_lead(self, registration: Registration) -> Settlement:
        """The atomic step: identify, register, assign. Repeated, it answers what it answered before."""
        with refusals():
            return self._intake.register(registration)

    @in_thread
    def nudge(self, nudge: Nudge) -> Settlement:
        """Remind of a waiting lead, or ask somebody else about it, once."""
        with refusals():
            return self._confirmations.nudge(nudge)

    @activity.defn
    async def watch_customer(self, customer_id: str) -> None:
        """See to it that the new customer's workflow watches its clock."""
        await self._customers.watch(customer_id)

    @activity.defn
    async def tell_customer(self, customer_id: str, arrived: LeadArrived) -> Changed:
        """Have the customer's workflow decide about a further lead."""
        asked = Asked(id=f"{arrived.lead_id}:arrived", actor="system", change=arrived)
        return await self._customers.change(customer_id, asked)

    @activity.defn
    async def look_again(self, lead_id: str) -> None:
        """Tell a waiting lead that what it waited beside is settled. One that has ended meanwhile needs no telling."""
        with unless_gone():
            await self._client.get_workflow_handle(lead_id).signal("look_again")
