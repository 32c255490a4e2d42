"""The side effect of Backtest: reading a past period."""

from datetime import UTC, datetime

from temporalio import activity

from activities.thread import in_thread
from domain.backtest import Comparison, Order, Progress
from domain.policy_file import parse_policy
from store.backtest import backtest
from store.database import Database
from store.policies import Policies


class BacktestActivities:
    """Back-tests against the database and the policy in force."""

    def __init__(self, database: Database, policies: Policies) -> None:
        self._database = database
        self._policies = policies

    @in_thread
    def run_backtest(self, order: Order) -> Comparison:
        """Run the period's leads through the draft; says how far it is. A pure read, which may be repeated.

        Raises:
            PolicyError: when the draft is not sound by this release's rules.
        """

        def tell(done: int, total: int) -> None:
            activity.heartbeat(Progress(done=done, total=total))

        with self._database.read() as session:
            in_force = self._policies.in_force(session, datetime.now(UTC))
        return backtest(self._database, parse_policy(order.policy), in_force, order.period, tell)
