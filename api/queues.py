"""Queues: where customers wait for whom no rule found an owner, and who sees to it that nothing falls through."""

from datetime import datetime

from anyio import from_thread, to_thread
from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.context import Context, Wired
from api.customers import CustomerView, customer_view
from api.pagination import Page, Paged, Paging
from api.problems import documented
from domain.ownership import Place
from domain.text import Reference
from store.errors import NotFound
from store.queues import Queues
from store.reading import CustomerFilter, Reading

router = APIRouter(prefix="/v1/queues", tags=["pools"])


class QueueView(BaseModel):
    """A queue, its rules, and how many customers wait in it."""

    name: str
    zh: str
    en: str
    owner: str | None = Field(description="Who is told when a customer has waited too long.")
    sla_hours: int | None = Field(description="How long a customer may wait.")
    customers: int


@router.get("", summary="List queues")
async def list_queues(context: Wired, paging: Paged) -> Page[QueueView]:
    """The policy's queues by name."""
    counts = await to_thread.run_sync(Queues(context.database, context.policy).counts, Place.QUEUE)
    after = paging.after[0] if paging.after else ""
    queues = sorted(it for it in context.policy.queues.items() if it[0] > after)[: paging.limit + 1]
    return paging.page(
        queues,
        lambda it: QueueView(
            name=it[0], customers=counts.get(it[0], 0), **it[1].model_dump(include={"zh", "en", "owner", "sla_hours"})
        ),
        lambda it: (it[0],),
    )


@router.get("/{name}/customers", summary="List the customers in a queue", responses=documented(404))
async def list_queue_customers(name: Reference, context: Wired, paging: Paged) -> Page[CustomerView]:
    """The customers that wait in a queue, newest first, each with its reason and when it is tried again."""
    if name not in context.policy.queues:
        raise NotFound
    return await list_place(context, paging, Place.QUEUE, name)


async def list_place(context: Context, paging: Paging, place: Place, name: str) -> Page[CustomerView]:
    """A page of the customers in a queue or a pool."""
    after = (datetime.fromisoformat(paging.after[0]), paging.after[1]) if paging.after else None
    only = CustomerFilter(place=place, queue=name)
    rows = await to_thread.run_sync(Reading(context.database).customers, only, after, paging.limit)
    return paging.page(
        rows, lambda found: customer_view(*found), lambda found: (found[0].created_at.isoformat(), found[0].id)
    )


def try_again(context: Context, rep_id: str) -> None:
    """Have customers in queues tried again whom a rep may be given by now; from a thread of the API's.

    Raises:
        Problem: 503 when Temporal does not answer.
    """
    if Queues(context.database, context.policy).occupied():
        from_thread.run(context.gateway.rep_changed, rep_id)
