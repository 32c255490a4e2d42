"""Back-tests: a draft policy over the leads of a past period, beside what happened."""

from domain.backtest.comparison import Comparison, Period, Trade, compare
from domain.backtest.order import Order, Progress
from domain.backtest.tally import Outcome, Share

__all__ = ["Comparison", "Order", "Outcome", "Period", "Progress", "Share", "Trade", "compare"]
