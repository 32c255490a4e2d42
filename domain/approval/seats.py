"""Who speaks with which voice: seats kept filled while people leave, go on leave, or get a role that bars them."""

from collections.abc import Callable
from datetime import datetime

from domain.approval.chain import asked_now, deadlines, otherwise
from domain.approval.people import Scene, barred_people, holders, substitute
from domain.approval.state import ApprovalState, Seat, Step
from domain.policy import Policy


def barred_now(state: ApprovalState, policy: Policy, scene: Scene) -> frozenset[str]:
    """Who must not decide about this request at this instant (invariant four_eyes)."""
    chain = policy.approvals.chains.get(state.wanted.kind)
    roles = chain.barred if chain else ()
    return barred_people(roles, state.wanted, state.requester, scene)


def refreshed(state: ApprovalState, policy: Policy, scene: Scene) -> ApprovalState:
    """The same with every silent voice of the step that is on given to somebody who may use it.

    Who was resolved at the start stays, unless they left or must not decide by now: then the rule is asked again, and
    where it names nobody else, those who are asked otherwise. Somebody on leave is joined by their substitute.
    """
    step = state.current
    if step is None:
        return state
    barred = barred_now(state, policy, scene)
    seats = list(step.seats)
    for number, seat in enumerate(seats):
        if seat.verdict is None:
            taken = {other.holder for other in seats if other is not seat}
            seats[number] = _filled(seat, taken, state, policy, scene, barred)
    return with_step(state, step.model_copy(update={"seats": tuple(seats)}))


def escalated(state: ApprovalState, policy: Policy, scene: Scene) -> ApprovalState:
    """The same with the substitutes of all asked beside them, and those who are asked otherwise where one has none."""
    barred = barred_now(state, policy, scene)

    def joined(seat: Seat) -> Seat:
        instead = [substitute(rep_id, scene, barred) for rep_id in seat.asked]
        found = [rep_id for rep_id in instead if rep_id and rep_id not in seat.asked]
        asked = (*seat.asked, *(found or _otherwise(state, policy, scene, barred)))
        return seat.model_copy(update={"asked": tuple(dict.fromkeys(asked))})

    return _each_silent(refreshed(state, policy, scene), joined)


def with_step(state: ApprovalState, step: Step) -> ApprovalState:
    """The same with this step in place of the one that has its id."""
    steps = tuple(step if one.id == step.id else one for one in state.steps)
    return state.model_copy(update={"steps": steps})


def begun(state: ApprovalState, policy: Policy, scene: Scene, at: datetime) -> ApprovalState:
    """The same where a step, or the turn of the next in a step, begins now."""
    return refreshed(state, policy, scene).model_copy(update={"due": deadlines(policy, at)})


def _each_silent(state: ApprovalState, change: Callable[[Seat], Seat]) -> ApprovalState:
    step = state.current
    if step is None:
        return state
    turn = step.turn
    seats = tuple(change(seat) if number in turn else seat for number, seat in enumerate(step.seats))
    return with_step(state, step.model_copy(update={"seats": seats}))


def _filled(
    seat: Seat, taken: set[str | None], state: ApprovalState, policy: Policy, scene: Scene, barred: frozenset[str]
) -> Seat:
    speakers = tuple(rep_id for rep_id in seat.asked if scene.active(rep_id) and rep_id not in barred)
    lost = not speakers or not barred.isdisjoint(seat.principals) or not scene.active(seat.holder)
    if not lost:
        stand_ins = (rep_id for speaker in speakers for rep_id in asked_now(speaker, scene, barred))
        present = any(not scene.away(rep_id) for rep_id in speakers)
        return seat.model_copy(update={"asked": speakers if present else tuple(dict.fromkeys(stand_ins))})
    committees = policy.approvals.committees
    named = holders(seat.approver, state.wanted, state.requester, scene, committees, barred)
    left = [rep_id for rep_id in named if rep_id not in taken]
    heir = next(iter(left), None) or _heir(seat, scene, barred | {rep_id for rep_id in taken if rep_id})
    if heir is None:
        return Seat(approver=seat.approver, holder=None, asked=_otherwise(state, policy, scene, barred))
    return Seat(approver=seat.approver, holder=heir, asked=asked_now(heir, scene, barred))


def _heir(seat: Seat, scene: Scene, barred: frozenset[str]) -> str | None:
    """Who takes a voice over that its rule gives to nobody else: of a member of a committee, for example."""
    return substitute(seat.holder, scene, barred) if seat.holder else None


def _otherwise(state: ApprovalState, policy: Policy, scene: Scene, barred: frozenset[str]) -> tuple[str, ...]:
    return tuple(otherwise(policy, state.wanted, state.requester, scene, barred))
