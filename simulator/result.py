"""What a simulated year came to, as it is written to a file: the same seed gives the same bytes."""

from pydantic import BaseModel, ConfigDict, computed_field

from domain.collision.detector import Detector


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True)


def _ratio(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None


class Size(_Kept):
    """How large a year is simulated."""

    seed: int
    reps: int
    customers: int
    months: int


class DetectorScore(_Kept):
    """How good one detector was."""

    detector: Detector
    sightings: int
    right: int
    """Of those, where two reps were really on one customer."""
    wrong: dict[str, int]
    """The others, by why they were none: ``good_faith``, ``other_customer``, ``nobody_chased``."""
    meetings: int
    """What it ought to have seen."""
    found: int
    silenced: int
    """Of those not found, how many came soon after a case of the same reps was settled."""
    found_by_others: int
    """Of the rest, how many another detector saw."""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def precision(self) -> float | None:
        """The share of what it saw that is right, 0 to 1; None when it saw nothing."""
        return _ratio(self.right, self.sightings)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def recall(self) -> float | None:
        """The share of what it ought to have seen that it saw, 0 to 1, but for what is silenced; None without any."""
        return _ratio(self.found, self.meetings - self.silenced)


class Month(_Kept):
    """One month: real customers on whom two reps began to chase each other, and cases."""

    month: int
    customers_without: int
    customers_with: int
    collided_without: int
    collided_with: int
    cases: int
    """Cases that were opened with OneOwner, risks left out."""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def rate_without(self) -> float | None:
        """Chased by two, of all customers, 0 to 1."""
        return _ratio(self.collided_without, self.customers_without)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def rate_with(self) -> float | None:
        """The same with OneOwner."""
        return _ratio(self.collided_with, self.customers_with)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def case_rate(self) -> float | None:
        """Cases, of all customers: what the KPI counts."""
        return _ratio(self.cases, self.customers_with)


class Chases(_Kept):
    """How often two reps really chased one customer, by what the second came to it."""

    why: str
    without: int
    with_: int


class Result(_Kept):
    """A simulated year, with OneOwner and without it."""

    size: Size
    policy: str
    approaches: int
    leads: int
    records: int
    """Customers as OneOwner has them at the end."""
    real: int
    """Real customers by then."""
    doubled: int
    """Real customers of whom it has several records at the end."""
    mixed: int
    """Records that stand for several real customers."""
    cases: dict[str, int]
    """All cases, by what became of them."""
    risks: int
    """Cases that stayed risks."""
    refused: dict[str, int]
    detectors: tuple[DetectorScore, ...]
    months: tuple[Month, ...]
    chases: tuple[Chases, ...]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def rate_without(self) -> float | None:
        """The mean monthly collision rate without OneOwner, 0 to 1."""
        return _ratio(sum(it.rate_without or 0 for it in self.months), len(self.months))

    @computed_field  # type: ignore[prop-decorator]
    @property
    def rate_with(self) -> float | None:
        """The mean monthly collision rate with OneOwner."""
        return _ratio(sum(it.rate_with or 0 for it in self.months), len(self.months))

    @computed_field  # type: ignore[prop-decorator]
    @property
    def case_rate(self) -> float | None:
        """The mean monthly rate of cases."""
        return _ratio(sum(it.case_rate or 0 for it in self.months), len(self.months))

    @computed_field  # type: ignore[prop-decorator]
    @property
    def reduction(self) -> float | None:
        """By how much real collisions became fewer, 0 to 1; below 0 they became more."""
        before, after = (sum(it.without for it in self.chases), sum(it.with_ for it in self.chases))
        return _ratio(before - after, before)
