"""All watchers together, with two relays: a storm leaves the right cases, and tells each thing once."""

import pytest

from store.database import Database
from tests.pipeline import blow


@pytest.mark.timeout(300)
async def test_once_through_the_whole_pipeline_with_repeats_in_any_order(database: Database) -> None:
    """The short form of what ``make chaos`` does with ten thousand events. Invariants once and nothing_lost."""
    storm = await blow(database, events=2000, seed=7)
    assert storm.dropped > 0
    assert storm.cases > 50
    print(storm)
