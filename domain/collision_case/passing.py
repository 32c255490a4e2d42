"""How a case goes on: begun, looked at anew, moved on by time, settled, and what became of the settlement."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.approval.request import Actor
from domain.approval.rules import ApprovalKind
from domain.collision_case.proposal import proposal_of
from domain.collision_case.resolution import Keep, Resolution, Share, Transfer
from domain.collision_case.rules import AgreedTransfer, CaseDefault, CaseRules
from domain.collision_case.scene import CaseScene
from domain.collision_case.state import CaseState, Due, Level, Result, Settlement, Stage, Status, Subject
from domain.collision_opening import Opening
from domain.policy import Policy

_ABOVE = {Level.REPS: Level.MANAGERS, Level.MANAGERS: Level.ADMINISTRATORS}
NOT_APPROVED = frozenset(
    {"no_approver", "approval_not_offered", "approval_rejected", "approval_expired", "approval_recalled"}
)
"""Why the chain of approval did not let pass what the reps had agreed on."""


def opened(opening: Opening, policy: Policy, scene: CaseScene, at: datetime) -> CaseState:
    """A case as it begins: with a proposal, the reps asked, and everything that falls due.

    Args:
        opening: what was seen first.
        policy: the rules in force.
        scene: who and what it is about.
        at: the workflow's time.
    """
    state = CaseState(
        id=opening.case_id,
        detector=opening.detector,
        risk=True,
        customer_ids=scene.customer_ids,
        live_ids=(),
        rep_ids=scene.rep_ids,
        parties=scene.parties,
        policy=policy.fingerprint,
        opened_at=opening.at,
    )
    if scene.risk:
        expires = Due(stage=Stage.EXPIRE, at=at + timedelta(days=policy.collisions.case.risk_expires_days))
        state = state.model_copy(update={"due": (expires,)})
    return refreshed(state, policy, scene, at)


def refreshed(state: CaseState, policy: Policy, scene: CaseScene, at: datetime, *, restored: bool = False) -> CaseState:
    """The same case with who and what it is about by now.

    Customers that were merged are followed. A risk becomes a collision when the reps have met. A case of which fewer
    than two are left is overtaken: nobody stands in anybody's way any more. A customer that was ``restored`` by the
    undoing of a merge came back without its freeze, even where the case never saw the merge: it is frozen again.
    """
    if state.status is not Status.OPEN:
        return state
    met = state.risk and not scene.risk
    live_ids = tuple(side.customer_id for side in scene.sides)
    moved = restored or state.live_ids not in ((), live_ids)
    state = state.model_copy(
        update={
            "risk": scene.risk,
            "customer_ids": scene.customer_ids,
            "live_ids": live_ids,
            "moves": state.moves + moved,
            "rep_ids": scene.rep_ids,
            "parties": scene.parties,
            "seen": scene.seen,
            "proposal": proposal_of(scene, policy.collisions.case, at),
        }
    )
    if scene.risk:
        return state
    if len(scene.parties) < 2:
        return ended(state, Status.OVERTAKEN, at)
    if met:
        return begun(frozen(state, policy.collisions.case, at), Level.REPS, policy, scene, at)
    seats = seats_of(state, state.level, scene)
    if not seats and state.level is Level.MANAGERS:
        return begun(state, Level.ADMINISTRATORS, policy, scene, at)
    return state.model_copy(update={"seats": seats})


def begun(state: CaseState, level: Level, policy: Policy, scene: CaseScene, at: datetime) -> CaseState:
    """The case where others are to settle it from now on; without managers it is an administrator's at once."""
    seats = seats_of(state, level, scene)
    if not seats and level is Level.MANAGERS:
        level = Level.ADMINISTRATORS
        seats = seats_of(state, level, scene)
    return state.model_copy(update={"level": level, "seats": seats, "due": deadlines(policy, level, at)})


def begun_above(state: CaseState, policy: Policy, scene: CaseScene, at: datetime) -> CaseState:
    """The case where whoever is above those who were asked is to settle it."""
    return begun(state, _ABOVE.get(state.level, Level.ADMINISTRATORS), policy, scene, at)


def frozen(state: CaseState, rules: CaseRules, at: datetime) -> CaseState:
    """The case whose customers nobody new may get from now on, if the policy says so; never for longer than it says."""
    until = at + timedelta(days=rules.freeze_at_most_days) if rules.freeze else None
    return state.model_copy(update={"frozen_until": until})


