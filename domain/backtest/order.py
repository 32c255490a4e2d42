"""What is asked of a back-test."""

from domain.backtest.comparison import Period
from domain.case import Plain


class Order(Plain):
    """A draft and the period: the text of a policy file, sound when it was ordered, or else a stored version's id."""

    policy: str | None = None
    policy_id: str | None = None
    period: Period


class Progress(Plain):
    """How far a back-test is: so many happenings of all that the period has."""

    done: int
    total: int
