"""Users: the people who may sign in."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import SecretStr

from api.context import Wired
from api.etag import IfMatch, tagged
from api.pagination import Page, Paged
from api.passwords import hashed
from api.problems import documented
from domain.text import Reference
from domain.user import NewUser, User, UserChange
from store.users import Users

router = APIRouter(prefix="/v1/users", tags=["access"])


@router.get("", summary="List users")
def list_users(
    context: Wired, paging: Paged, active: Annotated[bool | None, Query(description="Only these.")] = None
) -> Page[User]:
    """Users by id."""
    users = Users(context.database).page(active, paging.after, paging.limit)
    return paging.page(users, lambda user: user, lambda user: (user.id,))


@router.post("", status_code=201, summary="Create a user", responses=documented(409))
def create_user(new: NewUser, response: Response, context: Wired) -> User:
    """Somebody who may sign in: by the password, or by tokens in which the company's issuer calls them `id`."""
    user = Users(context.database).create(new, _hashed(new.password))
    response.headers["Location"] = f"/v1/users/{user.id}"
    return tagged(response, user)


@router.get("/{user_id}", summary="Get a user", responses=documented(404))
def get_user(user_id: Reference, response: Response, context: Wired) -> User:
    """A user with their ETag."""
    return tagged(response, Users(context.database).get(user_id))


@router.patch("/{user_id}", summary="Change a user", responses=documented(404, 412, 428))
def change_user(user_id: Reference, change: UserChange, response: Response, context: Wired, if_match: IfMatch) -> User:
    """Changes the fields that are sent, and counts with the next call of theirs. A new password ends their sessions."""
    password = change.password if isinstance(change.password, SecretStr) else None
    return tagged(response, Users(context.database).change(user_id, change, _hashed(password), if_match.check))


def _hashed(password: SecretStr | None) -> str | None:
    return None if password is None else hashed(password.get_secret_value())
