"""Signing in on one machine: a password for an access token. Elsewhere the company's own issuer does this."""

from datetime import UTC, datetime
from typing import Literal

from anyio import to_thread
from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, SecretStr

from api.context import Wired
from api.passwords import matches
from api.problems import Problem, ProblemType, documented
from domain.text import Reference
from store.users import Users

ATTEMPTS_A_USER, ATTEMPTS_AN_ADDRESS = "5/minute", "30/minute"

router = APIRouter(prefix="/v1/sessions", tags=["access"])


class Credentials(BaseModel, extra="forbid"):
    """Who signs in."""

    user: Reference
    password: SecretStr = Field(max_length=200)


class Session(BaseModel):
    """A token, to be sent as ``Authorization: Bearer``."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the name of a scheme
    expires_in: int = Field(description="Seconds.")


@router.post("", status_code=201, summary="Sign in", responses=documented(400, 401, 409, 413, 415, 422, 429, 500, 503))
async def sign_in(credentials: Credentials, request: Request, context: Wired) -> Session:
    """Get an access token for a password, where the embedded issuer is in use. Wrong attempts are few: 429."""
    issuer = context.issuer
    if issuer is None:
        raise Problem(ProblemType.SIGN_IN_ELSEWHERE, values={"issuer": context.tokens.terms.issuer})
    address = request.client.host if request.client else ""
    context.rates.take(ATTEMPTS_AN_ADDRESS, "sign-in", address)
    context.rates.take(ATTEMPTS_A_USER, "sign-in", address, credentials.user)
    kept = await to_thread.run_sync(Users(context.database).password, credentials.user)
    if not await to_thread.run_sync(matches, credentials.password.get_secret_value(), kept):
        raise Problem(ProblemType.WRONG_CREDENTIALS)
    token = issuer.issue(credentials.user, datetime.now(UTC))
    return Session(access_token=token, expires_in=int(issuer.lifetime.total_seconds()))
