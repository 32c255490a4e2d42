"""What people's deeds come to: from one state of an approval to the next, or a refusal with its rule's code."""

from collections.abc import Callable
from datetime import datetime

from domain.approval.chain import asked_now
from domain.approval.deed import Act, AddSigner, Attach, Comment, Deed, Delegate, Place
from domain.approval.people import Scene
from domain.approval.rules import MAX_STEPS, Action, Approver, Mode
from domain.approval.seats import barred_now, begun, escalated, refreshed, with_step
from domain.approval.state import OPEN, ApprovalState, Seat, Status, Step, StepOutcome, Verdict
from domain.change import Refused
from domain.policy import Policy

_BY_WHO_IS_ASKED = frozenset({Action.APPROVE, Action.REJECT, Action.RETURN, Action.DELEGATE, Action.ADD_SIGNER})


def act(state: ApprovalState, deed: Act, policy: Policy, scene: Scene, at: datetime) -> ApprovalState:
    """The approval after somebody did something about it.

    Args:
        state: as it stands.
        deed: who does what.
        policy: the rules by which the request is decided.
        scene: who is who at this moment, with the customers as they are.
        at: the workflow's time.

    Raises:
        Refused: ``approval_decided`` with its ``outcome``, ``approval_returned``, ``approval_not_returned``,
            ``link_outdated``, ``four_eyes``, ``not_asked``, ``not_the_requester``, ``administrators_only``,
            ``reason_required``, ``already_asked``, ``rep_not_available``, ``unknown_rep`` or ``too_many_steps``.
    """
    what = deed.deed
    if isinstance(what, Comment | Attach):
        _check_concerned(state, deed)
        return state
    if state.status not in OPEN:
        raise Refused("approval_decided", outcome=state.status)
    if deed.step is not None and (state.current is None or deed.step != state.current.id):
        raise Refused("link_outdated")
    if what.action in _BY_WHO_IS_ASKED:
        return _of_who_is_asked(state, deed, policy, scene, at)
    _check_reason(state, what, policy)
    return _OF_OTHERS[what.action](state, deed, policy, scene, at)


def _of_who_is_asked(state: ApprovalState, deed: Act, policy: Policy, scene: Scene, at: datetime) -> ApprovalState:
    barred = barred_now(state, policy, scene)
    _check_four_eyes(state, deed, barred)
    if state.status is Status.RETURNED:
        raise Refused("approval_returned")
    fresh = refreshed(state, policy, scene)
    step, number = _voice(fresh, deed.by.person)
    _check_reason(state, deed.deed, policy)
    what = deed.deed
    match what:
        case Delegate():
            _check_helper(what.to_id, step, scene, barred)
            return _delegated(fresh, step, number, what, deed, scene, barred)
        case AddSigner():
            _check_helper(what.signer_id, step, scene, barred)
            return _signed(fresh, step, what, deed, policy, scene, at)
        case _ if what.action is Action.RETURN:
            return begun(fresh, policy, scene, at).model_copy(update={"status": Status.RETURNED})
        case _:
            verdict = Verdict.APPROVED if what.action is Action.APPROVE else Verdict.REJECTED
            return _said(fresh, step, number, verdict, deed, policy, scene, at)


def _recalled(state: ApprovalState, deed: Act, _policy: Policy, _scene: Scene, at: datetime) -> ApprovalState:
    _check_requester(state, deed)
    return ended(state, Status.RECALLED, at)


def _resubmitted(state: ApprovalState, deed: Act, policy: Policy, scene: Scene, at: datetime) -> ApprovalState:
    _check_requester(state, deed)
    if state.status is not Status.RETURNED:
        raise Refused("approval_not_returned")
    return begun(state.model_copy(update={"status": Status.PENDING}), policy, scene, at)


def _escalated(state: ApprovalState, deed: Act, policy: Policy, scene: Scene, _at: datetime) -> ApprovalState:
    if not deed.administrator:
        raise Refused("administrators_only")
    if state.status is Status.RETURNED:
        raise Refused("approval_returned")
    return escalated(state, policy, scene)


_OF_OTHERS: dict[Action, Callable[[ApprovalState, Act, Policy, Scene, datetime], ApprovalState]] = {
    Action.RECALL: _recalled,
    Action.RESUBMIT: _resubmitted,
    Action.ESCALATE: _escalated,
}


def ended(state: ApprovalState, status: Status, at: datetime) -> ApprovalState:
    """The approval at its end, or with only the customers left to be asked; nothing is due any more."""
    done = None if status is Status.APPROVED else at
    return state.model_copy(update={"status": status, "due": (), "ended_at": done})


