"""What the customers' timelines, and the case's own, tell of a collision case, with the traces that explain it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from pydantic import JsonValue
from sqlmodel import Session

from domain.collision_case.scene import CaseScene
from domain.collision_case.state import CaseState, Level, Status
from domain.event import SYSTEM, EventKind
from domain.ids import IdMaker
from domain.policy import Policy
from store.journal import Cause, record_decision, record_event
from store.rows import add
from store.tables import CollisionActRow


def tell(
    session: Session,
    ids: IdMaker,
    before: CaseState | None,
    after: CaseState,
    policy: Policy,
    scene: CaseScene,
    cause: Cause,
    at: datetime,
) -> None:
    """Put on the timeline of each customer, and of the case, what became of the case, and to whom that is told.

    Args:
        session: the transaction in which it happens.
        ids: makes the decisions' ids.
        before: the case as it stood; None when it begins.
        after: as it stands now.
        policy: by which it was decided.
        scene: who is who.
        cause: what brought it about.
        at: the workflow's time.
    """
    for kind in _kinds(before, after):
        told = _told(kind, after, policy, scene)
        decision_id = record_decision(
            session,
            id=ids.make("dec", f"{cause.id}:{kind}"),
            kind=kind,
            policy_version=policy.fingerprint,
            at=at,
            customer_id=after.live_ids[0] if after.live_ids else None,
            trace=_trace(kind, after),
        )
        shared: dict[str, JsonValue] = {"case_id": after.id, "cause": cause.id, "risk": after.risk, "told": [*told]}
        for customer_id in after.live_ids:
            record_event(
                session,
                id=f"{cause.id}:{kind}:{customer_id}",
                customer_id=customer_id,
                kind=kind,
                at=at,
                actor=cause.actor,
                decision_id=decision_id,
                data=shared | _about(kind, after, customer_id, cause),
            )
        note(session, f"{cause.id}:{kind}", after.id, kind, at, told=told, deed=_about(kind, after, None, cause))


def note(
    session: Session,
    id_: str,
    case_id: str,
    action: str,
    at: datetime,
    *,
    deed: dict[str, JsonValue],
    told: tuple[str, ...] = (),
    principal: str = SYSTEM,
    person: str | None = None,
    refusal: str | None = None,
    facts: dict[str, str | int] | None = None,
) -> None:
    """Put something on the case's own timeline."""
    row = {
        "id": id_,
        "case_id": case_id,
        "action": action,
        "principal": principal,
        "person": person,
        "at": at,
        "recorded_at": datetime.now(UTC),
        "deed": deed,
        "told": [*told],
        "refusal": refusal,
        "facts": facts or {},
    }
    add(session, CollisionActRow, row)


def _kinds(before: CaseState | None, after: CaseState) -> Iterator[EventKind]:
    """What happened between two states, in the order in which it is told."""
    was = before or after.model_copy(update={"status": Status.OPEN, "level": Level.REPS, "proposal": None})
    if after.appeal is not None and was.appeal is None:
        yield EventKind.COLLISION_APPEALED
    if after.reminders > was.reminders:
        yield EventKind.COLLISION_REMINDED
    if any(voice not in was.voices for voice in after.voices):
        yield EventKind.COLLISION_POSITION_TAKEN
    if after.status is Status.OPEN:
        raised = after.level is not was.level or was.status is not Status.OPEN
        if raised and after.level is not Level.REPS:
            yield EventKind.COLLISION_ESCALATED
        wanted = after.proposal.resolution if after.proposal else None
        if not after.risk and (was.risk or wanted != (was.proposal.resolution if was.proposal else None)):
            yield EventKind.COLLISION_PROPOSED
    elif after.status is not was.status:
        dismissed = after.status is Status.DISMISSED
        yield EventKind.COLLISION_DISMISSED if dismissed else EventKind.COLLISION_SETTLED


def _told(kind: EventKind, state: CaseState, policy: Policy, scene: CaseScene) -> tuple[str, ...]:
    """Those who met, and their managers if the policy says so; of a reminder only those whose word is waited for, and
    of a risk that came to nothing nobody."""
    if kind is EventKind.COLLISION_REMINDED:
        return state.asked
    if state.status is Status.EXPIRED:
        return ()
    above = [it for seat in scene.managers() for it in seat] if policy.collisions.tell_managers else []
    return tuple(dict.fromkeys((*state.parties, *above, *state.deciders)))


def _about(kind: EventKind, state: CaseState, customer_id: str | None, cause: Cause) -> dict[str, JsonValue]:
    match kind:
        case EventKind.COLLISION_PROPOSED:
            return {"option": state.proposal.resolution.option if state.proposal else None}
        case EventKind.COLLISION_POSITION_TAKEN:
            last = state.voices[-1]
            return {"by": last.by, "level": last.level, "option": last.resolution.option}
        case EventKind.COLLISION_REMINDED | EventKind.COLLISION_ESCALATED:
            return {"level": state.level, "asked": [*state.asked]}
        case EventKind.COLLISION_SETTLED:
            return _settled(state, customer_id)
        case EventKind.COLLISION_DISMISSED:
            return {"by": cause.actor}
        case _:
            return {"by": cause.actor, "level": state.level}


def _settled(state: CaseState, customer_id: str | None) -> dict[str, JsonValue]:
    """The outcome, with who sells what where the customer was split by product line."""
    settlement = state.settlement
    owners = {subject.customer_id: subject.from_id for subject in settlement.subjects} if settlement else {}
    data: dict[str, JsonValue] = {
        "outcome": state.outcome,
        "owner_id": owners.get(customer_id) if customer_id else next(iter(owners.values()), None),
        "level": settlement.level if settlement else None,
        "refusals": [result.refusal for result in state.results if result.refusal],
    }
    if settlement is None or state.status is not Status.SETTLED:
        return data
    data["resolution"] = settlement.resolution.model_dump(mode="json")
    main = getattr(settlement.resolution, "to_id", None) or getattr(settlement.resolution, "main_id", None)
    return {**data, "owner_id": main or data["owner_id"]}


def _trace(kind: EventKind, state: CaseState) -> dict[str, JsonValue]:
    """The rules of engagement with what each went by, who was asked and wants what; no text of people's."""
    without_words: dict[str, Any] = {
        "voices": {"__all__": {"words"}},
        "settlement": {"words"},
        "appeal": {"reason": True, "against": {"words"}},
        "due": True,
    }
    return {"change": kind, "case": state.model_dump(mode="json", exclude=without_words)}
