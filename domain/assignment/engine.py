"""Who gets the customer, and why. Pure: the same inputs give the same owner on any machine."""

from collections.abc import Sequence
from typing import Literal

from pydantic import JsonValue

from domain.assignment.methods import Desk, try_method
from domain.assignment.roster import Rep, Roster
from domain.assignment.trace import Assignment, Reason, Trial
from domain.case import Case
from domain.policy import Policy
from domain.rules.methods import Method, NamedContact, Rotation, Settings, Territory, Vertical
from domain.rules.rule import AssignmentRule


def assign(
    case: Case, policy: Policy, reps: Sequence[Rep], *, only: Literal[Method.NAMED_CONTACT] | None = None
) -> Assignment:
    """Try the methods of the first rule that applies in order; the first that gives an owner counts.

    Args:
        case: the customer to assign.
        policy: the rules in force.
        reps: everybody whom ``reach_of`` names, with what they have and their latest turns; a ``Roster`` keeps its
            indexes from one case to the next.
        only: try this method alone, with the settings that the rule has for it.
    """
    rule, passed = policy.rulebook.select(case)
    desk = Desk(case, policy, reps if isinstance(reps, Roster) else Roster(reps))
    trials: list[Trial] = []
    for use in rule.methods if only is None else _alone(only, rule):
        trial = try_method(use, desk)
        trials.append(trial)
        if trial.reason is Reason.CHOSEN:
            break
    last, chosen = trials[-1], trials[-1].reason is Reason.CHOSEN
    return Assignment.model_construct(  # not validated, as trials are not
        owner_id=last.rep_id,
        queue=None if chosen else rule.queue,
        reason=last.reason,
        method=last.method if chosen else None,
        rotation_pool=last.pool if chosen and _by_turns(use) else None,
        rule=rule.rule,
        rules_passed=passed,
        trials=tuple(trials),
    )


def inputs_of(case: Case, reps: Sequence[Rep]) -> dict[str, JsonValue]:
    """What an assignment was decided from, for its trace: the case, and where each available rep stands.

    What the customer wrote stays out: the rules' tests say what of it counted, and it can be erased with the lead.
    """
    standings: dict[str, JsonValue] = {
        rep.id: rep.model_dump(mode="json", include={"turns", "load", "given_today", "off_duty"}, exclude_defaults=True)
        for rep in reps
        if rep.available
    }
    return {"case": case.model_dump(mode="json", exclude_defaults=True, exclude={"need"}), "reps": standings}


def _alone(method: Literal[Method.NAMED_CONTACT], rule: AssignmentRule) -> tuple[Settings, ...]:
    return tuple(use for use in rule.methods if use.method is method) or (NamedContact(method=method),)


def _by_turns(use: Settings) -> bool:
    match use:
        case Rotation():
            return True
        case Territory() | Vertical():
            return use.choose is Method.ROTATION
        case _:
            return False
