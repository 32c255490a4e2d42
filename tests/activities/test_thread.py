"""An activity is never cut short between two lines."""

from concurrent.futures import ThreadPoolExecutor
from inspect import iscoroutinefunction
from time import sleep
from typing import Any

from temporalio.testing import ActivityEnvironment

from activities.customer import CustomerActivities
from activities.intake import IntakeActivities
from store.database import Database
from store.intake import Intake
from tests.databases import TEMPLATE, NewDatabase
from tests.examples import IDS, POLICY, lead, registration


def test_what_is_cancelled_comes_to_its_end_and_gives_its_locks_back(new_sqlite: NewDatabase) -> None:
    """The SDK's cancellation once came between taking the writer's turn and the line that gives it back."""
    database = Database(new_sqlite(TEMPLATE))
    nobody: Any = None
    activities = IntakeActivities(Intake(database, POLICY, IDS), nobody, nobody, nobody)
    environment = ActivityEnvironment()
    with ThreadPoolExecutor() as threads:
        with database.write():
            arguments = registration(lead(emails=["it@xixi-soft.com"]))
            running = threads.submit(environment.run, activities.register_lead, arguments)
            sleep(0.2)
            environment.cancel()
        assert running.result().answer.customer_id
    with database.write():
        pass
    database.close()


def test_every_activity_in_a_thread_is_so_defined() -> None:
    """The SDK's definition says it; it has no public way of being read."""
    for activities in (IntakeActivities, CustomerActivities):
        for function in vars(activities).values():
            definition = getattr(function, "__temporal_activity_definition", None)
            if definition and not iscoroutinefunction(function):
                assert definition.no_thread_cancel_exception, function
