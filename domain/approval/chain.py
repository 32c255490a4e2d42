"""From a policy's chain to the steps of one request: which are needed, and who is asked in each."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.approval.people import Scene, barred_people, holders, substitute
from domain.approval.request import Actor, Order, Wanted
from domain.approval.rules import Chain, Mode, StepRule
from domain.approval.state import ApprovalState, Due, Passed, Seat, Stage, Status, Step, StepOutcome, Subject
from domain.change import Refused
from domain.policy import Policy
from domain.rules.compiled import compiled
from domain.rules.conditions import Condition


def opened(order: Order, policy: Policy, scene: Scene, at: datetime) -> ApprovalState:
    """The approval as it begins, its first step asked. One whose every step approves by itself is approved at once.

    Args:
        order: what is asked for.
        policy: the rules in force.
        scene: who is who, with the customers that the order is about.
        at: the workflow's time.

    Raises:
        Refused: ``approval_not_offered`` when the policy has no chain for the kind, ``no_approver`` when nobody can be
            asked in a step, or no step is needed and the policy approves none by itself.
    """
    chain = chain_for(policy, order)
    steps, passed = chain_of(chain, order, policy, scene)
    if not steps:
        raise Refused("no_approver", step=chain.steps[0].step, approver=chain.steps[0].approvers[0].name)
    approval = ApprovalState(
        id=order.id,
        wanted=order.wanted,
        subjects=tuple(Subject(customer_id=it.customer_id, from_id=it.owner_id) for it in scene.customers),
        requester=order.requester,
        policy=policy.fingerprint,
        opened_at=at,
        steps=steps,
        passed=passed,
    )
    if approval.current is None:
        return approval.model_copy(update={"status": Status.APPROVED})
    return approval.model_copy(update={"due": deadlines(policy, at)})


def chain_for(policy: Policy, order: Order) -> Chain:
    """The chain of a kind of request.

    Raises:
        Refused: ``approval_not_offered``.
    """
    chain = policy.approvals.chains.get(order.wanted.kind)
    if chain is None:
        raise Refused("approval_not_offered", request=order.wanted.kind)
    return chain


def chain_of(chain: Chain, order: Order, policy: Policy, scene: Scene) -> tuple[tuple[Step, ...], tuple[Passed, ...]]:
    """The steps that a request needs, with who is asked in each, and the steps that it does not need.

    A request about several customers needs a step that any of them needs, and a step approves by itself only when it
    does so for all of them.
    """
    barred = barred_people(chain.barred, order.wanted, order.requester, scene)
    steps: list[Step] = []
    passed: list[Passed] = []
    for rule in chain.steps:
        test = _unneeded(rule, order, policy, scene)
        if test is not None:
            passed.append(Passed(step=rule.step, test=test))
            continue
        auto = rule.auto_approve is not None and _unmet(rule.auto_approve, policy, scene, all_=True) is None
        steps.append(
            Step(
                id=len(steps) + 1,
                name=rule.step,
                mode=rule.mode,
                quorum=rule.quorum,
                seats=() if auto else _seats(rule, order, policy, scene, barred),
                outcome=StepOutcome.AUTO_APPROVED if auto else None,
            )
        )
    return tuple(steps), tuple(passed)


def deadlines(policy: Policy, at: datetime) -> tuple[Due, ...]:
    """What falls due in a step that begins now; in business time where the policy names a calendar."""
    rules = policy.approvals
    calendar = policy.calendar(rules.calendar)

    def after(hours: int) -> datetime:
        time = timedelta(hours=hours)
        return calendar.add_business_time(at, time) if calendar else at + time

    return (
        Due(stage=Stage.REMIND, at=after(rules.remind_after_hours)),
        Due(stage=Stage.ESCALATE, at=after(rules.escalate_after_hours)),
        Due(stage=Stage.EXPIRE, at=after(rules.expire_after_hours)),
    )


def asked_now(rep_id: str, scene: Scene, barred: frozenset[str]) -> tuple[str, ...]:
    """Whoever speaks for somebody now: that person, and beside one on leave their substitute."""
    instead = substitute(rep_id, scene, barred) if scene.away(rep_id) else None
    return (rep_id, instead) if instead else (rep_id,)


def _seats(rule: StepRule, order: Order, policy: Policy, scene: Scene, barred: frozenset[str]) -> tuple[Seat, ...]:
    """A seat for each who is asked. Where a rule names nobody, those have it who are asked otherwise.

    Raises:
        Refused: ``no_approver`` when too few can be asked for what the step needs.
    """
    committees = policy.approvals.committees
    seats: dict[str, Seat] = {}
    for approver in rule.approvers:
        found = holders(approver, order.wanted, order.requester, scene, committees, barred)
        if not found:
            found = otherwise(policy, order.wanted, order.requester, scene, barred)
        if not found and rule.mode in (Mode.ALL, Mode.SEQUENTIAL):
            raise Refused("no_approver", step=rule.step, approver=approver.name)
        for rep_id in found:
            seats.setdefault(rep_id, Seat(approver=approver, holder=rep_id, asked=asked_now(rep_id, scene, barred)))
    if len(seats) < (rule.quorum or 1):
        raise Refused("no_approver", step=rule.step, approver=rule.approvers[0].name)
    return tuple(seats.values())


def otherwise(policy: Policy, wanted: Wanted, requester: Actor, scene: Scene, barred: frozenset[str]) -> list[str]:
    """Who is asked where nobody else can be."""
    rules = policy.approvals
    found = (
        rep_id for it in rules.otherwise for rep_id in holders(it, wanted, requester, scene, rules.committees, barred)
    )
    return list(dict.fromkeys(found))


def _unneeded(rule: StepRule, order: Order, policy: Policy, scene: Scene) -> str | None:
    """The test because of which a step is not needed, or None when it is."""
    crosses = scene.crosses_regions(order.wanted.gains)
    if rule.cross_region not in (None, crosses):
        return f"cross_region {str(rule.cross_region).lower()}"
    return _unmet(rule.when, policy, scene)


def _unmet(condition: Condition, policy: Policy, scene: Scene, *, all_: bool = False) -> str | None:
    """None when a condition holds for one of the customers (or for each), else a test that does not hold."""
    check = compiled(condition, policy.rulebook.amount_of)
    tests: Sequence[str | None] = [check(customer.case) for customer in scene.customers]
    failed = [test for test in tests if test is not None]
    holds = not failed if all_ else len(failed) < len(tests)
    return None if holds else failed[0]
