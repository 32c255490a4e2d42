"""Teams of reps."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.auth import Caller
from api.context import Wired
from api.etag import IfMatch, tagged
from api.idempotency import IdempotencyKey, mark_of, new_id
from api.pagination import Page, Paged
from api.problems import documented
from domain.directory import NewTeam, Team, TeamChange
from domain.text import Reference
from store.teams import Teams

router = APIRouter(prefix="/v1/teams", tags=["teams"])


@router.get("", summary="List teams")
def list_teams(
    context: Wired, paging: Paged, active: Annotated[bool | None, Query(description="Only these.")] = None
) -> Page[Team]:
    """Teams by id."""
    teams = Teams(context.database).page(active, paging.after, paging.limit)
    return paging.page(teams, lambda team: team, lambda team: (team.id,))


@router.post("", status_code=201, summary="Create a team", responses=documented(409))
def create_team(new: NewTeam, response: Response, context: Wired, caller: Caller, key: IdempotencyKey = None) -> Team:
    """A team may be created before its manager, who is a rep, and be given one later."""
    team_id = new.id or new_id(context.ids, "team", caller.id, key)
    team = Teams(context.database).create(team_id, new, mark_of(caller.id, key, "POST /v1/teams", new))
    response.headers["Location"] = f"/v1/teams/{team.id}"
    return tagged(response, team)


@router.get("/{team_id}", summary="Get a team", responses=documented(404))
def get_team(team_id: Reference, response: Response, context: Wired) -> Team:
    """A team with its ETag."""
    return tagged(response, Teams(context.database).get(team_id))


@router.patch("/{team_id}", summary="Change a team", responses=documented(404, 412, 428))
def change_team(team_id: Reference, change: TeamChange, response: Response, context: Wired, if_match: IfMatch) -> Team:
    """Changes the fields that are sent; null takes the manager away."""
    return tagged(response, Teams(context.database).change(team_id, change, if_match.check))


@router.post("/{team_id}/activate", summary="Activate a team", responses=documented(404))
def activate_team(team_id: Reference, response: Response, context: Wired) -> Team:
    """Undoes a deactivation; harmless when there was none."""
    return tagged(response, Teams(context.database).activate(team_id, active=True))


@router.post("/{team_id}/deactivate", summary="Deactivate a team", responses=documented(404))
def deactivate_team(team_id: Reference, response: Response, context: Wired) -> Team:
    """Takes no new reps from now on. Its reps stay in it and keep their customers."""
    return tagged(response, Teams(context.database).activate(team_id, active=False))
