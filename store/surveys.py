"""Surveys: one question to a customer after the first effective follow-up and a settled collision, answered once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from domain.change import Refused
from domain.delivery import Channel, State
from domain.event import SYSTEM, EventKind
from domain.happening import Happening
from domain.ids import IdMaker
from domain.kpi.rules import Sending, SurveyRules
from domain.profile import Profile
from logs import log
from store.customers import customer_row
from store.database import Database
from store.journal import CUSTOMER, record_event
from store.lineage import family, live_id
from store.policies import Policies
from store.rows import add_missing
from store.tables import CustomerRow, DeliveryRow, RepRow, SurveyRow

SURVEY = "survey"
"""The kind of a delivery that takes a survey's link to a customer; its target is the survey."""


class Occasion(StrEnum):
    """Why a customer is asked."""

    FOLLOW_UP = "follow_up"
    """After the first effective follow-up."""
    COLLISION = "collision"
    """After a collision about the customer was settled."""
    ASKED = "asked"
    """Because whoever looks after the customer wants to know."""


class SurveySending:
    """The watcher that asks customers when the policy says so, and has the links sent by e-mail where it says that."""

    def __init__(self, policies: Policies, ids: IdMaker, *, can_send: bool = False) -> None:
        """``can_send`` tells whether links can be sent at all: that there are a public address and a mail server."""
        self._policies = policies
        self._ids = ids
        self._can_send = can_send
        self._warned = False

    def see(self, session: Session, happened: Sequence[Happening]) -> None:
        """Begin a survey for each event that calls for one: once for a customer's follow-ups, once for a case."""
        for it in happened:
            if it.stream == CUSTOMER and it.kind in _OCCASIONS:
                rules = self._policies.in_force(session, it.at).surveys
                if (occasion := _occasion(it, rules)) is not None:
                    self._begin(session, it, occasion, rules)

    def _begin(self, session: Session, it: Happening, occasion: Occasion, rules: SurveyRules) -> None:
        owner = it.data.get("owner_id")
        about = str(it.data["case_id"]) if occasion is Occasion.COLLISION else ""
        survey = SurveyRow(
            id=self._ids.make("srv", it.subject_id, occasion, about),
            customer_id=it.subject_id,
            occasion=occasion,
            rep_id=owner if isinstance(owner, str) else None,
            sent_at=it.at,
            expires_at=it.at + timedelta(days=rules.answer_within_days),
        )
        if _begin(session, survey, SYSTEM) and rules.send is Sending.EMAIL:
            self._send(session, survey)

    def _send(self, session: Session, survey: SurveyRow) -> None:
        """Have a new survey's link sent; whereto is looked up then."""
        if not self._can_send:
            if not self._warned:
                log.warning("surveys_not_sent", needed=["ONEOWNER_PUBLIC_URL", "ONEOWNER_SMTP_HOST"])
                self._warned = True
            return
        now = datetime.now(UTC)
        row = {
            "id": self._ids.make("dlv", Channel.EMAIL, survey.id),
            "channel": Channel.EMAIL,
            "target": survey.id,
            "event_id": f"{survey.id}:{EventKind.SURVEY_SENT}",
            "customer_id": survey.customer_id,
            "kind": SURVEY,
            "payload": {},
            "created_at": now,
            "next_at": now,
            "attempts": 0,
            "state": State.PENDING,
        }
        add_missing(session, DeliveryRow, [row])


_OCCASIONS = (EventKind.FOLLOW_UP_LOGGED, EventKind.COLLISION_SETTLED)


def _occasion(it: Happening, rules: SurveyRules) -> Occasion | None:
    if it.kind == EventKind.FOLLOW_UP_LOGGED:
        return Occasion.FOLLOW_UP if rules.after_first_follow_up and it.data.get("effective") else None
    real = not it.data.get("risk") and "case_id" in it.data
    return Occasion.COLLISION if rules.after_collision and real else None


def _begin(session: Session, survey: SurveyRow, actor: str) -> bool:
    """Write a survey and tell of it, unless it is there; whether it was written."""
    if session.get(SurveyRow, survey.id) is not None:
        return False
    told = {"survey_id": survey.id, "occasion": survey.occasion, "rep_id": survey.rep_id}
    record_event(
        session,
        id=f"{survey.id}:{EventKind.SURVEY_SENT}",
        customer_id=survey.customer_id,
        kind=EventKind.SURVEY_SENT,
        at=survey.sent_at,
        actor=actor,
        data=told,
    )
    session.add(survey)
    session.flush()
    return True


