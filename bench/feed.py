"""Leads into a service, with an account of what became of them."""

from collections import Counter
from collections.abc import Iterator

from bench.leads import REPEAT_SOURCE, Body
from bench.stand import Service, Wrong
from domain.identity import Outcome


class Feed:
    """Submits leads one by one and checks every answer."""

    def __init__(self, service: Service, leads: Iterator[Body]) -> None:
        self._service = service
        self._leads = leads
        self.outcomes: Counter[str] = Counter()

    async def once(self) -> None:
        """Submit the next lead.

        Raises:
            Wrong: when the customer has no owner, or is taken for new when it is not, or the other way round.
        """
        lead = next(self._leads)
        answer = await self._service.submit(lead)
        expected = Outcome.DUPLICATE if lead["source"] == REPEAT_SOURCE else Outcome.NEW_CUSTOMER
        if answer["outcome"] != expected or answer["owner"] is None:
            raise Wrong(f"not {expected} with an owner: {answer}")
        self.outcomes[expected] += 1
