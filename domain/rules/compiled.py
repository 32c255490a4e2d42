"""Conditions compiled once to closures that say, for a case, which test does not hold first, or None."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

from pydantic import MISSING

from domain.case import Case
from domain.normalise.text import REMEMBERED, fold, simplified
from domain.rules.areas import covers
from domain.rules.conditions import Condition, TextTest, TypeTest, compiled_pattern

Check = Callable[[Case], str | None]
AmountOf = Callable[[Case], Decimal | None]
"""The case's amount in the policy's currency; None when it is unknown or nobody knows the rate."""

_Holds = Callable[[Any], bool]
_folded = lru_cache(maxsize=REMEMBERED)(fold)


class Lead(NamedTuple):
    """A test that lists the only values under which its condition can hold."""

    field: str
    values: frozenset[Any]
    told: str


def lead_of(condition: Condition) -> Lead | None:
    """The first test of a type or a text that lists values; a rule whose lead fails need not be looked at further."""
    for field, test in condition.tests().items():
        for name, wanted in test.given().items() if isinstance(test, TextTest | TypeTest) else ():
            if name in ("equals", "in_"):
                values = wanted if isinstance(wanted, tuple) else (wanted,)
                return Lead(field, frozenset(map(_folded, values)), _told(field, name, wanted))
    return None


def lead_value(case: Case, field: str) -> Any:
    """What a case has in the field of a lead."""
    value = getattr(case, field)
    return None if value is None else _folded(value)


def compiled(condition: Condition, amount_of: AmountOf) -> Check:
    """The condition as a function of the case: None when it holds, else the first test in it that does not."""
    checks = [
        _test(field, name, wanted, _reader(field, amount_of), folds=isinstance(test, TextTest))
        for field, test in condition.tests().items()
        for name, wanted in test.given().items()
    ]
    if condition.all_ is not MISSING:
        checks += [compiled(one, amount_of) for one in condition.all_]
    if condition.any_ is not MISSING:
        checks.append(_any([compiled(one, amount_of) for one in condition.any_]))
    if condition.not_ is not MISSING:
        checks.append(_not(compiled(condition.not_, amount_of)))
    return checks[0] if len(checks) == 1 else _all(checks)


def matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a pattern is found in a folded text; it may be written in traditional characters and in capitals."""
    search = compiled_pattern(simplified(pattern)).search
    return lambda text: search(text) is not None


def _test(field: str, name: str, wanted: Any, read: Callable[[Case], Any], *, folds: bool) -> Check:
    told = _told(field, name, wanted)
    holds = _HOLDS[name](field, wanted, _folded if folds else _as_it_is)
    if name == "present":
        return lambda case: None if holds(read(case)) else told

    def check(case: Case) -> str | None:
        value = read(case)
        return None if value is not None and holds(value) else told

    return check


def _reader(field: str, amount_of: AmountOf) -> Callable[[Case], Any]:
    if field == "amount":
        return amount_of
    if field in ("referrer", "group"):
        name = {"referrer": "referrals", "group": "group_owners"}[field]
        return lambda case: getattr(case, name) or None
    return attrgetter(field)


def _equals(_field: str, wanted: Any, folds: Callable[[Any], Any]) -> _Holds:
    one = folds(wanted)
    return lambda value: bool(folds(value) == one)


def _in(_field: str, wanted: Iterable[Any], folds: Callable[[Any], Any]) -> _Holds:
    many = frozenset(map(folds, wanted))
    return lambda value: folds(value) in many


def _within(field: str, wanted: str, _folds: object) -> _Holds:
    return lambda value: covers(field, wanted, value)


def _matches(_field: str, wanted: str, folds: Callable[[Any], Any]) -> _Holds:
    found = matcher(wanted)
    return lambda value: found(folds(value))


_HOLDS: dict[str, Callable[[str, Any, Callable[[Any], Any]], _Holds]] = {
    "equals": _equals,
    "in_": _in,
    "within": _within,
    "matches": _matches,
    "at_least": lambda _field, wanted, _folds: lambda value: value >= wanted,
    "at_most": lambda _field, wanted, _folds: lambda value: value <= wanted,
    "present": lambda _field, wanted, _folds: lambda value: (value is not None) is wanted,
}


def _all(checks: Sequence[Check]) -> Check:
    def check(case: Case) -> str | None:
        for one in checks:
            if unmet := one(case):
                return unmet
        return None

    return check


def _any(checks: Sequence[Check]) -> Check:
    def check(case: Case) -> str | None:
        unmet = []
        for one in checks:
            told = one(case)
            if told is None:
                return None
            unmet.append(told)
        return " | ".join(unmet)

    return check


def _not(inner: Check) -> Check:
    return lambda case: None if inner(case) else "not"


def _as_it_is(value: Any) -> Any:
    return value


def _told(field: str, name: str, wanted: Any) -> str:
    shown = ", ".join(map(str, wanted)) if isinstance(wanted, tuple) else str(wanted)
    return f"{field} {name.removesuffix('_')} {shown}"
