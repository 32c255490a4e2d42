"""Public pools: where everybody may look for customers that nobody owns."""

from anyio import to_thread
from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.context import Wired
from api.customers import CustomerView, customer_page
from api.pagination import Page, Paged
from api.principal import Eyes
from api.problems import documented
from domain.ownership import Place
from domain.rules.pool import ClaimRules
from domain.text import Reference
from store.errors import NotFound
from store.queues import Queues
from store.reading import CustomerFilter

router = APIRouter(prefix="/v1/pools", tags=["pools"])


class PoolView(BaseModel):
    """A public pool, its rules, and how many customers are in it."""

    name: str
    zh: str
    en: str
    claim: ClaimRules = Field(description="Who may claim customers, how many, and what protects whom afterwards.")
    customers: int


@router.get("", summary="List public pools")
async def list_pools(context: Wired, paging: Paged) -> Page[PoolView]:
    """The policy's pools in the order in which they take customers."""
    policy = await to_thread.run_sync(lambda: context.policy)
    counts = await to_thread.run_sync(Queues(context.database, context.policies).counts, Place.POOL)
    first = int(paging.after[0]) + 1 if paging.after else 0
    pools = list(enumerate(policy.pools))[first : first + paging.limit + 1]
    return paging.page(
        pools,
        lambda it: PoolView(
            name=it[1].pool, zh=it[1].zh, en=it[1].en, claim=it[1].claim, customers=counts.get(it[1].pool, 0)
        ),
        lambda it: (str(it[0]),),
    )


@router.get("/{name}/customers", summary="List the customers in a pool", responses=documented(404))
async def list_pool_customers(name: Reference, context: Wired, viewer: Eyes, paging: Paged) -> Page[CustomerView]:
    """The customers in a public pool, newest first."""
    policy = await to_thread.run_sync(lambda: context.policy)
    if policy.pool(name) is None:
        raise NotFound
    return await customer_page(context, viewer, paging, CustomerFilter(place=Place.POOL, queue=name))
