"""Queues: where customers wait for whom no rule found an owner, and who sees to it that nothing falls through."""

from anyio import from_thread, to_thread
from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.context import Context, Wired
from api.customers import CustomerView, customer_page
from api.pagination import Page, Paged
from api.principal import Eyes
from api.problems import documented
from domain.ownership import Place
from domain.text import Reference
from store.errors import NotFound
from store.queues import Queues
from store.reading import CustomerFilter

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
    policy = await to_thread.run_sync(lambda: context.policy)
    counts = await to_thread.run_sync(Queues(context.database, context.policies).counts, Place.QUEUE)
    after = paging.after[0] if paging.after else ""
    queues = sorted(it for it in policy.queues.items() if it[0] > after)[: paging.limit + 1]
    return paging.page(
        queues,
        lambda it: QueueView(
            name=it[0], customers=counts.get(it[0], 0), **it[1].model_dump(include={"zh", "en", "owner", "sla_hours"})
        ),
        lambda it: (it[0],),
    )


@router.get("/{name}/customers", summary="List the customers in a queue", responses=documented(404))
async def list_queue_customers(name: Reference, context: Wired, viewer: Eyes, paging: Paged) -> Page[CustomerView]:
    """The customers that wait in a queue, newest first, each with its reason and when it is tried again."""
    policy = await to_thread.run_sync(lambda: context.policy)
    if name not in policy.queues:
        raise NotFound
    return await customer_page(context, viewer, paging, CustomerFilter(place=Place.QUEUE, queue=name))


def try_again(context: Context, rep_id: str) -> None:
    """Have customers in queues tried again whom a rep may be given by now; from a thread of the API's.

    Raises:
        Problem: 503 when Temporal does not answer.
    """
    if Queues(context.database, context.policies).occupied():
        from_thread.run(context.gateway.rep_changed, rep_id)
