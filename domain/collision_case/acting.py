"""What people's deeds come to: from one state of a case to the next, or a refusal with its rule's code."""

from collections.abc import Sequence
from datetime import datetime

from domain.approval.request import Actor
from domain.change import Refused
from domain.collision_case.deed import Acknowledge, Act, Decide, Dismiss, Object, TakePosition
from domain.collision_case.passing import begun, begun_above, ended, frozen, settled
from domain.collision_case.resolution import Keep, Merge, Nothing, Resolution, Share, Split, Transfer, same
from domain.collision_case.scene import CaseScene
from domain.collision_case.state import Appeal, CaseState, Level, Settlement, Status, Voice
from domain.policy import Policy

_MOST_VOICES = 200


def act(state: CaseState, deed: Act, policy: Policy, scene: CaseScene, at: datetime) -> CaseState:
    """The case after somebody did something about it.

    Args:
        state: as it stands, looked at anew (``passing.refreshed``).
        deed: who does what.
        policy: the rules by which it is settled.
        scene: who and what it is about at this moment.
        at: the workflow's time.

    Raises:
        Refused: ``case_settled`` with its ``outcome``, ``case_not_settled``, ``only_a_risk``, ``not_a_risk``,
            ``not_a_party``, ``not_asked``, ``four_eyes``, ``already_appealed``, ``appeal_too_late``,
            ``outside_the_case``, ``already_the_owner``, ``owner_cannot_share``, ``resolution_incomplete``,
            ``nothing_to_merge`` or ``too_much_said``.
    """
    what = deed.deed
    if isinstance(what, Object):
        return _appealed(state, deed.by, what, policy, scene, at)
    if state.status is not Status.OPEN:
        raise Refused("case_settled", outcome=state.outcome or state.status)
    match what:
        case Acknowledge():
            return _acknowledged(state, deed, scene)
        case Dismiss():
            _check_concerned(deed, scene, owners=True)
            return ended(state, Status.DISMISSED, at).model_copy(update={"dismissed_by": deed.by})
        case TakePosition():
            return _position_taken(state, deed.by, what, policy, scene, at)
        case Decide():
            return _decided(state, deed, what, policy, scene, at)


def _position_taken(
    state: CaseState, by: Actor, what: TakePosition, policy: Policy, scene: CaseScene, at: datetime
) -> CaseState:
    """What all of the reps say settles it, but not a second time what was appealed against or not approved."""
    if state.risk:
        raise Refused("only_a_risk")
    if by.person is None or by.person not in scene.parties:
        raise Refused("not_a_party")
    resolution = fitting(what.resolution, scene)
    state = _heard(state, Level.REPS, by.person, resolution, what.words, at)
    agreed = state.round == 1 and _of_one_mind(state, Level.REPS, [(it,) for it in scene.parties])
    if not agreed:
        return state
    everybody = tuple(Actor(principal=by.principal if it == by.person else it, person=it) for it in scene.parties)
    return settled(state, resolution, Level.REPS, everybody, what.words, policy, scene, at)


def _decided(state: CaseState, deed: Act, what: Decide, policy: Policy, scene: CaseScene, at: datetime) -> CaseState:
    """An administrator's word counts at any time, the managers' when their time has come: one who is the manager of
    all decides alone, several together; where they do not agree, an administrator decides."""
    if state.risk:
        raise Refused("only_a_risk")
    _check_four_eyes(state, deed.by)
    resolution = fitting(what.resolution, scene)
    person = deed.by.person
    if deed.administrator:
        return settled(state, resolution, Level.ADMINISTRATORS, (deed.by,), what.words, policy, scene, at)
    if state.level is not Level.MANAGERS or person is None or not any(person in seat for seat in state.seats):
        raise Refused("not_asked")
    state = _heard(state, Level.MANAGERS, person, resolution, what.words, at)
    if _of_one_mind(state, Level.MANAGERS, state.seats):
        heard = [voice.by for voice in state.voices if voice.level is Level.MANAGERS]
        by = tuple(deed.by if it == person else Actor(principal=it, person=it) for it in heard)
        return settled(state, resolution, Level.MANAGERS, by, what.words, policy, scene, at)
    return state if state.asked else begun_above(state, policy, scene, at)


