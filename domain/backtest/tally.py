"""What came of all births under one policy, counted as they come."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from pydantic import Field

from domain.assignment import Reason
from domain.case import Plain

NOWHERE = "-"
"""Stands for the region of customers whose region nobody knows."""


class Share(Plain):
    """What one rep or one region got."""

    customers: int = 0
    value: Decimal = Decimal(0)


class Outcome(Plain):
    """What came of the period's new customers under one policy, or really."""

    customers: int = 0
    """All new customers: each has an owner or waits, with a reason."""
    owned: int = 0
    value: Decimal = Decimal(0)
    """Of those that have an owner, in the draft's currency; amounts without a rate count as nothing."""
    reps: dict[str, Share] = Field(default_factory=dict)
    regions: dict[str, Share] = Field(default_factory=dict)
    unassigned: dict[Reason, int] = Field(default_factory=dict)
    unassigned_by_region: dict[str, int] = Field(default_factory=dict)
    collisions: int = 0
    """Leads in which a rep has a stake (submitted it, stood on the stand, was asked for by name) and whose customer
    belongs to another rep, and new customers of a group that went to a rep who has none of the group's customers."""
    gini_customers: float = 0.0
    gini_value: float = 0.0
    """How unevenly customers and value are spread over the reps; see ``gini``."""


def gini(values: Iterable[float]) -> float:
    """The Gini coefficient: 0 when all have the same, near 1 when one has everything.

    G = 2 * sum(i * x_i) / (n * sum(x)) - (n + 1) / n over the values in rising order, i from 1 (C. Gini, Variabilità e
    mutabilità, 1912; in this form in Damgaard and Weiner, Ecology 81, 2000, p. 1139). 0 when nobody has anything.

    Args:
        values: what each one has, none below 0.
    """
    rising = sorted(values)
    total, number = sum(rising), len(rising)
    if not total:
        return 0.0
    weighted = sum(place * value for place, value in enumerate(rising, 1))
    return max(0.0, 2 * weighted / (number * total) - (number + 1) / number)


class Tally:
    """Counts births and further leads under one policy."""

    def __init__(self) -> None:
        self._customers, self._in_regions = Counter[str](), Counter[str]()
        self._values, self._values_in = defaultdict[str, Decimal](Decimal), defaultdict[str, Decimal](Decimal)
        self._unassigned, self._waiting_in = Counter[Reason](), Counter[str]()
        self._collisions = 0

    def birth(self, region: str | None, value: Decimal, owner_id: str | None, reason: Reason) -> None:
        """Count a new customer: its owner, or the reason why it waits."""
        where = region or NOWHERE
        if owner_id is None:
            self._unassigned[reason] += 1
            self._waiting_in[where] += 1
            return
        for key, number, worth in (
            (owner_id, self._customers, self._values),
            (where, self._in_regions, self._values_in),
        ):
            number[key] += 1
            worth[key] += value

    def meet(self, owner_id: str | None, stakes: Sequence[str], group_owners: Sequence[str] = ()) -> None:
        """Count the collision, if it is one, when these reps have a stake in a lead of this owner's customer."""
        if owner_id is None:
            return
        stranger = any(rep_id != owner_id for rep_id in stakes)
        if stranger or (group_owners and owner_id not in group_owners):
            self._collisions += 1

    def outcome(self, staff: Iterable[str]) -> Outcome:
        """What came of it; evenness is over the staff and whoever else got something."""
        shares = _shares(self._customers, self._values)
        everybody = [shares.get(rep_id, Share()) for rep_id in sorted({*staff, *shares})]
        owned, waiting = self._customers.total(), self._unassigned.total()
        return Outcome(
            customers=owned + waiting,
            owned=owned,
            value=sum((share.value for share in shares.values()), Decimal(0)),
            reps=shares,
            regions=_shares(self._in_regions, self._values_in),
            unassigned=dict(sorted(self._unassigned.items())),
            unassigned_by_region=dict(sorted(self._waiting_in.items())),
            collisions=self._collisions,
            gini_customers=round(gini(share.customers for share in everybody), 4),
            gini_value=round(gini(float(share.value) for share in everybody), 4),
        )


def _shares(numbers: Counter[str], values: Mapping[str, Decimal]) -> dict[str, Share]:
    return {key: Share(customers=numbers[key], value=values[key]) for key in sorted(numbers)}
