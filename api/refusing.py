"""Attempts that are refused are kept; whoever makes too many is made to wait, and the administrator is told."""

import re
from datetime import UTC, datetime
from typing import Annotated

from anyio import to_thread
from fastapi import Depends, Request

from api.context import Wired
from api.principal import Caller
from logs import log
from store.refusals import Refusals, Why
from store.tables import AccessRefusalRow

ALERTS = "1/minute"

_OURS = re.compile(r"[a-z]+_[a-z2-7]{26}")
"""Ids that this product made: anything else in an address may be somebody's telephone number."""


class Refusing:
    """Keeps what the caller of one request is refused."""

    def __init__(self, request: Request, context: Wired, caller: Caller) -> None:
        self._request = request
        self._context = context
        self._caller = caller

    async def keep(self, why: Why, record: str | None = None) -> None:
        """Keep an attempt.

        Args:
            why: what stood against it.
            record: the id of what it was about.

        Raises:
            Problem: 429 when it is one of too many, which is kept once a minute.
        """
        await self.count()
        await self._write(why, record)

    async def count(self) -> None:
        """Count an attempt that found nothing, by which somebody may be probing.

        Raises:
            Problem: 429 when it is one of too many.
        """
        await self.within(self._context.settings.refusal_limit, "refused")

    async def within(self, limit: str, what: str) -> None:
        """Count something that tells a little each time.

        Raises:
            Problem: 429 when it is one of too many; the administrator is told.
        """
        rates, caller = self._context.rates, self._caller.id
        if rates.allows(limit, what, caller):
            return
        if rates.allows(ALERTS, "alert", caller):
            log.warning("probing", principal=caller, what=what)
            await self._write(Why.PROBING, None)
        raise rates.exceeded(limit, what, caller)

    async def _write(self, why: Why, record: str | None) -> None:
        row = AccessRefusalRow(
            at=datetime.now(UTC),
            principal=self._caller.id,
            role=self._caller.role,
            method=self._request.method,
            route=self._request.scope["route"].path_format,
            record=record if record and _OURS.fullmatch(record) else None,
            reason=why,
        )
        await to_thread.run_sync(Refusals(self._context.database).keep, row)


Refuses = Annotated[Refusing, Depends()]
