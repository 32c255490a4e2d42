"""Back-tests: a draft policy over the leads of a past period, beside what happened."""

from domain.backtest.comparison import Comparison, Period, Trade, compare
from domain.backtest.tally import Outcome, Share

__all__ = ["Comparison", "Outcome", "Period", "Share", "Trade", "compare"]
