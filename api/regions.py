"""Sales regions."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.auth import Caller
from api.context import Wired
from api.etag import IfMatch, tagged
from api.idempotency import IdempotencyKey, mark_of
from api.pagination import Page, Paged
from api.problems import documented
from domain.directory import NewRegion, Region, RegionChange
from domain.text import Reference
from store.regions import Regions

router = APIRouter(prefix="/v1/regions", tags=["regions"])


@router.get("", summary="List regions")
def list_regions(
    context: Wired, paging: Paged, active: Annotated[bool | None, Query(description="Only these.")] = None
) -> Page[Region]:
    """Regions by code."""
    regions = Regions(context.database).page(active, paging.after, paging.limit)
    return paging.page(regions, lambda region: region, lambda region: (region.code,))


@router.post("", status_code=201, summary="Create a region", responses=documented(409))
def create_region(
    new: NewRegion, response: Response, context: Wired, caller: Caller, key: IdempotencyKey = None
) -> Region:
    """A region is named by its ISO 3166-2 code, or by its ISO 3166-1 code where a country has no subdivisions."""
    region = Regions(context.database).create(new, mark_of(caller.id, key, "POST /v1/regions", new))
    response.headers["Location"] = f"/v1/regions/{region.code}"
    return tagged(response, region)


@router.get("/{code}", summary="Get a region", responses=documented(404))
def get_region(code: Reference, response: Response, context: Wired) -> Region:
    """A region with its ETag."""
    return tagged(response, Regions(context.database).get(code.upper()))


@router.patch("/{code}", summary="Change a region", responses=documented(404, 412, 428))
def change_region(
    code: Reference, change: RegionChange, response: Response, context: Wired, if_match: IfMatch
) -> Region:
    """Changes the fields that are sent."""
    return tagged(response, Regions(context.database).change(code.upper(), change, if_match.check))


@router.post("/{code}/activate", summary="Activate a region", responses=documented(404))
def activate_region(code: Reference, response: Response, context: Wired) -> Region:
    """Undoes a deactivation; harmless when there was none."""
    return tagged(response, Regions(context.database).activate(code.upper(), active=True))


@router.post("/{code}/deactivate", summary="Deactivate a region", responses=documented(404))
def deactivate_region(code: Reference, response: Response, context: Wired) -> Region:
    """Takes no new reps from now on.

    Reps who cover it go on covering it, and customers there are still assigned to them; take the region from the reps
    to end that.
    """
    return tagged(response, Regions(context.database).activate(code.upper(), active=False))
