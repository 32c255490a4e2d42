"""The side effect of Backtest: reading a past period."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from sqlmodel import Session
from temporalio import activity

from domain.backtest import Comparison, Order, Progress
from domain.policy import Policy
from domain.policy_file import parse_policy
from store.backtest import backtest
from store.backtests import Backtests
from store.database import Database
from store.errors import NotFound
from store.policies import Policies

BEAT = 5
"""Seconds between two signs of life."""


class BacktestActivities:
    """Back-tests against the database and the policy in force."""

    def __init__(self, database: Database, policies: Policies) -> None:
        self._database = database
        self._policies = policies
        self._backtests = Backtests(database)

    @activity.defn
    async def run_backtest(self, order: Order) -> Comparison:
        """Run the period's leads through the draft, say how far it is, and write the result down. May be repeated.

        A repeat reads from the beginning and says that it is further only when it is.

        Raises:
            PolicyError: when the draft is not sound by this release's rules.
            NotFound: when there is no such version.
        """
        backtest_id = activity.info().workflow_id or ""
        heard: list[Progress] = [Progress.model_validate(it) for it in activity.info().heartbeat_details]

        def tell(done: int, total: int) -> None:
            if not heard or done > heard[-1].done:
                heard[:] = [Progress(done=done, total=total)]

        working = asyncio.ensure_future(asyncio.to_thread(self._run, order, tell))
        while not (await asyncio.wait((working,), timeout=BEAT))[0]:
            activity.heartbeat(*heard)
        result = await working
        await asyncio.to_thread(self._backtests.keep, backtest_id, result, datetime.now(UTC))
        return result

    def _run(self, order: Order, tell: Callable[[int, int], None]) -> Comparison:
        with self._database.read() as session:
            in_force = self._policies.in_force(session, datetime.now(UTC))
            draft = self._draft(session, order)
        return backtest(self._database, draft, in_force, order.period, tell)

    def _draft(self, session: Session, order: Order) -> Policy:
        if order.policy_id is None:
            return parse_policy(order.policy or "")
        stored = self._policies.stored(session, order.policy_id)
        if stored is None:
            raise NotFound(order.policy_id)
        return stored
