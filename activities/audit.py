"""The side effects of AuditSeal: sealing what was recorded, and telling the signed heads outside the database."""

from pathlib import Path
from typing import NamedTuple

import httpx
from temporalio import activity
from temporalio.exceptions import ApplicationError

from domain.tree_head import HeadKey
from store.audit_publishing import HeadFolder, Publications, place_of
from store.audit_sealing import LogCutOff, Sealing
from store.database import Database

PATIENCE = 30.0
"""Seconds that a receiver of heads has to answer."""


class AuditPlace(NamedTuple):
    """With what heads are signed, and where they go."""

    key: HeadKey
    folder: Path
    webhook: str
    """A URL; empty for none."""


class AuditActivities:
    """Seals and publishes."""

    def __init__(self, database: Database, place: AuditPlace) -> None:
        self._sealing = Sealing(database, place.key)
        self._publications = Publications(database)
        self._place = place

    @activity.defn
    def seal_records(self) -> int:
        """Seal everything that has been recorded; how many records. A repeat goes on where the last one came to.

        Raises:
            ApplicationError: ``log_cut_off`` when leaves are gone that a signed head covers.
        """
        number, more = 0, True
        while more:
            try:
                sealed = self._sealing.seal()
            except LogCutOff as error:
                raise ApplicationError(str(error), type="log_cut_off", non_retryable=True) from error
            number, more = number + sealed.records, sealed.more
            activity.heartbeat(number)
        return number

    @activity.defn
    def publish_heads(self) -> int:
        """Tell each place the heads that it does not know; how many were told. One may be told twice, none is left out.

        Raises:
            OSError: when the folder cannot be written.
            httpx.HTTPError: when the receiver does not take a head.
        """
        folder = HeadFolder(self._place.folder)
        number = 0
        while heads := self._publications.untold(folder.place):
            folder.write(heads, self._place.key.public)
            self._publications.told(folder.place, heads[-1])
            number += len(heads)
            activity.heartbeat(number)
        return number + (self._post() if self._place.webhook else 0)

    def _post(self) -> int:
        place, number = place_of(self._place.webhook), 0
        headers = {"Content-Type": "application/json"}
        with httpx.Client(timeout=PATIENCE, headers=headers) as http:
            while heads := self._publications.untold(place):
                for head in heads:
                    http.post(self._place.webhook, content=head.line).raise_for_status()
                    self._publications.told(place, head)
                    number += 1
                    activity.heartbeat(number)
        return number
