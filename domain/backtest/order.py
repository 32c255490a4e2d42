"""What is asked of a back-test."""

from domain.backtest.comparison import Period
from domain.case import Plain


class Order(Plain):
    """A draft policy as YAML text, sound when it was ordered, and the period."""

    policy: str
    period: Period


class Progress(Plain):
    """How far a back-test is: so many happenings of all that the period has."""

    done: int
    total: int