def _said(
    state: ApprovalState,
    step: Step,
    number: int,
    verdict: Verdict,
    deed: Act,
    policy: Policy,
    scene: Scene,
    at: datetime,
) -> ApprovalState:
    said = {"verdict": verdict, "by": deed.by.person, "at": at}
    seats = tuple(seat.model_copy(update=said) if place == number else seat for place, seat in enumerate(step.seats))
    step = step.model_copy(update={"seats": seats})
    outcome = _outcome(step)
    state = with_step(state, step.model_copy(update={"outcome": outcome}))
    if outcome is StepOutcome.REJECTED:
        return ended(state, Status.REJECTED, at)
    if state.current is None:
        return ended(state, Status.APPROVED, at)
    begins = outcome is not None or step.mode is Mode.SEQUENTIAL
    return begun(state, policy, scene, at) if begins else state


def _outcome(step: Step) -> StepOutcome | None:
    """What those who spoke come to together; None while others must be heard."""
    yes = sum(seat.verdict is Verdict.APPROVED for seat in step.seats)
    no = sum(seat.verdict is Verdict.REJECTED for seat in step.seats)
    needed = {Mode.ANY: 1, Mode.QUORUM: step.quorum or 1}.get(step.mode, len(step.seats))
    most_no = len(step.seats) - needed if step.mode is Mode.QUORUM else 0
    if no > most_no:
        return StepOutcome.REJECTED
    return StepOutcome.APPROVED if yes >= needed else None


def _delegated(
    state: ApprovalState, step: Step, number: int, what: Delegate, deed: Act, scene: Scene, barred: frozenset[str]
) -> ApprovalState:
    seat = step.seats[number]
    line = (*seat.line, *((deed.by.person,) if deed.by.person else ()))
    given = seat.model_copy(update={"asked": asked_now(what.to_id, scene, barred), "line": line})
    seats = tuple(given if place == number else one for place, one in enumerate(step.seats))
    return with_step(state, step.model_copy(update={"seats": seats}))


def _signed(
    state: ApprovalState, step: Step, what: AddSigner, deed: Act, policy: Policy, scene: Scene, at: datetime
) -> ApprovalState:
    if len(state.steps) >= MAX_STEPS:
        raise Refused("too_many_steps", limit=MAX_STEPS)
    signer = Seat(approver=Approver(rep=what.signer_id), holder=what.signer_id, asked=(what.signer_id,))
    added = Step(
        id=max(one.id for one in state.steps) + 1,
        name=step.name,
        mode=Mode.ANY,
        seats=(signer,),
        added_by=deed.by.person,
    )
    place = state.steps.index(step) + (what.place is Place.AFTER)
    after = state.model_copy(update={"steps": (*state.steps[:place], added, *state.steps[place:])})
    return begun(after, policy, scene, at) if what.place is Place.BEFORE else after


def _voice(state: ApprovalState, person: str | None) -> tuple[Step, int]:
    """The step that is on and the number of the seat with which somebody speaks in it: their own before another's."""
    step = state.current
    seats = [number for number in step.turn if person in step.speakers(number)] if step else []
    if step is None or not seats:
        raise Refused("not_asked")
    return step, min(seats, key=lambda number: step.seats[number].holder != person)


def _check_four_eyes(state: ApprovalState, deed: Act, barred: frozenset[str]) -> None:
    """Nobody decides their own request: neither the requester by another name, nor who gains, nor who speaks for
    either."""
    step = state.current
    spoken_for = [
        rep_id
        for seat in (step.seats if step else ())
        if seat.verdict is None and deed.by.person in seat.asked
        for rep_id in seat.principals
    ]
    if _is_requester(state, deed) or deed.by.person in barred or not barred.isdisjoint(spoken_for):
        raise Refused("four_eyes")


def _check_helper(rep_id: str, step: Step, scene: Scene, barred: frozenset[str]) -> None:
    """Refuse a delegate or a signer who may not decide, or is asked anyway."""
    if rep_id not in scene.persons:
        raise Refused("unknown_rep")
    if rep_id in barred:
        raise Refused("four_eyes")
    if not scene.active(rep_id):
        raise Refused("rep_not_available")
    if any(rep_id in seat.asked for seat in step.seats):
        raise Refused("already_asked", about=rep_id)


def _check_requester(state: ApprovalState, deed: Act) -> None:
    if not deed.administrator and not _is_requester(state, deed):
        raise Refused("not_the_requester")


def _is_requester(state: ApprovalState, deed: Act) -> bool:
    same_person = deed.by.person is not None and deed.by.person == state.requester.person
    return same_person or deed.by.principal == state.requester.principal


def _check_concerned(state: ApprovalState, deed: Act) -> None:
    concerned = deed.by.person in (*state.concerned, *state.asked)
    if not deed.administrator and not concerned and not _is_requester(state, deed):
        raise Refused("not_asked")


def _check_reason(state: ApprovalState, what: Deed, policy: Policy) -> None:
    chain = policy.approvals.chains.get(state.wanted.kind)
    if chain is not None and what.action in chain.reasons and what.reason is None:
        raise Refused("reason_required", action=what.action)
