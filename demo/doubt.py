"""A person says who a lead in doubt is."""

from collections.abc import Mapping

from api.customers import CustomerView
from api.lead_views import LeadView
from demo.caller import Caller
from demo.promise import Difference
from demo.teller import Teller
from demo.words import RepName, Words
from domain.identity import Outcome

DOUBT = "same name and region, other USCC"
"""Two companies that only happen to share a name; the sample says that the second is a customer of its own."""


async def tell_confirmation(
    teller: Teller, words: Words, caller: Caller, waiting: LeadView, known: Mapping[str, CustomerView]
) -> list[Difference]:
    """Have the owner of the customer that the lead may be say that it is another one, and show what comes of it.

    Args:
        teller: the terminal.
        words: for the owner.
        caller: the way to the API.
        waiting: a lead of the kind ``DOUBT``.
        known: every customer by id.

    Returns:
        What was not as the sample promises.
    """
    candidate = known[waiting.candidates[0].id]
    path = f"/v1/leads/{waiting.lead_id}"
    reps = await caller.every(RepName, "/v1/reps")
    by = candidate.owner.id if candidate.owner else next(rep.id for rep in reps if rep.active)
    teller.heading("demo-confirmation")
    teller.say("demo-asked", customer=candidate.name, rep=words.rep(by))
    await caller.post(f"{path}/confirmation", {"answer": "new", "by": by})
    lead = await caller.get(LeadView, path)
    where = lead.owner.name if lead.owner else words.queue(lead.queue or "")
    teller.say("demo-confirmed", rep=words.rep(by), owner=where)
    if lead.outcome is Outcome.NEW_CUSTOMER and lead.customer_id not in known:
        return []
    return [Difference("demo-confirmation-differs", {"outcome": str(lead.outcome)})]
