"""The two transactions around a report: what becomes of it, and that it has."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from domain.ids import IdMaker
from domain.inbound.becoming import Becoming, Outcome, Reason, Rules, what_becomes
from domain.inbound.line import Party
from domain.inbound.made import lead_of, touch_of
from domain.inbound.reported import REPORTED, Reported
from domain.lead import Lead
from store.connectors import connector_of
from store.database import Database
from store.inbound import State, settle
from store.inbound_scene import scene_of
from store.policies import Policies
from store.tables import ChangeRow, ConnectorRow, InboundReportRow, LeadRow
from store.touches import record_touch


@dataclass(frozen=True)
class Judged:
    """A report with what becomes of it."""

    row: InboundReportRow
    reported: Reported
    becoming: Becoming
    lead: Lead | None = None
    """The lead that it makes."""


class InboundSteps:
    """Judges reports and writes what they became. Safe to share between threads."""

    def __init__(self, database: Database, policies: Policies, ids: IdMaker) -> None:
        self._database = database
        self._policies = policies
        self._ids = ids

    def judge(self, row: InboundReportRow, at: datetime) -> Judged:
        """What becomes of a report, by what is known now."""
        reported = REPORTED.validate_python(row.content)
        with self._database.read() as session:
            done = self._done(session, row)
            if done is not None:
                return Judged(row, reported, done)
            scene = scene_of(session, row, reported, self._policies.in_force(session, at), at)
            becoming = what_becomes(reported, scene, _rules(session, row))
        if becoming.outcome is not Outcome.LEAD:
            return Judged(row, reported, becoming)
        lead = self._lead(row, reported, scene.party, becoming)
        if lead is None:
            becoming = replace(becoming, outcome=Outcome.UNMATCHED, reason=Reason.NOBODY_NAMED)
        return Judged(row, reported, becoming, lead)

    def settle(self, judged: Judged, at: datetime) -> None:
        """Write down what became of a report, with the touch that it is; once."""
        with self._database.write() as session:
            row = session.get_one(InboundReportRow, judged.row.id, with_for_update=True)
            if row.state != State.WAITING:
                return
            match judged.becoming:
                case Becoming(outcome=Outcome.TOUCH, customer_id=str(customer_id)):
                    self._touch(session, judged, customer_id, at)
                case Becoming(outcome=Outcome.LEAD):
                    row.lead_id = self.lead_id(judged)
            settle(row, judged.becoming, at)

    def lead_id(self, judged: Judged) -> str:
        """The id of the lead that a report makes."""
        lead = judged.lead
        return self._ids.lead_id(lead.source, lead.external_id) if lead else self._lead_id(judged.row)

    def request_id(self, row: InboundReportRow) -> str:
        """The id by which a report's follow-up is asked for, once."""
        return self._ids.make("req", row.id)

    def _lead_id(self, row: InboundReportRow) -> str:
        return self._ids.lead_id(row.connector_id, row.id)

    def _done(self, session: Session, row: InboundReportRow) -> Becoming | None:
        """What has become of a report already, when its process died before it could write that down."""
        change = session.get(ChangeRow, self.request_id(row))
        if change is not None:
            return Becoming(Outcome.FOLLOW_UP, Reason.BY_THE_OWNER, None, change.customer_id)
        if session.get(LeadRow, self._lead_id(row)) is not None:
            return Becoming(Outcome.LEAD, Reason.NOBODY_KNOWN)
        return None

    def _lead(self, row: InboundReportRow, reported: Reported, party: Party | None, becoming: Becoming) -> Lead | None:
        return lead_of(
            reported, party, source=row.connector_id, report_id=row.id, rep_id=becoming.rep_id, at=row.occurred_at
        )

    def _touch(self, session: Session, judged: Judged, customer_id: str, at: datetime) -> None:
        """The beginning and the end of one call are one touch."""
        kind, data = touch_of(judged.reported)
        row, becoming = judged.row, judged.becoming
        record_touch(
            session,
            id=self._ids.make("touch", row.thread or row.id),
            customer_id=customer_id,
            rep_id=becoming.rep_id,
            kind=kind,
            source=row.connector_id,
            occurred_at=row.occurred_at,
            at=at,
            data={**data, "report_id": row.id, "reason": str(becoming.reason)},
        )


def _rules(session: Session, row: InboundReportRow) -> Rules:
    return connector_of(session.get_one(ConnectorRow, row.connector_id))
