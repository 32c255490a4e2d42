"""At which numbers, extensions and addresses a rep is reached: by them it is told whose a call or a message was."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.context import Wired
from api.problems import documented
from domain.text import Reference, ShortText
from store.rep_lines import RepLines

router = APIRouter(prefix="/v1/reps/{rep_id}/lines", tags=["reps"])

MAX_LINES = 50


class Lines(BaseModel, extra="forbid"):
    """Numbers, extensions and e-mail addresses."""

    lines: Annotated[tuple[ShortText, ...], Field(max_length=MAX_LINES)] = Field(
        examples=[["+8613800138000", "8001", "li.wei@example.com"]]
    )


@router.get("", summary="List a rep's lines", responses=documented(404))
def list_lines(rep_id: Reference, context: Wired) -> Lines:
    """Each in its one form: numbers with their country, addresses and extensions in lower case."""
    return Lines(lines=tuple(RepLines(context.database).of(rep_id)))


@router.put("", summary="Set a rep's lines", responses=documented(404))
def set_lines(rep_id: Reference, lines: Lines, context: Wired) -> Lines:
    """All of them anew. A line is one rep's at a time: 422 `line_in_use`."""
    return Lines(lines=tuple(RepLines(context.database).replace(rep_id, lines.lines)))
