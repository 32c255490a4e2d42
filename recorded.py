"""What workflows were asked, read from their histories."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from temporalio.api.common.v1 import Payload
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client
from temporalio.converter import DataConverter

from domain.change import Asked
from domain.submission import Choice, Submission

T = TypeVar("T")


@dataclass(frozen=True)
class Said(Generic[T]):
    """Something that a workflow was asked and carried out, and when it was asked."""

    workflow_id: str
    at: datetime
    said: T


@dataclass(frozen=True)
class Recorded:
    """The history of a workflow's latest run."""

    workflow_id: str
    events: Sequence[HistoryEvent]
    converter: DataConverter

    @classmethod
    async def of(cls, client: Client, workflow_id: str) -> "Recorded":
        """Fetch it.

        Raises:
            temporalio.service.RPCError: when there is none, or Temporal cannot be reached.
        """
        history = await client.get_workflow_handle(workflow_id).fetch_history()
        return cls(workflow_id, history.events, client.data_converter)

    @property
    def began_at(self) -> datetime:
        """When the run was started."""
        return self.events[0].event_time.ToDatetime(UTC)

    async def decoded(self, payloads: Sequence[Payload], kind: type[T]) -> T:
        """The first of some arguments."""
        values: list[Any] = await self.converter.decode(payloads[:1], [kind])
        first: T = values[0]
        return first


async def submission_of(recorded: Recorded) -> Submission:
    """What a LeadIntake was started with."""
    start = recorded.events[0].workflow_execution_started_event_attributes
    return await recorded.decoded(start.input.payloads, Submission)


async def choices_made(recorded: Recorded) -> list[Said[Choice]]:
    """Persons' words on a lead."""
    return [
        Said(recorded.workflow_id, at, await recorded.decoded(payloads, Choice))
        for at, payloads in _updates(recorded.events, "confirm")
    ]


async def changes_asked(recorded: Recorded) -> list[Said[Asked]]:
    """Changes that were asked of a customer."""
    return [
        Said(recorded.workflow_id, at, await recorded.decoded(payloads, Asked))
        for at, payloads in _updates(recorded.events, "change")
    ]


def _updates(events: Sequence[HistoryEvent], name: str) -> Iterator[tuple[datetime, Sequence[Payload]]]:
    """When updates of a name were accepted, and their arguments, for those that succeeded."""
    succeeded = {
        event.workflow_execution_update_completed_event_attributes.accepted_event_id
        for event in events
        if event.workflow_execution_update_completed_event_attributes.outcome.HasField("success")
    }
    for event in events:
        asked = event.workflow_execution_update_accepted_event_attributes.accepted_request.input
        if event.event_id in succeeded and asked.name == name:
            yield event.event_time.ToDatetime(UTC), asked.args.payloads
