"""Who the caller is."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.permissions import Permission
from api.principal import Caller
from domain.role import Role

router = APIRouter(prefix="/v1/me", tags=["access"])


class Me(BaseModel):
    """The caller."""

    id: str
    role: Role
    person: str | None = Field(description="The rep whom a user is.")
    permissions: tuple[Permission, ...]


@router.get("", summary="Get yourself")
async def get_me(caller: Caller) -> Me:
    """Who calls and what they may do, as of now."""
    return Me(id=caller.id, role=caller.role, person=caller.person, permissions=tuple(sorted(caller.permissions)))
