"""What is wrong with a policy as a whole, beyond the shape of its parts. Positions are paths into the file."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations

from domain.approval.rules import StepRule
from domain.assignment.roster import Rep
from domain.lead import CustomerType
from domain.normalise.divisions import full_name
from domain.normalise.errors import Malformed
from domain.normalise.region import parse_region
from domain.policy import Policy
from domain.rules.areas import areas_around
from domain.rules.conditions import Condition
from domain.rules.implication import MAX_BRANCHES, Known, branches, contradicts, implied
from domain.rules.methods import BestMatch, Designated, LeastLoaded, Method, Rotation
from domain.rules.rule import AssignmentRule

Path = tuple[str | int, ...]


class Severity(StrEnum):
    """An error keeps the policy from being used; a warning is only said."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. Its sentence is ``policy-<code>`` or ``rule-<code>`` in the catalogues."""

    code: str
    path: Path
    facts: Mapping[str, str | int] = field(default_factory=dict)
    severity: Severity = Severity.ERROR
    line: int | None = None


@dataclass(frozen=True)
class Directory:
    """The organisation that a policy is to work for."""

    reps: Sequence[Rep]
    regions: Collection[str]
    """The active sales regions."""


def findings_of(policy: Policy, directory: Directory | None = None) -> list[Finding]:
    """Everything that is wrong with a policy whose parts are sound, errors first.

    Args:
        policy: the policy.
        directory: whom and where it is for; without it nothing is said about reps and regions.
    """
    found = [
        *_unresolved(policy),
        *_repeated_rules(policy),
        *_pools(policy),
        *_unreachable(policy),
        *_without_rule(policy),
        *_unknown_areas(policy),
        *_territory_conflicts(policy),
        *_unused(policy),
        *_approvals(policy),
        *(_unstaffed(policy, directory) if directory else ()),
        *(_uncovered(policy, directory) if directory else ()),
    ]
    return sorted(found, key=lambda finding: finding.severity)


def _unresolved(policy: Policy) -> Iterator[Finding]:
    """Names that stand for nothing."""
    for at, rule in enumerate(policy.assignment):
        place: Path = ("assignment", at)
        if rule.queue not in policy.queues:
            yield Finding("unknown_queue", (*place, "queue"), {"name": rule.queue})
        yield from _unknown_clocks(rule, policy, (*place, "clock"))
        for number, pool in _pools_used(rule):
            if pool not in policy.rotation_pools:
                yield Finding("unknown_rotation_pool", (*place, "methods", number), {"name": pool})
        for number, use in enumerate(rule.methods):
            if use.method is Method.TERRITORY and not policy.territories:
                yield Finding("no_territories", (*place, "methods", number))
    named: list[tuple[Path, str | None]] = [(("default_calendar",), policy.default_calendar)]
    named.append((("approvals", "calendar"), policy.approvals.calendar))
    named.append((("collisions", "case", "calendar"), policy.collisions.case.calendar))
    named += [(("clocks", name, "calendar"), clock.calendar) for name, clock in policy.clocks.items()]
    named += [(("queues", name, "calendar"), queue.calendar) for name, queue in policy.queues.items()]
    for place, calendar in named:
        if calendar is not None and calendar not in policy.calendars:
            yield Finding("unknown_calendar", place, {"name": calendar})


def _unknown_clocks(rule: AssignmentRule, policy: Policy, place: Path) -> Iterator[Finding]:
    for number, choice in enumerate(rule.clock):
        if choice.clock not in policy.clocks:
            yield Finding("unknown_clock", place if len(rule.clock) == 1 else (*place, number), {"name": choice.clock})


def _pools_used(rule: AssignmentRule) -> Iterator[tuple[int, str]]:
    for number, use in enumerate(rule.methods):
        if isinstance(use, Rotation | LeastLoaded | BestMatch) and use.pool is not None:
            yield number, use.pool


def _repeated_rules(policy: Policy) -> Iterator[Finding]:
    seen = Counter[str]()
    for at, rule in enumerate(policy.assignment):
        if seen[rule.rule]:
            yield Finding("duplicate_rule", ("assignment", at, "rule"), {"name": rule.rule})
        seen[rule.rule] += 1