def seats_of(state: CaseState, level: Level, scene: CaseScene) -> tuple[tuple[str, ...], ...]:
    """The voices of a level. An administrator who settled what is appealed against is not asked again."""
    if level is Level.REPS:
        return tuple((rep_id,) for rep_id in scene.parties)
    if level is Level.MANAGERS:
        return scene.managers()
    before = {actor.person for actor in state.appeal.against.by} if state.appeal else set()
    able = tuple(it for it in scene.administrators if it not in scene.rep_ids and it not in before)
    return (able,) if able else ()


def deadlines(policy: Policy, level: Level, at: datetime) -> tuple[Due, ...]:
    """What falls due at a level that begins now; in business time where the policy names a calendar."""
    rules = policy.collisions.case
    calendar = policy.calendar(rules.calendar)
    within = {
        Level.REPS: rules.agree_within_hours,
        Level.MANAGERS: rules.manager_within_hours,
        Level.ADMINISTRATORS: rules.administrator_within_hours,
    }

    def after(hours: int) -> datetime:
        time = timedelta(hours=hours)
        return calendar.add_business_time(at, time) if calendar else at + time

    return (
        Due(stage=Stage.REMIND, at=after(rules.remind_after_hours)),
        Due(stage=Stage.MOVE_ON, at=after(within[level])),
    )


def fallen_due(state: CaseState, due: Due, policy: Policy, scene: CaseScene, at: datetime) -> CaseState | None:
    """The case after something fell due, or None when it moved on meanwhile."""
    if state.status is not Status.OPEN or state.due[:1] != (due,):
        return None
    state = refreshed(state.model_copy(update={"due": state.due[1:]}), policy, scene, at)
    if state.status is not Status.OPEN:
        return state
    if due.stage is Stage.EXPIRE:
        return ended(state, Status.EXPIRED, at) if state.risk else state
    if due.stage is Stage.REMIND:
        return state.model_copy(update={"reminders": state.reminders + 1})
    if state.level is not Level.ADMINISTRATORS:
        return begun_above(state, policy, scene, at)
    if policy.collisions.case.default is CaseDefault.KEEP_WAITING:
        return state
    return settled(state, Keep(), None, (), None, policy, scene, at)


def settled(
    state: CaseState,
    resolution: Resolution,
    level: Level | None,
    by: tuple[Actor, ...],
    words: str | None,
    policy: Policy,
    scene: CaseScene,
    at: datetime,
) -> CaseState:
    """The case settled, with its customers still to be asked; nothing is due any more."""
    rules = policy.collisions.case
    moves = isinstance(resolution, Transfer) or (isinstance(resolution, Share) and resolution.main_id is not None)
    chain = rules.agreed_transfer is AgreedTransfer.APPROVAL and ApprovalKind.TRANSFER in policy.approvals.chains
    settlement = Settlement(
        resolution=resolution,
        level=level,
        by=by,
        words=words,
        at=at,
        subjects=tuple(Subject(customer_id=side.customer_id, from_id=side.owner_id) for side in scene.sides),
        via_approval=moves and level is Level.REPS and chain,
        shared_until=at + timedelta(days=rules.share_days),
    )
    appealing = rules.appeal_within_days and state.appeal is None
    until = at + timedelta(days=rules.appeal_within_days) if appealing else None
    return state.model_copy(
        update={"status": Status.SETTLED, "settlement": settlement, "due": (), "appeal_until": until}
    )


def ended(state: CaseState, status: Status, at: datetime) -> CaseState:
    """The case at an end at which nothing is left to be done."""
    return state.model_copy(update={"status": status, "due": (), "concluded": True, "ended_at": at})


def concluded(state: CaseState, results: Sequence[Result], policy: Policy, scene: CaseScene, at: datetime) -> CaseState:
    """The case after everything was tried that was to be done.

    What no approver let pass goes to the managers. When all was refused because the customers went another way
    meanwhile, the case was overtaken.
    """
    refused = [result.refusal for result in results if result.refusal is not None]
    if not NOT_APPROVED.isdisjoint(refused):
        again = {"status": Status.OPEN, "settlement": None, "round": state.round + 1, "results": tuple(results)}
        return begun(state.model_copy(update=again), Level.MANAGERS, policy, scene, at)
    status = Status.OVERTAKEN if results and len(refused) == len(results) else Status.SETTLED
    return ended(state, status, at).model_copy(update={"results": tuple(results)})
