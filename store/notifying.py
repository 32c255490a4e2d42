"""Telling people: the watcher that makes notifications of events, and deliveries of notifications, each once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, exists, select

from domain.happening import Happening
from domain.ids import IdMaker
from domain.notifying.notice import Notice
from domain.notifying.notices import notices_of
from domain.notifying.timing import Habits, Planned, deliveries_of
from domain.policy import Policy
from store.notification_scene import scene_of
from store.notification_settings import Wishes, wishes_of
from store.outbox import utc_now
from store.policies import Policies
from store.rows import add, add_missing
from store.tables import DeliveryRow, NotificationDigestRow, NotificationRow, RepRow

DIGEST = "digest"
"""The kind of a delivery that tells several notifications."""


class Notifying:
    """Tells people of events; a ``store.outbox.Watcher``."""

    def __init__(self, ids: IdMaker, policies: Policies, now: Callable[[], datetime] = utc_now) -> None:
        self._ids = ids
        self._policies = policies
        self._now = now

    def see(self, session: Session, happened: Sequence[Happening]) -> None:
        """Write whom these events are told, and what of it is sent when; nothing twice."""
        scene = scene_of(session, happened)
        notices: dict[str, Notice] = {}
        for it in happened:
            for notice in notices_of(it, scene):
                notices.setdefault(self._ids.make("ntf", notice.cause, notice.kind, notice.person), notice)
        for known in session.exec(select(NotificationRow.id).where(col(NotificationRow.id).in_(notices))).all():
            del notices[known]
        if notices:
            now = self._now()
            add(session, NotificationRow, *(_row(id_, notice, now) for id_, notice in notices.items()))
            self._send(session, notices, now)

    def _send(self, session: Session, notices: Mapping[str, Notice], now: datetime) -> None:
        wishes = wishes_of(session, {notice.person for notice in notices.values()})
        policy = self._policies.in_force(session, now)
        deliveries: list[dict[str, Any]] = []
        digested: list[dict[str, Any]] = []
        for id_, notice in notices.items():
            theirs = wishes[notice.person]
            for planned in deliveries_of(notice, theirs.settings, theirs.channels, now, _habits(theirs, policy)):
                row = self._delivery(id_, notice, planned, now)
                deliveries.append(row)
                if planned.digest:
                    digested.append({"delivery_id": row["id"], "notification_id": id_})
        add_missing(session, DeliveryRow, deliveries)
        add_missing(session, NotificationDigestRow, digested)

    def _delivery(self, id_: str, notice: Notice, planned: Planned, now: datetime) -> dict[str, Any]:
        """A notification's own delivery, or the one of all that go together."""
        about = (notice.person, planned.at.isoformat()) if planned.digest else (id_,)
        alone = not planned.digest
        return {
            "id": self._ids.make("dlv", planned.channel, *about),
            "channel": planned.channel,
            "target": notice.person,
            "notification_id": id_ if alone else None,
            "event_id": notice.event_id,
            "customer_id": notice.customer_id if alone else None,
            "kind": notice.kind if alone else DIGEST,
            "payload": {"facts": notice.facts} if alone else {},
            "line": None,
            "created_at": now,
            "next_at": planned.at,
            "leased_until": None,
            "attempts": 0,
            "state": "pending",
            "last_error": None,
            "delivered_at": None,
        }


def notifications_in(session: Session, delivery: DeliveryRow) -> list[NotificationRow]:
    """What a delivery to a person tells, in order; of a digest what they have not read in the application by now.

    Nothing, when the person has left since.
    """
    theirs = exists().where(col(RepRow.id) == NotificationRow.rep_id, col(RepRow.active))
    told = select(NotificationRow).where(theirs).order_by(col(NotificationRow.position))
    if delivery.notification_id is not None:
        return list(session.exec(told.where(NotificationRow.id == delivery.notification_id)))
    together = select(NotificationDigestRow.notification_id).where(NotificationDigestRow.delivery_id == delivery.id)
    unread = col(NotificationRow.read_at).is_(None)
    return list(session.exec(told.where(col(NotificationRow.id).in_(together), unread)))


def _habits(wishes: Wishes, policy: Policy) -> Habits:
    zone = ZoneInfo(wishes.settings.time_zone or policy.time_zone)
    return Habits(zone, policy.duty_calendar(wishes.calendar) if wishes.settings.working_hours_only else None)


def _row(id_: str, notice: Notice, now: datetime) -> dict[str, Any]:
    told = notice.model_dump(mode="python", exclude={"person", "cause"})
    return {**told, "id": id_, "rep_id": notice.person, "created_at": now, "read_at": None}