def _pools(policy: Policy) -> Iterator[Finding]:
    """Pools that share a name with another place, that no customer comes to, or that together do not take everybody."""
    taken = set(policy.queues)
    rest: str | None = None
    for at, pool in enumerate(policy.pools):
        if pool.pool in taken:
            yield Finding("duplicate_pool", ("pools", at, "pool"), {"name": pool.pool})
        taken.add(pool.pool)
        if rest is not None:
            yield Finding("pool_unreachable", ("pools", at), {"name": pool.pool, "by": rest})
        elif implied([], pool.when):
            rest = pool.pool
    if rest is None:
        yield Finding("pool_for_nobody_else", ("pools",))


def _unreachable(policy: Policy) -> Iterator[Finding]:
    """Rules that no case comes to, because earlier ones take them all or because no case is like that."""
    for at, rule in enumerate(policy.assignment):
        before = policy.assignment[:at]
        alternatives = branches(rule.when)
        if len(alternatives) > MAX_BRANCHES:
            continue
        possible = [
            [*known, Known("customer_type", "equals", kind)]
            for known in alternatives
            for kind in CustomerType
            if not contradicts(known, "customer_type", kind)
        ]
        takers = [next((other.rule for other in before if implied(known, other.when)), None) for known in possible]
        if not possible:
            yield Finding("rule_impossible", ("assignment", at), {"rule": rule.rule})
        elif None not in takers:
            names = ", ".join(dict.fromkeys(str(taker) for taker in takers))
            yield Finding("rule_unreachable", ("assignment", at), {"rule": rule.rule, "by": names})


def _without_rule(policy: Policy) -> Iterator[Finding]:
    """Customer types of whom some might find no rule: each needs one that asks for nothing but the type."""
    for kind in CustomerType:
        known = [Known("customer_type", "equals", kind)]
        if not any(implied(known, rule.when) for rule in policy.assignment):
            yield Finding("type_without_rule", ("assignment",), {"customer_type": kind.value})


def _unknown_areas(policy: Policy) -> Iterator[Finding]:
    """Codes of regions and divisions that do not exist."""
    for name, territory in policy.territories.items():
        for kind, code in territory.areas():
            yield from _unknown_area(kind, code, ("territories", name, f"{kind}s"))
    for at, rule in enumerate(policy.assignment):
        yield from _unknown_areas_in(rule.when, ("assignment", at, "when"))
        for number, choice in enumerate(rule.clock):
            yield from _unknown_areas_in(choice.when, ("assignment", at, "clock", number, "when"))
    for at, pool in enumerate(policy.pools):
        yield from _unknown_areas_in(pool.when, ("pools", at, "when"))
    for step, place in _approval_steps(policy):
        yield from _unknown_areas_in(step.when, (*place, "when"))
        if step.auto_approve is not None:
            yield from _unknown_areas_in(step.auto_approve, (*place, "auto_approve"))


def _unknown_areas_in(condition: Condition, place: Path) -> Iterator[Finding]:
    for one in condition.everything():
        for name, test in one.tests().items():
            for wanted in test.given().values() if name in ("region", "division") else ():
                for code in wanted if isinstance(wanted, tuple) else (wanted,):
                    yield from _unknown_area(name, code, (*place, name))


def _unknown_area(kind: str, code: object, place: Path) -> Iterator[Finding]:
    if not isinstance(code, str) or kind == "postcode":
        return
    try:
        known = parse_region(code) == code if kind == "region" else bool(full_name(code))
    except (Malformed, KeyError):
        known = False
    if not known:
        yield Finding(f"unknown_{kind}", place, {"code": code})


def _territory_conflicts(policy: Policy) -> Iterator[Finding]:
    """Two territories of one precedence that both claim an area: neither goes before the other."""
    for (one, first), (other, second) in combinations(policy.territories.items(), 2):
        shared = sorted(set(first.areas()) & set(second.areas()))
        if shared and first.precedence == second.precedence:
            facts = {"one": one, "other": other, "area": ", ".join(code for _, code in shared)}
            yield Finding("territories_conflict", ("territories", other), facts)