@dataclass(frozen=True)
class Survey:
    """A survey as it stands."""

    id: str
    customer_id: str
    occasion: Occasion
    rep_id: str | None
    sent_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    score: int | None
    comment: str | None


@dataclass(frozen=True)
class Asked:
    """Whom a survey asks, and who looked after them."""

    survey: Survey
    profile: Profile
    rep: str | None
    """The name."""


class Surveys:
    """Surveys of customers. One per process; safe to share between threads."""

    def __init__(self, database: Database, policies: Policies, ids: IdMaker) -> None:
        self._database = database
        self._policies = policies
        self._ids = ids

    def to_answer(self, customer_id: str, actor: str, at: datetime) -> Survey:
        """The customer's latest survey that waits for an answer; a new one, of which there is one a day, if none does.

        Raises:
            Refused: ``unknown_customer``, ``survey_answered`` when today's has been answered.
        """
        with self._database.write() as session:
            self._policies.hold(session)
            customer = customer_row(session, live_id(session, customer_id), lock=True)
            found = session.exec(
                _of(session, customer.id).where(col(SurveyRow.answered_at).is_(None), col(SurveyRow.expires_at) > at)
            ).first()
            if found is None:
                policy = self._policies.in_force(session, at)
                found = SurveyRow(
                    id=self._ids.make("srv", customer.id, Occasion.ASKED, policy.day_of(at).isoformat()),
                    customer_id=customer.id,
                    occasion=Occasion.ASKED,
                    rep_id=customer.owner_id,
                    sent_at=at,
                    expires_at=at + timedelta(days=policy.surveys.answer_within_days),
                )
                if session.get(SurveyRow, found.id) is not None:
                    raise Refused("survey_answered")
                _begin(session, found, actor)
            return _survey(found)

    def answer(self, survey_id: str, score: int, comment: str | None, at: datetime) -> None:
        """Keep an answer, once.

        Args:
            survey_id: which question it answers.
            score: 1 to 5.
            comment: in the customer's own words.
            at: now.

        Raises:
            Refused: ``survey_answered``, ``survey_over`` when it came too late or the customer is no more.
        """
        with self._database.write() as session:
            survey = session.get(SurveyRow, survey_id, with_for_update=True)
            if survey is None or survey.expires_at <= at:
                raise Refused("survey_over")
            if survey.answered_at is not None:
                raise Refused("survey_answered")
            survey.answered_at, survey.score, survey.comment = at, score, comment
            told = {"survey_id": survey.id, "occasion": survey.occasion, "rep_id": survey.rep_id, "score": score}
            record_event(
                session,
                id=f"{survey.id}:{EventKind.SURVEY_ANSWERED}",
                customer_id=survey.customer_id,
                kind=EventKind.SURVEY_ANSWERED,
                at=at,
                actor="customer",
                data=told,
            )

    def answered(self, survey_id: str) -> bool:
        """Whether a survey needs no answer any more."""
        with self._database.read() as session:
            survey = session.get(SurveyRow, survey_id)
            return survey is None or survey.answered_at is not None

    def waiting(self, survey_id: str, at: datetime) -> Asked | None:
        """A survey that still waits for its answer, with the customer as they are now; None when it does not."""
        with self._database.read() as session:
            survey = session.get(SurveyRow, survey_id)
            if survey is None or survey.answered_at is not None or survey.expires_at <= at:
                return None
            customer = session.get_one(CustomerRow, live_id(session, survey.customer_id))
            rep = session.get(RepRow, survey.rep_id) if survey.rep_id else None
            return Asked(_survey(survey), Profile.model_validate(customer.profile), rep.name if rep else None)

    def of_customer(self, customer_id: str) -> list[Survey]:
        """A customer's surveys, and those of whom it stands for, the latest first."""
        with self._database.read() as session:
            return [_survey(row) for row in session.exec(_of(session, live_id(session, customer_id)))]


def _of(session: Session, customer_id: str) -> SelectOfScalar[SurveyRow]:
    theirs = family(session, customer_id)
    return select(SurveyRow).where(col(SurveyRow.customer_id).in_(theirs)).order_by(col(SurveyRow.sent_at).desc())


def _survey(row: SurveyRow) -> Survey:
    return Survey(**{**row.model_dump(), "occasion": Occasion(row.occasion)})
