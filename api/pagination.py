"""Lists page by page: ``limit``, an opaque ``cursor``, ``next`` in the body and in a Link header (RFC 8288)."""

import base64
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, TypeAdapter

from api.context import Wired
from api.problems import Problem, ProblemType
from domain.ids import IdMaker

MAX_LIMIT = 200

_TEXTS = TypeAdapter(list[str])

Row = TypeVar("Row")
Item = TypeVar("Item", bound=BaseModel)


class Page(BaseModel, Generic[Item]):
    """A page of a list."""

    items: list[Item]
    next: str | None
    """The cursor of the next page; null at the end."""


class Paging:
    """What the caller asks for, and the way to answer it."""

    def __init__(
        self,
        request: Request,
        response: Response,
        context: Wired,
        limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Items in a page.")] = 50,
        cursor: Annotated[str | None, Query(max_length=1000, description="`next` of the page before.")] = None,
    ) -> None:
        self._request = request
        self._response = response
        self._cursors = _Cursors(context.ids, request.scope["route"].path_format)
        self.limit = limit
        self.after = None if cursor is None else self._cursors.read(cursor)
        """The sort key of the last item seen, each part as text; None on the first page."""

    def page(self, rows: Sequence[Row], show: Callable[[Row], Item], key: Callable[[Row], Sequence[str]]) -> Page[Item]:
        """The answer, with its Link header.

        Args:
            rows: up to ``limit`` rows and one more when there are more (``store.keyset.page_of``).
            show: makes an item of a row.
            key: a row's sort key, each part as text.
        """
        shown = rows[: self.limit]
        cursor = self._cursors.write(key(shown[-1])) if len(rows) > self.limit else None
        if cursor:
            url = self._request.url.include_query_params(cursor=cursor)
            self._response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
        return Page(items=[show(row) for row in shown], next=cursor)


class _Cursors:
    """Sort keys as opaque, signed text. A cursor of another list, or one that somebody changed, is refused."""

    def __init__(self, ids: IdMaker, path: str) -> None:
        self._ids = ids
        self._path = path

    def write(self, key: Sequence[str]) -> str:
        content = json.dumps([self._signature(key), *key])
        return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")

    def read(self, cursor: str) -> tuple[str, ...]:
        try:
            content = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            signature, *key = _TEXTS.validate_json(content)
            genuine = signature == self._signature(key)
        except ValueError as error:  # no base 64, no JSON, no texts, none at all
            raise Problem(ProblemType.INVALID_CURSOR) from error
        if not genuine:
            raise Problem(ProblemType.INVALID_CURSOR)
        return tuple(key)

    def _signature(self, key: Sequence[str]) -> str:
        return self._ids.make("cur", self._path, *key)


Paged = Annotated[Paging, Depends()]
"""The paging of a list route."""
