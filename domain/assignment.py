"""Who gets the customer, and why. Pure: the same inputs give the same owner on any machine."""

from collections.abc import Callable, Sequence
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, JsonValue

from domain.lead import CustomerType
from domain.policy import Method, Policy


class _Plain(BaseModel):
    model_config = ConfigDict(frozen=True)


class Rep(_Plain):
    """A rep as assignment sees them."""

    id: str
    name: str
    active: bool = True
    on_leave: bool = False
    off_duty: bool = False
    """Outside their hours where that counts: rotation passes over them, but whoever asks for them gets them."""
    regions: tuple[str, ...] = ()
    last_turn: int | None = None
    """The number of the latest turn in the rotation pool at hand; None when there was none yet."""

    @property
    def available(self) -> bool:
        """Whether a customer may be given to this rep now."""
        return self.active and not self.on_leave

    def covers(self, region: str) -> bool:
        """Whether the rep works a region: the very code, or the country that it lies in."""
        return any(region == own or region.startswith(f"{own}-") for own in self.regions)


class Referral(_Plain):
    """One link of the chain that led to a customer: the referring customer and who owns it."""

    customer_id: str
    owner_id: str | None


class Case(_Plain):
    """What assignment needs to know about a customer."""

    customer_type: CustomerType
    region: str | None = None
    named_contact: str | None = None
    show_contact: str | None = None
    referrals: tuple[Referral, ...] = ()
    """The referral chain, nearest first."""
    excluded: tuple[str, ...] = ()
    """Reps who must not get it, for example the previous owner after an overdue follow-up."""


class Reason(StrEnum):
    """The closed list of reasons why a method gave an owner or did not."""

    CHOSEN = "chosen"
    NOT_NAMED = "not_named"
    UNKNOWN_REP = "unknown_rep"
    INACTIVE = "inactive"
    ON_LEAVE = "on_leave"
    EXCLUDED = "excluded"
    NO_REFERRER = "no_referrer"
    REFERRER_HAS_NO_OWNER = "referrer_has_no_owner"
    NO_REGION = "no_region"
    NO_TERRITORY = "no_territory"
    NOBODY_ON_DUTY = "nobody_on_duty"
    NEEDS_DESIGNATION = "needs_designation"


class Trial(_Plain):
    """One method tried: whom it looked at, and why it did or did not apply."""

    method: Method
    reason: Reason
    rep_id: str | None = None
    considered: tuple[str, ...] = ()


class Assignment(_Plain):
    """The decision: an owner, or a queue with the reason. Never both, never neither."""

    owner_id: str | None
    queue: str | None
    reason: Reason
    method: Method | None
    rotation_pool: str | None = None
    """The pool in which the owner's turn must be recorded, when rotation decided."""
    trials: tuple[Trial, ...]


def assign(case: Case, policy: Policy, reps: Sequence[Rep], *, only: Method | None = None) -> Assignment:
    """Try the methods of the customer type's rule in order; the first that gives an owner counts.

    Args:
        case: the customer to assign.
        policy: the rules in force.
        reps: every rep that the case names or whose region covers it, with their last turn in the case's pool.
        only: try this method alone.
    """
    rule = policy.assignment[case.customer_type]
    known = {rep.id: rep for rep in reps}
    trials: list[Trial] = []
    for method in (only,) if only else rule.methods:
        trial = _METHODS[method](method, case, known)
        trials.append(trial)
        if trial.reason is Reason.CHOSEN:
            pool = case.region if method is Method.ROTATION else None
            return Assignment(
                owner_id=trial.rep_id,
                queue=None,
                reason=trial.reason,
                method=method,
                rotation_pool=pool,
                trials=tuple(trials),
            )
    return Assignment(owner_id=None, queue=rule.queue, reason=_why_queued(trials), method=None, trials=tuple(trials))


def inputs_of(case: Case, reps: Sequence[Rep]) -> dict[str, JsonValue]:
    """What an assignment was decided from, for its trace: the case, available reps' latest turns, who is off duty."""
    turns: dict[str, JsonValue] = {rep.id: rep.last_turn for rep in reps if rep.available}
    off_duty: list[JsonValue] = [rep.id for rep in reps if rep.off_duty]
    passed_over: dict[str, JsonValue] = {"off_duty": off_duty} if off_duty else {}
    return {"case": case.model_dump(mode="json", exclude_defaults=True), "turns": turns, **passed_over}


def _why_queued(trials: Sequence[Trial]) -> Reason:
    """The last method's reason; a key account for which nobody was named waits for a designation."""
    last = trials[-1].reason if trials else Reason.NEEDS_DESIGNATION
    return Reason.NEEDS_DESIGNATION if last is Reason.NOT_NAMED else last


def _refusal(rep_id: str, case: Case, reps: dict[str, Rep]) -> Reason:
    """Why this rep cannot take the case, or CHOSEN."""
    rep = reps.get(rep_id)
    if rep is None:
        return Reason.UNKNOWN_REP
    if not rep.active:
        return Reason.INACTIVE
    if rep.on_leave:
        return Reason.ON_LEAVE
    return Reason.EXCLUDED if rep_id in case.excluded else Reason.CHOSEN


def _named(method: Method, case: Case, reps: dict[str, Rep]) -> Trial:
    rep_id = case.named_contact if method is Method.NAMED_CONTACT else case.show_contact
    if rep_id is None:
        return Trial(method=method, reason=Reason.NOT_NAMED)
    return Trial(method=method, reason=_refusal(rep_id, case, reps), rep_id=rep_id)


def _referrer_owner(method: Method, case: Case, reps: dict[str, Rep]) -> Trial:
    """Walk the chain from the nearest referrer to the first whose owner can take the case."""
    if not case.referrals:
        return Trial(method=method, reason=Reason.NO_REFERRER)
    considered: list[str] = []
    reason = Reason.REFERRER_HAS_NO_OWNER
    for link in case.referrals:
        if link.owner_id is None:
            continue
        considered.append(link.owner_id)
        reason = _refusal(link.owner_id, case, reps)
        if reason is Reason.CHOSEN:
            return Trial(method=method, reason=reason, rep_id=link.owner_id, considered=tuple(considered))
    return Trial(method=method, reason=reason, considered=tuple(considered))


def _rotation(method: Method, case: Case, reps: dict[str, Rep]) -> Trial:
    """The available rep of the region whose latest turn lies furthest back.

    Because whoever gets a turn goes behind all others, any two reps who are available all along take strictly
    alternating turns: over any window their counts differ by one at most, whoever joins, leaves or is away meanwhile.
    """
    if case.region is None:
        return Trial(method=method, reason=Reason.NO_REGION)
    members = [rep for rep in reps.values() if rep.covers(case.region) and rep.active]
    if not members:
        return Trial(method=method, reason=Reason.NO_TERRITORY)
    able = [rep for rep in members if rep.available and not rep.off_duty and rep.id not in case.excluded]
    considered = tuple(sorted(rep.id for rep in members))
    if not able:
        return Trial(method=method, reason=Reason.NOBODY_ON_DUTY, considered=considered)
    chosen = min(able, key=lambda rep: (-1 if rep.last_turn is None else rep.last_turn, rep.id))
    return Trial(method=method, reason=Reason.CHOSEN, rep_id=chosen.id, considered=considered)


_METHODS: dict[Method, Callable[[Method, Case, dict[str, Rep]], Trial]] = {
    Method.NAMED_CONTACT: _named,
    Method.SHOW_CONTACT: _named,
    Method.REFERRER_OWNER: _referrer_owner,
    Method.ROTATION: _rotation,
}
