"""What counts for the figures is written down as events are passed on: each fact once, with what was so at that time.

``recount`` makes all of it anew from the events, for a database that has lost it or never had it.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from sqlalchemy import and_, func
from sqlmodel import Session, col, delete, select

from domain.happening import Happening
from domain.kpi.fact import Fact, Measure
from domain.kpi.telling import Setting, facts_of
from store.database import Database
from store.journal import CUSTOMER
from store.policies import Policies
from store.rows import add_missing
from store.tables import CustomerRow, DecisionRow, EventRow, KpiFactRow, LeadRow, RepRow

_AT_ONCE = 1000
_BY_SUBJECT = (Measure.REQUESTED, Measure.COLLISION)


class Counting:
    """The watcher that writes facts."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies

    def see(self, session: Session, happened: Sequence[Happening]) -> None:
        """Write the facts of some events, in order; those that are there already stay."""
        told = [it for it in happened if it.stream == CUSTOMER]
        if not told:
            return
        known = _Known(session, told)
        rows = []
        recorded_at = datetime.now(UTC)
        for it in told:
            required = self._policies.in_force(session, it.at).targets.required_fields if "known" in it.data else ()
            facts = facts_of(it, known.setting(it, required))
            known.add(facts)
            rows += [{**fact.model_dump(), "recorded_at": recorded_at} for fact in facts]
        add_missing(session, KpiFactRow, rows)


class _Known:
    """What has to be known beside some events, read at once, and kept up with while their facts are told."""

    def __init__(self, session: Session, happened: Sequence[Happening]) -> None:
        customer_ids = {it.subject_id for it in happened}
        self._standings = {fact.customer_id: fact for fact in standings(session, customer_ids)}
        self._customers = {
            row.id: row for row in session.exec(select(CustomerRow).where(col(CustomerRow.id).in_(customer_ids)))
        }
        self._sources = _sources(session, {str(it.data["lead_id"]) for it in happened if it.data.get("lead_id")})
        self._policies = _policies(session, {it.decision_id for it in happened if it.decision_id})
        self._subjects = _by_subject(session, happened)
        reps = {*_reps(happened), *(it.rep for it in self._standings.values() if it.rep)}
        rows = session.exec(select(RepRow.id, RepRow.team_id).where(col(RepRow.id).in_(reps)))
        self._teams = {rep: team for rep, team in rows}  # noqa: C416 - rows are no pairs to mypy

    def setting(self, it: Happening, required: Collection[str]) -> Setting:
        """What is known when an event comes."""
        customer = self._customers.get(it.subject_id)
        request = self._subjects.get((Measure.REQUESTED, str(it.data.get("approval_id"))))
        return Setting(
            standing=self._standings.get(it.subject_id),
            registered_at=customer.created_at if customer else None,
            region=customer.region if customer else None,
            source=self._sources.get(str(it.data.get("lead_id"))),
            policy=self._policies.get(it.decision_id or ""),
            teams=self._teams,
            required=required,
            requested_at=request,
            counted=(Measure.COLLISION, str(it.data.get("case_id"))) in self._subjects,
        )

    def add(self, facts: Sequence[Fact]) -> None:
        """Keep what an event has told for the next ones."""
        for fact in facts:
            if fact.measure is Measure.STANDING:
                self._standings[fact.customer_id] = fact
            elif fact.measure in _BY_SUBJECT:
                self._subjects.setdefault((fact.measure, fact.subject_id), fact.at)


def recount(database: Database, policies: Policies) -> int:
    """Forget every fact and tell all of them anew from the events; how many events there were.

    Teams, regions and sources are taken as they are now. A fact counts as recorded when it is told, so that a closed
    month shows what differs as a correction.
    """
    with database.write() as session:
        database.lock(session, "outbox")
        session.connection().execute(delete(KpiFactRow))
        after, seen = 0, 0
        while rows := session.exec(
            select(EventRow).where(col(EventRow.position) > after).order_by(col(EventRow.position)).limit(_AT_ONCE)
        ).all():
            Counting(policies).see(session, [_happening(row) for row in rows])
            after, seen = rows[-1].position or 0, seen + len(rows)
            session.expire_all()
        return seen


def standings(session: Session, customer_ids: Collection[str]) -> list[Fact]:
    """How each of these customers stood last."""
    last = (
        select(func.max(KpiFactRow.position))
        .where(KpiFactRow.measure == Measure.STANDING, col(KpiFactRow.customer_id).in_(customer_ids))
        .group_by(col(KpiFactRow.customer_id))
    )
    return [fact_of(row) for row in session.exec(select(KpiFactRow).where(col(KpiFactRow.position).in_(last)))]


def fact_of(row: KpiFactRow) -> Fact:
    """The fact that a row holds."""
    return Fact.model_validate(row.model_dump(exclude={"position", "recorded_at"}))


def _happening(row: EventRow) -> Happening:
    return Happening.model_validate({**row.model_dump(), "stream": CUSTOMER, "subject_id": row.customer_id})


def _reps(happened: Sequence[Happening]) -> set[str]:
    """Every rep whom events name."""
    found = set()
    for it in happened:
        several = it.data.get("reps")
        named = [it.data.get("owner_id"), it.data.get("rep_id"), *(several if isinstance(several, list) else [])]
        found |= {rep for rep in named if isinstance(rep, str)}
    return found


def _sources(session: Session, lead_ids: Collection[str]) -> dict[str, str]:
    rows = session.exec(select(LeadRow.id, LeadRow.source).where(col(LeadRow.id).in_(lead_ids)))
    return {lead_id: source for lead_id, source in rows}  # noqa: C416 - as above


def _policies(session: Session, decision_ids: Collection[str]) -> dict[str, str]:
    rows = session.exec(select(DecisionRow.id, DecisionRow.policy_version).where(col(DecisionRow.id).in_(decision_ids)))
    return {decision_id: version for decision_id, version in rows}  # noqa: C416 - as above


def _by_subject(session: Session, happened: Sequence[Happening]) -> dict[tuple[Measure, str], datetime]:
    """When the approvals of these events were asked for, and which of their cases have been counted."""
    subjects = {str(it.data[name]) for it in happened for name in ("approval_id", "case_id") if it.data.get(name)}
    if not subjects:
        return {}
    wanted = and_(col(KpiFactRow.subject_id).in_(subjects), col(KpiFactRow.measure).in_(_BY_SUBJECT))
    rows = session.exec(select(KpiFactRow).where(wanted))
    return {(Measure(row.measure), row.subject_id): row.at for row in rows}
