"""Submits the sample's leads, several at a time, and keeps what was answered."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from api.lead_views import LeadView
from api.problems import FieldError, ProblemBody
from demo.caller import Caller
from demo.rows import SampleRow

IN_FLIGHT = 8
"""Fewer than ``samples.generate.GAP``, so that whoever a row refers to is known by then."""


@dataclass(frozen=True)
class Seen:
    """What the API answered to a row: the lead, or the faults for which it was refused."""

    row: SampleRow
    status: int
    lead: LeadView | None = None
    faults: tuple[FieldError, ...] = ()


async def submit_all(caller: Caller, rows: Sequence[SampleRow], step: Callable[[], None]) -> list[Seen]:
    """Submit every row; no row starts before the one ``IN_FLIGHT`` places ahead of it is answered.

    Args:
        caller: the way to the API.
        rows: the leads, in order.
        step: called for each answer.
    """

    async def one(row: SampleRow) -> Seen:
        seen = await _submit(caller, row)
        step()
        return seen

    answers: list[asyncio.Task[Seen]] = []
    async with asyncio.TaskGroup() as group:
        for place, row in enumerate(rows):
            if place >= IN_FLIGHT:
                await answers[place - IN_FLIGHT]
            answers.append(group.create_task(one(row)))
    return [answer.result() for answer in answers]


async def _submit(caller: Caller, row: SampleRow) -> Seen:
    response = await caller.submit(row.lead)
    if response.is_success:
        return Seen(row, response.status_code, lead=LeadView.model_validate_json(response.content))
    return Seen(row, response.status_code, faults=ProblemBody.model_validate_json(response.content).errors)
