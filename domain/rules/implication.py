"""Whether one condition holds whenever another does: by what the tests say, without trying cases.

It is careful: True is proven, False may only mean that this module does not see it.
"""

from collections.abc import Iterable, Iterator
from itertools import islice, product
from typing import Any, NamedTuple

from pydantic import MISSING

from domain.normalise.text import fold
from domain.rules.areas import covers
from domain.rules.compiled import matcher
from domain.rules.conditions import Condition

MAX_BRANCHES = 64
"""A condition with more alternatives than this is not looked into."""


class Known(NamedTuple):
    """One thing that holds: a test of a field, or a whole condition that does not (field ``not``)."""

    field: str
    test: str
    wanted: Any


def branches(condition: Condition) -> list[list[Known]]:
    """The condition as alternatives, each a list of things that hold together."""
    tests = [
        Known(field, name, wanted) for field, test in condition.tests().items() for name, wanted in test.given().items()
    ]
    if condition.not_ is not MISSING:
        tests.append(Known("not", "equals", condition.not_))
    parts = [[tests]]
    parts += [branches(one) for one in (() if condition.all_ is MISSING else condition.all_)]
    if condition.any_ is not MISSING:
        parts.append([branch for one in condition.any_ for branch in branches(one)])
    return [[known for part in chosen for known in part] for chosen in islice(product(*parts), MAX_BRANCHES + 1)]


def implied(known: Iterable[Known], condition: Condition) -> bool:
    """Whether a condition holds in every case in which all these things do."""
    facts = list(known)
    own = all(
        any(_proves(fact, field, name, wanted) for fact in facts)
        for field, test in condition.tests().items()
        for name, wanted in test.given().items()
    )
    every = all(implied(facts, one) for one in (() if condition.all_ is MISSING else condition.all_))
    some = condition.any_ is MISSING or any(implied(facts, one) for one in condition.any_)
    negated = condition.not_ is MISSING or Known("not", "equals", condition.not_) in facts
    return own and every and some and negated


def contradicts(known: Iterable[Known], field: str, value: Any) -> bool:
    """Whether these things rule out that a field equals a value."""
    return any(fact.field == field and not _admits(fact, value) for fact in known)


def _admits(fact: Known, value: Any) -> bool:
    values = list(_values(fact))
    return not values or value in values


def _values(fact: Known) -> Iterator[Any]:
    """The only values that the field can have, when the fact lists them."""
    if fact.test == "equals":
        yield fact.wanted
    elif fact.test == "in_":
        yield from fact.wanted


def _proves(fact: Known, field: str, name: str, wanted: Any) -> bool:
    if fact.field != field:
        return False
    if (fact.test, fact.wanted) == (name, wanted):
        return True
    if name == "present":
        return wanted is True and fact.test != "present"
    if name in ("at_least", "at_most") and fact.test == name:
        return bool(fact.wanted >= wanted if name == "at_least" else fact.wanted <= wanted)
    if name == "within" and fact.test == "within":
        return covers(field, wanted, fact.wanted)
    values = list(_values(fact))
    return bool(values) and all(_passes(value, field, name, wanted) for value in values)


def _passes(value: Any, field: str, name: str, wanted: Any) -> bool:
    if name == "within":
        return covers(field, wanted, value)
    if name == "matches":
        return matcher(wanted)(fold(value))
    return fold(value) in {fold(one) for one in (wanted if name == "in_" else (wanted,))}
