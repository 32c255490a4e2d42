"""Decision traces: why something was decided as it was."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.context import Wired
from api.principal import Eyes
from api.problems import documented
from domain.text import Reference
from store.reading import Reading

router = APIRouter(prefix="/v1/decisions", tags=["decisions"])


class Decision(BaseModel):
    """A decision with its explanation, as it was stored when it was made."""

    id: str
    kind: str
    customer_id: str | None
    lead_id: str | None
    policy_version: str = Field(description="The policy in force then, with a fingerprint of its content.")
    at: datetime
    trace: dict[str, Any] = Field(description="The rules tried, why each did or did not apply, the inputs and scores.")


@router.get("/{decision_id}", summary="Get a decision trace", responses=documented(404))
def get_decision(decision_id: Reference, context: Wired, viewer: Eyes) -> Decision:
    """The stored decision trace."""
    row = Reading(context.database, viewer).decision(decision_id)
    return Decision.model_validate(row, from_attributes=True)
