"""Asking a customer's workflow to try again: a refusal is the end of it, silence is not."""

from typing import cast

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.customer import CustomerActivities
from customer_handle import CustomerHandle
from domain.change import Asked, TryAgain
from store.changes import Changes
from store.database import Database
from store.policies import Policies
from store.policy_versions import PolicyVersions
from store.queues import Queues
from tests.examples import IDS, POLICY


class StandIn:
    """Customers' workflows that answer with an error."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.asked: list[tuple[str, Asked]] = []

    async def change(self, customer_id: str, asked: Asked) -> None:
        self.asked.append((customer_id, asked))
        raise self.error


def activities(database: Database, customers: StandIn) -> CustomerActivities:
    changes, queues = Changes(database, POLICY, IDS), Queues(database, Policies(database, POLICY))
    return CustomerActivities(changes, queues, cast(CustomerHandle, customers), PolicyVersions(database))


async def test_a_customer_that_refuses_is_not_asked_for_ever(database: Database) -> None:
    refusing = StandIn(WorkflowUpdateFailedError(ApplicationError("gone", type="unknown_customer")))
    await ActivityEnvironment().run(activities(database, refusing).try_again, "cus_1", "round:cus_1")
    assert refusing.asked == [("cus_1", Asked(id="round:cus_1", actor="system", change=TryAgain()))]


async def test_one_that_does_not_answer_is_asked_again(database: Database) -> None:
    with pytest.raises(ConnectionError):
        await ActivityEnvironment().run(activities(database, StandIn(ConnectionError())).try_again, "cus_1", "r")
