"""The rules of one policy, ready to be applied: conditions compiled, territories indexed."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from domain.case import Case
from domain.rules.areas import areas_around
from domain.rules.compiled import Check, compiled, lead_of, lead_value
from domain.rules.methods import Method
from domain.rules.pool import PublicPool
from domain.rules.rule import AssignmentRule, SalesTerritory

_WAYS = 4096
"""So many ways through the rules are remembered."""


class Unmet(NamedTuple):
    """A rule that does not apply, and a test in its condition that does not hold."""

    rule: str
    test: str


class _Stop(NamedTuple):
    """A rule to look at, after those that are put aside for the values that the case has."""

    put_aside: tuple[Unmet, ...]
    rule: AssignmentRule
    check: Check


class Rulebook:
    """Finds the rule that applies and the territories that a customer lies in."""

    def __init__(
        self,
        rules: Sequence[AssignmentRule],
        territories: Mapping[str, SalesTerritory],
        currency: str,
        rates: Mapping[str, Decimal],
        pools: Sequence[PublicPool] = (),
    ) -> None:
        """Compile the rules.

        Args:
            rules: in the order in which they are tried; for every case one of them applies.
            territories: by name.
            currency: in which the rules' amounts are written.
            rates: what one unit of another currency is worth in it.
            pools: the public pools in the order in which they are tried; the last takes everybody.
        """
        self._made_from = (rules, territories, currency, rates, pools)
        self._rates = {**rates, currency: Decimal(1)}
        self._rules = [(rule, compiled(rule.when, self.amount_of)) for rule in rules]
        self._leads = [lead_of(rule.when) for rule in rules]
        self._listed: dict[str, set[Any]] = {}
        for lead in self._leads:
            if lead is not None:
                self._listed.setdefault(lead.field, set()).update(lead.values)
        self._way = lru_cache(maxsize=_WAYS)(self._way_for)
        self._pools = [(pool, compiled(pool.when, self.amount_of)) for pool in pools]
        self._clocks = {
            rule.rule: [(compiled(choice.when, self.amount_of), choice.clock) for choice in rule.clock]
            for rule in rules
        }
        self._areas: dict[tuple[str, str], list[str]] = {}
        self._precedence = {name: territory.precedence for name, territory in territories.items()}
        for name, territory in territories.items():
            for area in territory.areas():
                self._areas.setdefault(area, []).append(name)

    def __reduce__(self) -> tuple[type["Rulebook"], tuple[object, ...]]:
        """Functions do not travel to another process; what they were compiled from does."""
        return Rulebook, self._made_from

    @cached_property
    def asks_for_group(self) -> bool:
        """Whether any rule looks at who owns other customers of the same group."""
        uses = any(use.method is Method.STICKY for rule, _ in self._rules for use in rule.methods)
        return uses or any("group" in one.tests() for rule, _ in self._rules for one in rule.when.everything())

    def amount_of(self, case: Case) -> Decimal | None:
        """The case's amount in the policy's currency; None when it has none or its currency has no rate."""
        rate = self._rates.get(case.currency or "")
        return None if case.amount is None or rate is None else case.amount * rate

    def select(self, case: Case) -> tuple[AssignmentRule, tuple[Unmet, ...]]:
        """The first rule whose condition holds, and the rules before it with what did not hold."""
        values = ((listed, lead_value(case, field)) for field, listed in self._listed.items())
        passed: list[Unmet] = []
        for put_aside, rule, check in self._way(*(value if value in listed else None for listed, value in values)):
            passed += put_aside
            test = check(case)
            if test is None:
                return rule, tuple(passed)
            passed.append(Unmet(rule.rule, test))
        raise LookupError("a policy has a rule for every case")

    def _way_for(self, *values: Any) -> tuple[_Stop, ...]:
        """Which rules to look at for a case with these values (None: one that no rule lists) in the leads' fields."""
        has = dict(zip(self._listed, values, strict=True))
        put_aside: list[Unmet] = []
        stops: list[_Stop] = []
        for (rule, check), lead in zip(self._rules, self._leads, strict=True):
            if lead is not None and has[lead.field] not in lead.values:
                put_aside.append(Unmet(rule.rule, lead.told))
            else:
                stops.append(_Stop(tuple(put_aside), rule, check))
                put_aside.clear()
        return tuple(stops)

    def named(self, name: str | None) -> AssignmentRule | None:
        """The rule with this name, if the policy has one."""
        return next((rule for rule, _ in self._rules if rule.rule == name), None)

    def rule_for(self, case: Case) -> AssignmentRule:
        """The rule that applies."""
        return self.select(case)[0]

    def clock_of(self, rule: AssignmentRule, case: Case) -> str | None:
        """The name of the clock that a rule gives a customer, if it gives it one."""
        return next((clock for check, clock in self._clocks[rule.rule] if check(case) is None), None)

    def pool_for(self, case: Case) -> PublicPool:
        """The public pool that a customer without an owner comes into."""
        return next(pool for pool, check in self._pools if check(case) is None)

    def territories_of(self, case: Case) -> list[str]:
        """The territories that a customer lies in: by precedence, then the finest area first, then by name."""
        finest: dict[str, float] = {}
        for kind, code in (("region", case.region), ("division", case.division), ("postcode", case.postcode)):
            for area, fineness in areas_around(kind, code) if code else ():
                for name in self._areas.get((kind, area), ()):
                    finest[name] = max(fineness, finest.get(name, -1))
        return sorted(finest, key=lambda name: (-self._precedence[name], -finest[name], name))