def _unused(policy: Policy) -> Iterator[Finding]:
    used = {pool for rule in policy.assignment for _, pool in _pools_used(rule)}
    for name in policy.rotation_pools:
        if name not in used:
            yield Finding("pool_unused", ("rotation_pools", name), {"name": name}, Severity.WARNING)
    methods = {use.method for rule in policy.assignment for use in rule.methods}
    if policy.territories and Method.TERRITORY not in methods:
        yield Finding("territories_unused", ("territories",), {}, Severity.WARNING)


def _approval_steps(policy: Policy) -> Iterator[tuple[StepRule, Path]]:
    for kind, chain in policy.approvals.chains.items():
        for at, step in enumerate(chain.steps):
            yield step, ("approvals", "chains", kind.value, "steps", at)


def _approvals(policy: Policy) -> Iterator[Finding]:
    """Committees that do not exist or are too small for their quorum, and steps of one name in one chain."""
    committees, seen = policy.approvals.committees, Counter[Path]()
    for step, place in _approval_steps(policy):
        name: Path = (*place[:-1], step.step)
        if seen[name]:
            yield Finding("duplicate_step", (*place, "step"), {"name": step.step})
        seen[name] += 1
        used = [approver.committee for approver in step.approvers if approver.committee is not None]
        for committee in used:
            if committee not in committees:
                yield Finding("unknown_committee", (*place, "approvers"), {"name": committee})
        members = {rep_id for committee in used if committee in committees for rep_id in committees[committee].reps}
        if step.quorum is not None and len(used) == len(step.approvers) and len(members) < step.quorum:
            facts = {"quorum": step.quorum, "members": len(members)}
            yield Finding("quorum_too_large", (*place, "quorum"), facts)


def _named_in_approvals(policy: Policy) -> Iterator[tuple[Path, str, Sequence[str]]]:
    for name, committee in policy.approvals.committees.items():
        yield ("approvals", "committees", name), name, committee.reps
    for step, place in _approval_steps(policy):
        for approver in step.approvers:
            if approver.rep is not None:
                yield (*place, "approvers"), step.step, (approver.rep,)
    reps = tuple(approver.rep for approver in policy.approvals.otherwise if approver.rep is not None)
    if reps:
        yield ("approvals", "otherwise"), "otherwise", reps


def _unstaffed(policy: Policy, directory: Directory) -> Iterator[Finding]:
    """Reps whom the policy names and nobody knows, and pools and territories whose every rep has left."""
    active = {rep.id: rep.active for rep in directory.reps}
    named: list[tuple[Path, str, Sequence[str]]] = [
        *((("rotation_pools", name), name, pool.reps) for name, pool in policy.rotation_pools.items()),
        *((("territories", name), name, territory.reps) for name, territory in policy.territories.items()),
        *(
            (("assignment", at, "methods", number), rule.rule, (use.rep,))
            for at, rule in enumerate(policy.assignment)
            for number, use in enumerate(rule.methods)
            if isinstance(use, Designated) and use.rep is not None
        ),
    ]
    named += _named_in_approvals(policy)
    named += [(("queues", name), name, (queue.owner,)) for name, queue in policy.queues.items() if queue.owner]
    for place, name, rep_ids in named:
        for rep_id in rep_ids:
            if rep_id not in active:
                yield Finding("unknown_rep", place, {"rep": rep_id}, Severity.WARNING)
        if not any(active.get(rep_id) for rep_id in rep_ids):
            yield Finding("nobody_left", place, {"name": name}, Severity.WARNING)


def _uncovered(policy: Policy, directory: Directory) -> Iterator[Finding]:
    """Active regions whose customers would find nobody, neither by region nor by territory."""
    covered = {region for rep in directory.reps if rep.active for region in rep.regions}
    covered |= {code for it in policy.territories.values() for kind, code in it.areas() if kind == "region"}
    for region in sorted(directory.regions):
        if not covered.intersection(area for area, _ in areas_around("region", region)):
            yield Finding("region_uncovered", ("assignment",), {"region": region}, Severity.WARNING)