def _appealed(state: CaseState, by: Actor, what: Object, policy: Policy, scene: CaseScene, at: datetime) -> CaseState:
    """Once, and those above whoever settled it decide; what was done stays done until then."""
    against = state.settlement
    if state.status is not Status.SETTLED or not state.concluded or against is None:
        raise Refused("case_not_settled")
    if by.person is None or by.person not in scene.parties:
        raise Refused("not_a_party")
    if state.appeal is not None:
        raise Refused("already_appealed")
    if state.appeal_until is None or at > state.appeal_until:
        until = state.appeal_until.isoformat() if state.appeal_until else ""
        raise Refused("appeal_too_late", until=until)
    reopened = state.model_copy(
        update={
            "status": Status.OPEN,
            "round": state.round + 1,
            "voices": tuple(voice for voice in state.voices if voice.level is Level.REPS),
            "settlement": None,
            "results": (),
            "concluded": False,
            "ended_at": None,
            "appeal": Appeal(by=by.person, reason=what.reason, at=at, against=against),
        }
    )
    reopened = frozen(reopened, policy.collisions.case, at)
    return begun(reopened, _above(against), policy, scene, at)


def _above(against: Settlement) -> Level:
    return Level.MANAGERS if against.level in (None, Level.REPS) else Level.ADMINISTRATORS


def _acknowledged(state: CaseState, deed: Act, scene: CaseScene) -> CaseState:
    if not state.risk:
        raise Refused("not_a_risk")
    if deed.by.person not in scene.parties:
        _check_concerned(deed, scene)
    name = deed.by.person or deed.by.principal
    return state.model_copy(update={"acknowledged": tuple(dict.fromkeys((*state.acknowledged, name)))})


def fitting(resolution: Resolution, scene: CaseScene) -> Resolution:
    """The resolution in its plain form, if it fits the case as it stands.

    Raises:
        Refused: ``outside_the_case``, ``already_the_owner``, ``owner_cannot_share``, ``resolution_incomplete`` or
            ``nothing_to_merge``.
    """
    for rep_id in resolution.names:
        if rep_id not in scene.parties:
            raise Refused("outside_the_case", about=rep_id)
    match resolution:
        case Transfer() if all(side.owner_id == resolution.to_id for side in scene.sides):
            raise Refused("already_the_owner", about=resolution.to_id)
        case Share():
            return _fitting_share(resolution, scene)
        case Split():
            if not scene.owners or len(resolution.names) < 2:
                raise Refused("resolution_incomplete", lacks="lines" if scene.owners else "main_id")
        case Merge():
            live = [side.customer_id for side in scene.sides]
            if len(live) < 2 or resolution.survivor_id not in live:
                raise Refused("nothing_to_merge")
        case Keep() | Nothing() | Transfer():
            pass
    return resolution


def _fitting_share(share: Share, scene: CaseScene) -> Share:
    main = share.main_id or next(iter(scene.owners), None)
    if main is None:
        raise Refused("resolution_incomplete", lacks="main_id")
    if main in share.collaborators:
        raise Refused("owner_cannot_share", about=main)
    stays = all(side.owner_id == main for side in scene.sides)
    return share.model_copy(update={"main_id": None if stays else main})


def _heard(state: CaseState, level: Level, person: str, resolution: Resolution, words: str, at: datetime) -> CaseState:
    """The last word of each at a level counts."""
    others = tuple(voice for voice in state.voices if (voice.by, voice.level) != (person, level))
    if len(others) >= _MOST_VOICES:
        raise Refused("too_much_said", limit=_MOST_VOICES)
    voice = Voice(by=person, level=level, resolution=resolution, words=words, at=at)
    return state.model_copy(update={"voices": (*others, voice)})


def _of_one_mind(state: CaseState, level: Level, seats: Sequence[Sequence[str]]) -> bool:
    """Whether every seat was heard and all want the same."""
    said = {voice.by: voice.resolution for voice in state.voices if voice.level is level}
    wanted = [next((said[it] for it in seat if it in said), None) for seat in seats]
    first = wanted[0] if wanted else None
    return first is not None and all(it is not None and same(it, first) for it in wanted)


def _check_four_eyes(state: CaseState, by: Actor) -> None:
    """Nobody decides a case in which they are a party, nor one in which their own decision is appealed against."""
    before = state.appeal.against.by if state.appeal else ()
    again = any((by.principal, by.person) == (actor.principal, actor.person) for actor in before)
    if by.person in state.rep_ids or again:
        raise Refused("four_eyes")


def _check_concerned(deed: Act, scene: CaseScene, *, owners: bool = False) -> None:
    """Administrators, the parties' managers and, where that is said, an owner of a customer."""
    may = {rep_id for seat in scene.managers() for rep_id in seat} | (set(scene.owners) if owners else set())
    if not deed.administrator and deed.by.person not in may:
        raise Refused("not_asked")
